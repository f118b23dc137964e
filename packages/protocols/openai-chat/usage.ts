import type { Usage } from "../model/usage.ts";
import type { WireObject } from "../wire/json-object.ts";

export { decodeOpenaiUsage as decodeUsage } from "../wire/openai-usage.ts";

/** Writes usage as OpenAI does, with OpenRouter's count of tokens written to the cache. */
export function encodeUsage(usage: Usage): WireObject {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens + usage.cacheWrite1hTokens,
      ...(usage.cacheWrite1hTokens > 0
        ? {
            cache_creation: {
              ephemeral_5m_input_tokens: usage.cacheWriteTokens,
              ephemeral_1h_input_tokens: usage.cacheWrite1hTokens,
            },
          }
        : {}),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}
