import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import { Tally } from "./tally.ts";
import { Timing } from "./timing.ts";

/** What the gateway counts, in Prometheus' words. Labels hold names from the configuration, never from a request. */
export interface Metrics {
  registry: Registry;
  requests: Tally<"protocol" | "model" | "status">;
  attempts: Tally<"provider" | "outcome">;
  tokens: Tally<"model" | "kind">;
  costUsd: Tally<"model">;
  toolCalls: Tally<"outcome" | "provider" | "model">;
  mendings: Tally<"kind" | "provider" | "model">;
  timeToFirstToken: Timing;
  duration: Timing;
  /** Answers under way. */
  openAnswers: number;
  /** Generations that were never written down. */
  droppedRecords: number;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics: Metrics = {
    registry,
    requests: new Tally(registry, {
      name: "onerouter_requests_total",
      help: "Inference requests answered, by client protocol, model and HTTP status.",
      labels: ["protocol", "model", "status"],
    }),
    attempts: new Tally(registry, {
      name: "onerouter_upstream_attempts_total",
      help: "Attempts at providers, by outcome (ok, aborted or an error code).",
      labels: ["provider", "outcome"],
    }),
    tokens: new Tally(registry, {
      name: "onerouter_tokens_total",
      help: "Tokens, by kind: input (uncached), cache_read, cache_write, output (reasoning included), reasoning.",
      labels: ["model", "kind"],
    }),
    costUsd: new Tally(registry, {
      name: "onerouter_cost_usd_total",
      help: "Cost of priced generations in USD.",
      labels: ["model"],
    }),
    toolCalls: new Tally(registry, {
      name: "onerouter_tool_calls_total",
      help: "Tool calls of answers that were checked: fine, mended or hopeless.",
      labels: ["outcome", "provider", "model"],
    }),
    mendings: new Tally(registry, {
      name: "onerouter_tool_call_mendings_total",
      help: "What was mended of tool calls, by kind.",
      labels: ["kind", "provider", "model"],
    }),
    timeToFirstToken: new Timing(registry, {
      name: "onerouter_time_to_first_token_seconds",
      help: "From the request's arrival to the first content.",
    }),
    duration: new Timing(registry, {
      name: "onerouter_request_duration_seconds",
      help: "From the request's arrival to the end of the answer.",
    }),
    openAnswers: 0,
    droppedRecords: 0,
  };
  new Gauge({
    name: "onerouter_open_answers",
    help: "Answers under way.",
    registers: [registry],
    collect() {
      this.set(metrics.openAnswers);
    },
  });
  new Counter({
    name: "onerouter_dropped_records_total",
    help: "Records of generations that the database did not take in time.",
    registers: [registry],
    collect() {
      this.reset();
      this.inc(metrics.droppedRecords);
    },
  });
  return metrics;
}
