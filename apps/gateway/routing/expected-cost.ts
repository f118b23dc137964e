import type { ApproximatePrices } from "./prepare-endpoint.ts";

/** One request's tokens at one endpoint. */
export interface ExpectedTokens {
  prompt: number;
  /** Of the prompt, read from the endpoint's cache. */
  cached: number;
  output: number;
  /** Whether what is not cached is written to the cache. */
  writes: boolean;
}

/** Picodollars. */
export function costOf(prices: ApproximatePrices, { prompt, cached, output, writes }: ExpectedTokens): number {
  const rest = Math.max(0, prompt - cached);
  return (
    cached * prices.cacheRead +
    rest * (writes ? prices.cacheWrite : prices.input) +
    output * prices.output +
    prices.request
  );
}

/**
 * What a turn costs on average if the conversation stays at this endpoint: the first with what its cache holds now, the
 * others with a warm one. That a switch has to earn the cache it gives up follows from it.
 * @param first cost of this request there
 * @param growth tokens by which the prompt grows with each turn
 * @param warmShare share of a warm prefix that its cache really gives
 */
export function averageCost(
  prices: ApproximatePrices,
  first: number,
  tokens: ExpectedTokens,
  horizon: number,
  growth: number,
  warmShare: number,
): number {
  if (horizon <= 1) return first;
  const prompt = tokens.prompt + (growth * horizon) / 2;
  const steady = costOf(prices, { ...tokens, prompt, cached: (prompt - growth) * warmShare });
  return (first + (horizon - 1) * steady) / horizon;
}

/**
 * What to sort by so that the expected cost of trying one after the other is least: trials that succeed with probability s
 * are best made in the order of (cost of a success) + (1 - s) / s * (what a failure wastes). A failure that
 * breaks after content wastes what the request costs.
 */
export function costIndex(cost: number, failure: number, waste: number): number {
  return failure >= 1 ? Number.POSITIVE_INFINITY : cost + (failure / (1 - failure)) * waste;
}
