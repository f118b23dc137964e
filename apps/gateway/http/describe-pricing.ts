import { formatUsd, type Pricing, type Rates } from "@onerouter/catalog";

/** OpenRouter's sign for a price that is not fixed: 0 would be a lie, and without a text its SDK refuses the whole list. */
const unknownPrice = "-1";

/** Prices in USD per token, as exact text in OpenRouter's names. */
export function describePricing(pricing: Pricing = {}): Record<string, unknown> {
  const price = (value: bigint | undefined): string => (value === undefined ? unknownPrice : formatUsd(value));
  const { request, tiers } = pricing;
  return {
    prompt: price(pricing.prompt),
    completion: price(pricing.completion),
    ...(request === undefined ? {} : { request: formatUsd(request) }),
    ...describeOthers(pricing),
    ...(tiers === undefined
      ? {}
      : {
          overrides: tiers.map(({ over, rates }) => ({
            min_prompt_tokens: over + 1,
            prompt: price(rates.prompt),
            completion: price(rates.completion),
            ...describeOthers(rates),
          })),
        }),
  };
}

function describeOthers({ cacheRead, cacheWrite, cacheWrite1h, reasoning }: Rates): Record<string, string> {
  const others = {
    input_cache_read: cacheRead,
    input_cache_write: cacheWrite,
    input_cache_write_1h: cacheWrite1h,
    internal_reasoning: reasoning,
  };
  const known = Object.entries(others).filter((entry): entry is [string, bigint] => entry[1] !== undefined);
  return Object.fromEntries(known.map(([field, value]) => [field, formatUsd(value)]));
}
