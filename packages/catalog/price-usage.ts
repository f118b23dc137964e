import type { Usage } from "@onerouter/protocols";
import { uncachedInputTokens } from "@onerouter/protocols/model/usage";
import { ratesFor, type Pricing } from "./pricing.ts";

/**
 * What an answer cost, in picodollars. `null` is "unpriced": the endpoint has no price for a kind of token that was used.
 *
 * A price that a list leaves out falls back to the one the provider would charge instead: cached and cache-written
 * tokens to the prompt price (a provider without cache prices bills them as ordinary input), the one-hour write to the
 * default write, reasoning to completion. Only the request price is 0 when absent: almost nobody has one. Where the price
 * depends on the length of the prompt, all of the request has the price of its length.
 *
 *     priceUsage({ ...noUsage, inputTokens: 1000, cacheReadTokens: 900, outputTokens: 10 }, pricing)
 */
export function priceUsage(usage: Usage, pricing: Pricing | undefined): bigint | null {
  if (pricing === undefined) return null;
  const rates = ratesFor(pricing, usage.inputTokens);
  const { prompt, completion } = rates;
  const cacheWrite = rates.cacheWrite ?? prompt;
  // outputTokens includes reasoningTokens; a provider that reports more reasoning than output is not billed twice.
  const reasoningTokens = Math.min(usage.reasoningTokens, usage.outputTokens);
  const lines: ReadonlyArray<readonly [tokens: number, price: bigint | undefined]> = [
    [uncachedInputTokens(usage), prompt],
    [usage.cacheReadTokens, rates.cacheRead ?? prompt],
    [usage.cacheWriteTokens, cacheWrite],
    [usage.cacheWrite1hTokens, rates.cacheWrite1h ?? cacheWrite],
    [usage.outputTokens - reasoningTokens, completion],
    [reasoningTokens, rates.reasoning ?? completion],
  ];
  let cost = pricing.request ?? 0n;
  for (const [tokens, price] of lines) {
    if (tokens === 0) continue;
    if (price === undefined) return null;
    cost += BigInt(tokens) * price;
  }
  return cost;
}
