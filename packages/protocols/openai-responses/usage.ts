import { tokenCount, type Usage } from "../model/usage.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/**
 * Reads a usage object; undefined if it says nothing. `input_tokens` counts cached tokens too, and `output_tokens` the
 * reasoning; servers that are compatible have the names of chat, and numbers that say otherwise are corrected.
 */
export function decodeUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const input = firstObject(value.input_tokens_details, value.prompt_tokens_details);
  const output = firstObject(value.output_tokens_details, value.completion_tokens_details);
  const cacheReadTokens = tokenCount(input.cached_tokens);
  const cacheWriteTokens = tokenCount(input.cache_write_tokens);
  let inputTokens = tokenCount(value.input_tokens ?? value.prompt_tokens);
  // More from the cache than was read: this vendor counts only what was not cached.
  if (cacheReadTokens + cacheWriteTokens > inputTokens) inputTokens += cacheReadTokens + cacheWriteTokens;
  const reasoningTokens = tokenCount(output.reasoning_tokens);
  let outputTokens = tokenCount(value.output_tokens ?? value.completion_tokens);
  if (reasoningTokens > outputTokens) outputTokens += reasoningTokens;
  if (inputTokens === 0 && outputTokens === 0) return undefined;
  return { inputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens: 0, outputTokens, reasoningTokens };
}

function firstObject(...values: unknown[]): WireObject {
  return values.find(isObject) ?? {};
}

/** Writes usage as OpenAI does. */
export function encodeUsage(usage: Usage): WireObject {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens + usage.cacheWrite1hTokens,
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}
