/**
 * Tokens of one answer. `inputTokens` is everything the model read, cached or not: uncached = inputTokens -
 * cacheReadTokens - cacheWriteTokens - cacheWrite1hTokens. `outputTokens` includes `reasoningTokens`.
 * Every count is a non-negative integer.
 */
export interface Usage {
  inputTokens: number;
  cacheReadTokens: number;
  /** Written with the default (5 minute) lifetime. */
  cacheWriteTokens: number;
  cacheWrite1hTokens: number;
  outputTokens: number;
  reasoningTokens: number;
}

export const noUsage: Usage = Object.freeze({
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
});

/** No answer has so many tokens; sums of a few such counts are still exact integers. */
const mostTokens = 1e12;

/** Reads a provider's token count: anything but a non-negative finite number is 0, and what cannot be a count is bounded. */
export function tokenCount(value: unknown): number {
  return typeof value === "number" && value > 0 && Number.isFinite(value) ? Math.min(Math.floor(value), mostTokens) : 0;
}

/** Input tokens that were neither read from nor written to a cache. */
export function uncachedInputTokens(usage: Usage): number {
  return Math.max(0, usage.inputTokens - usage.cacheReadTokens - usage.cacheWriteTokens - usage.cacheWrite1hTokens);
}
