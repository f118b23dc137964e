import {
  nameOf,
  releasedAt,
  type DataPolicy,
  type Endpoint,
  type EndpointStats,
  type Model,
  type Percentiles,
} from "@onerouter/catalog";
import { describeModalities } from "./describe-model.ts";
import { describePricing } from "./describe-pricing.ts";
import { abilitiesOf, inCommon, outputsOf, type EndpointAbilities } from "./endpoint-abilities.ts";
import type { ReadEndpointStats } from "./read-endpoint-stats.ts";

/** A model's endpoints as OpenRouter's SDK reads them, in the order of the configuration. */
export function describeEndpoints(
  model: Model,
  titleOf: (provider: string) => string,
  statsOf: ReadEndpointStats,
): Record<string, unknown> {
  const endpoints = model.endpoints.map(abilitiesOf);
  const inputs = inCommon(endpoints.map((endpoint) => endpoint.inputs));
  return {
    id: model.id,
    name: nameOf(model),
    created: releasedAt(model) ?? 0,
    // Its SDK wants a text.
    description: "",
    architecture: { ...describeModalities(inputs, outputsOf(model)), tokenizer: null },
    endpoints: endpoints.map((endpoint) =>
      describeEndpoint(endpoint, model, titleOf(endpoint.endpoint.provider), statsOf(endpoint.endpoint)),
    ),
  };
}

function describeEndpoint(
  { endpoint, profile, parameters }: EndpointAbilities,
  model: Model,
  title: string,
  stats: EndpointStats,
): Record<string, unknown> {
  const { pricing, toolCalls } = endpoint;
  const takesChoice = (choice: "auto" | "none" | "required" | "tool"): boolean =>
    toolCalls !== false && endpoint.kind !== "embedding" && profile.toolChoices.includes(choice);
  return {
    name: `${title} | ${model.id}`,
    model_id: model.id,
    model_name: nameOf(model),
    provider_name: title,
    provider: endpoint.provider,
    tag: tagOf(endpoint),
    // Its SDK wants a number, and no window is that short.
    context_length: endpoint.contextLength ?? 0,
    max_completion_tokens: endpoint.maxOutputTokens ?? null,
    max_prompt_tokens: null,
    pricing: describePricing(pricing),
    quantization: endpoint.quantization ?? null,
    data_policy: describeDataPolicy(endpoint.dataPolicy),
    supported_parameters: parameters,
    supports_tool_choice: {
      auto: toolCalls !== false && endpoint.kind !== "embedding",
      none: takesChoice("none"),
      required: takesChoice("required"),
      function: takesChoice("tool"),
    },
    // Cheaper when it is read and no dearer when it is written: nobody has to mark anything.
    supports_implicit_caching: pricing?.cacheRead !== undefined && pricing.cacheWrite === undefined,
    supports_voice_cloning: false,
    ...(endpoint.deprecated === true ? { deprecated: true } : {}),
    ...describeStats(stats),
  };
}

/** What the endpoint is called in lists of providers. */
function tagOf({ provider, quantization }: Endpoint): string {
  return quantization === undefined ? provider : `${provider}/${quantization}`;
}

/** In OpenRouter's words; null is unconfirmed, which is treated as the worst. */
export function describeDataPolicy({ training, retentionDays }: DataPolicy = {}): Record<string, unknown> {
  return {
    training: training ?? null,
    retains_prompts: retentionDays === undefined ? null : retentionDays > 0,
    retention_days: retentionDays ?? null,
  };
}

/** OpenRouter's numbers for an endpoint in use, and for one that is left alone. */
const statusOf = { closed: 0, "half-open": -1, open: -2 } as const;

function describeStats({ state, ...stats }: EndpointStats): Record<string, unknown> {
  return {
    status: statusOf[state],
    uptime_last_5m: stats.uptime5m ?? null,
    uptime_last_30m: stats.uptime30m ?? null,
    uptime_last_1d: stats.uptime1d ?? null,
    latency_last_30m: stats.latency === undefined ? null : inMilliseconds(stats.latency),
    throughput_last_30m: stats.throughput ?? null,
  };
}

function inMilliseconds({ p50, p75, p90, p99 }: Percentiles): Percentiles {
  return { p50: p50 * 1000, p75: p75 * 1000, p90: p90 * 1000, p99: p99 * 1000 };
}
