import type { Usage } from "../model/usage.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { decodeUsage } from "./usage.ts";

/** Finds the usage of a chunk or a whole answer, wherever this vendor puts it. */
export function findUsage(body: WireObject, choice: WireObject | undefined): Usage | undefined {
  return (
    decodeUsage(withMetrics(body)) ??
    decodeUsage(choice?.usage) ?? // Moonshot
    (isObject(body.x_groq) ? decodeUsage(body.x_groq.usage) : undefined) ??
    decodeTimings(body.timings)
  );
}

/** Fireworks counts the cached tokens among its metrics where its usage does not. */
function withMetrics(body: WireObject): unknown {
  const { usage, perf_metrics: metrics } = body;
  if (!isObject(usage) || !isObject(metrics)) return usage;
  const cached = Number(metrics["cached-prompt-tokens"] ?? metrics["fireworks-cached-prompt-tokens"]);
  return cached > 0 && !isObject(usage.prompt_tokens_details) ? { ...usage, cached_tokens: cached } : usage;
}

/**
 * What llama.cpp says where it was asked for no usage: tokens it found in its cache, those it read, those it wrote
 * (https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md, `timings`).
 */
function decodeTimings(timings: unknown): Usage | undefined {
  if (!isObject(timings)) return undefined;
  const { cache_n: cached, prompt_n: read, predicted_n: completion } = timings;
  const prompt = (typeof cached === "number" ? cached : 0) + (typeof read === "number" ? read : 0);
  return decodeUsage({ prompt_tokens: prompt, completion_tokens: completion, cached_tokens: cached });
}
