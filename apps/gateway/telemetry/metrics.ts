import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** What the gateway counts, in Prometheus' words. Labels hold names from the configuration, never from a request. */
export interface Metrics {
  registry: Registry;
  requests: Counter<"protocol" | "model" | "status">;
  attempts: Counter<"provider" | "outcome">;
  tokens: Counter<"model" | "kind">;
  costUsd: Counter<"model">;
  timeToFirstToken: Histogram<"model">;
  duration: Histogram<"model">;
  openAnswers: Gauge;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const seconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
  return {
    registry,
    requests: new Counter({
      name: "onerouter_requests_total",
      help: "Inference requests answered, by client protocol, model and HTTP status.",
      labelNames: ["protocol", "model", "status"],
      registers,
    }),
    attempts: new Counter({
      name: "onerouter_upstream_attempts_total",
      help: "Attempts at providers, by outcome (ok, aborted or an error code).",
      labelNames: ["provider", "outcome"],
      registers,
    }),
    tokens: new Counter({
      name: "onerouter_tokens_total",
      help: "Tokens, by kind: input (uncached), cache_read, cache_write, output (reasoning included), reasoning.",
      labelNames: ["model", "kind"],
      registers,
    }),
    costUsd: new Counter({
      name: "onerouter_cost_usd_total",
      help: "Cost of priced generations in USD.",
      labelNames: ["model"],
      registers,
    }),
    timeToFirstToken: new Histogram({
      name: "onerouter_time_to_first_token_seconds",
      help: "From the request's arrival to the first content.",
      labelNames: ["model"],
      buckets: seconds,
      registers,
    }),
    duration: new Histogram({
      name: "onerouter_request_duration_seconds",
      help: "From the request's arrival to the end of the answer.",
      labelNames: ["model"],
      buckets: seconds,
      registers,
    }),
    openAnswers: new Gauge({ name: "onerouter_open_answers", help: "Answers under way.", registers }),
  };
}
