import type { Usage } from "../model/usage.ts";
import type { WireObject } from "../wire/json-object.ts";

export { decodeOpenaiUsage as decodeUsage } from "../wire/openai-usage.ts";

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
