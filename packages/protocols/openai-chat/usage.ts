import { tokenCount, type Usage } from "../model/usage.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/**
 * Reads a usage object in any vendor's words; undefined if it says nothing. `prompt_tokens` counts cached tokens too, and
 * `completion_tokens` the reasoning: a vendor whose numbers say otherwise (xAI's total is the sum of all three) is corrected.
 */
export function decodeUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const prompt = isObject(value.prompt_tokens_details) ? value.prompt_tokens_details : value;
  const completion = isObject(value.completion_tokens_details) ? value.completion_tokens_details : value;
  const cacheReadTokens = firstCount(
    prompt.cached_tokens,
    value.cached_tokens, // Moonshot
    value.prompt_cache_hit_tokens, // DeepSeek
    value.cache_read_input_tokens,
  );
  const cacheWriteTokens = firstCount(
    prompt.cache_write_tokens, // OpenRouter
    prompt.cache_creation_tokens,
    value.cache_creation_input_tokens,
  );
  let inputTokens = firstCount(value.prompt_tokens, value.input_tokens);
  if (inputTokens === 0) inputTokens = cacheReadTokens + tokenCount(value.prompt_cache_miss_tokens);
  // More from the cache than was read: this vendor counts only what was not cached.
  if (cacheReadTokens + cacheWriteTokens > inputTokens) inputTokens += cacheReadTokens + cacheWriteTokens;
  let outputTokens = firstCount(value.completion_tokens, value.output_tokens);
  const reasoningTokens = firstCount(completion.reasoning_tokens, value.reasoning_tokens);
  const isApart = tokenCount(value.total_tokens) === inputTokens + outputTokens + reasoningTokens;
  if (reasoningTokens > outputTokens || (isApart && reasoningTokens > 0)) outputTokens += reasoningTokens;
  if (inputTokens === 0 && outputTokens === 0) return undefined;
  return { inputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens: 0, outputTokens, reasoningTokens };
}

/** Writes usage as OpenAI does, with OpenRouter's count of tokens written to the cache. */
export function encodeUsage(usage: Usage): WireObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens + usage.cacheWrite1hTokens,
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}

function firstCount(...values: unknown[]): number {
  for (const value of values) {
    const count = tokenCount(value);
    if (count > 0) return count;
  }
  return 0;
}
