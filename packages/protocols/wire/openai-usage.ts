import { tokenCount, type Usage } from "../model/usage.ts";
import { isObject, type WireObject } from "./json-object.ts";

/**
 * Reads a usage object of chat or Responses, in any vendor's words; undefined if it says nothing. In the hub the input counts everything that was
 * read, cached or not, and the output the reasoning. Vendors differ in both: where there is a total, it tells; where there
 * is none, a part larger than its whole stands beside it.
 */
export function decodeOpenaiUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const prompt = detailsOf(value.prompt_tokens_details ?? value.input_tokens_details ?? value.prompt_token_details);
  const completion = detailsOf(value.completion_tokens_details ?? value.output_tokens_details);
  const cacheReadTokens = firstCount(
    prompt.cached_tokens,
    value.cached_tokens, // Moonshot
    value.prompt_cache_hit_tokens, // DeepSeek
    value.num_cached_tokens, // Mistral
    value.cache_read_input_tokens, // gateways before Anthropic's and Amazon's models
    value.cacheReadInputTokens,
  );
  const { write, write1h } = readWrites(value, prompt);
  const cached = cacheReadTokens + write + write1h;
  const reasoningTokens = firstCount(completion.reasoning_tokens, value.reasoning_tokens);
  const total = firstCount(value.total_tokens, value.totalTokens);
  let input = firstCount(value.prompt_tokens, value.input_tokens, value.inputTokens);
  if (input === 0) input = cacheReadTokens + tokenCount(value.prompt_cache_miss_tokens);
  let output = firstCount(value.completion_tokens, value.output_tokens, value.outputTokens);
  const beyond = total - input - output;

  if (cached > input || isSum(beyond, cached, reasoningTokens)) input += cached;
  // xAI's total is the sum of all three.
  if (isSum(beyond, reasoningTokens, cached)) output += reasoningTokens;
  if (input === 0 && output === 0) return undefined;
  return {
    inputTokens: input,
    cacheReadTokens,
    cacheWriteTokens: write,
    cacheWrite1hTokens: write1h,
    outputTokens: output,
    // Kimi K3 counts one more of them than there are tokens in its answer (vercel/ai#19311).
    reasoningTokens: Math.min(reasoningTokens, output),
  };
}

/** Whether what the total has beyond input and output is this part, or this and the other. */
function isSum(beyond: number, part: number, other: number): boolean {
  return part > 0 && (beyond === part || beyond === part + other);
}

function detailsOf(value: unknown): WireObject {
  return isObject(value) ? value : {};
}

/** Tokens written to a cache, of five minutes and of an hour where the vendor parts them. */
function readWrites(value: WireObject, prompt: WireObject): { write: number; write1h: number } {
  const split = detailsOf(prompt.cache_creation ?? value.cache_creation);
  const write1h = tokenCount(split.ephemeral_1h_input_tokens);
  const total = firstCount(
    prompt.cache_write_tokens, // OpenRouter, OpenAI
    prompt.cache_creation_tokens,
    prompt.cache_creation_input_tokens, // Qwen
    value.cache_creation_input_tokens,
    value.cacheWriteInputTokens,
    tokenCount(split.ephemeral_5m_input_tokens) + write1h,
  );
  return { write: Math.max(0, total - write1h), write1h };
}

function firstCount(...values: unknown[]): number {
  for (const value of values) {
    const count = tokenCount(value);
    if (count > 0) return count;
  }
  return 0;
}
