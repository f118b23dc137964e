import { noUsage, tokenCount, uncachedInputTokens, type Usage } from "../model/usage.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/**
 * Reads `usage` of message_start, message_delta or a whole message. On the wire `input_tokens` excludes what was read from
 * and written to the cache; in the hub it includes them. A later report replaces the fields it names: the counts in
 * message_delta are cumulative (https://platform.claude.com/docs/en/build-with-claude/streaming).
 */
export function decodeUsage(value: unknown, before: Usage = noUsage): Usage | undefined {
  if (!isObject(value)) return undefined;
  const cacheRead = field(value.cache_read_input_tokens, before.cacheReadTokens);
  const { write, write1h } = readWrites(value, before);
  const uncached = field(value.input_tokens, uncachedInputTokens(before));
  const input = uncached + cacheRead + write + write1h;
  const details = isObject(value.output_tokens_details) ? value.output_tokens_details : {};
  const output = field(value.output_tokens, before.outputTokens);
  const reasoning = field(details.thinking_tokens ?? details.reasoning_tokens, before.reasoningTokens);
  const written = { outputTokens: Math.max(output, reasoning), reasoningTokens: reasoning };
  // A server that fills the fields it does not report with 0: no prompt is empty.
  if (input === 0) return { ...before, ...written };
  return {
    inputTokens: input,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: write,
    cacheWrite1hTokens: write1h,
    ...written,
  };
}

function field(value: unknown, before: number): number {
  return value === undefined || value === null ? before : tokenCount(value);
}

function readWrites(value: WireObject, before: Usage): { write: number; write1h: number } {
  const split = isObject(value.cache_creation) ? value.cache_creation : {};
  const split5m = tokenCount(split.ephemeral_5m_input_tokens);
  const split1h = tokenCount(split.ephemeral_1h_input_tokens);
  const total = value.cache_creation_input_tokens;
  const isReported = total !== undefined && total !== null;
  // Some servers send a split of zeros beside a total.
  if (split5m + split1h > 0 || (!isReported && isObject(value.cache_creation)))
    return { write: split5m, write1h: split1h };
  if (!isReported) return { write: before.cacheWriteTokens, write1h: before.cacheWrite1hTokens };
  const write1h = Math.min(before.cacheWrite1hTokens, tokenCount(total));
  return { write: tokenCount(total) - write1h, write1h };
}

/** Writes usage as a Messages client reads it. */
export function encodeUsage(usage: Usage): WireObject {
  const encoded: WireObject = {
    input_tokens: uncachedInputTokens(usage),
    cache_creation_input_tokens: usage.cacheWriteTokens + usage.cacheWrite1hTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWriteTokens,
      ephemeral_1h_input_tokens: usage.cacheWrite1hTokens,
    },
    output_tokens: usage.outputTokens,
  };
  if (usage.reasoningTokens > 0) encoded.output_tokens_details = { thinking_tokens: usage.reasoningTokens };
  return encoded;
}
