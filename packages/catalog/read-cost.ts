import type { CostRates, CostTier, OfferCost } from "./offer.ts";

const rateNames = ["input", "output", "cache_read", "cache_write", "cache_write_1h", "reasoning"] as const;

/** USD per million tokens; nothing that anybody sells is dearer, so more than this is a mistake of units. */
const dearest = 100_000;

/**
 * A cost as models.dev writes it. One that is malformed anywhere is no cost: the model is unpriced, never too cheap (T22).
 *
 * @param isFree the provider says that the model is free. Otherwise a price of zero stands for one that is not known, as it
 * does for models that are part of a subscription.
 * @returns the cost; undefined for none; "malformed"
 */
export function readCost(value: unknown, isFree: boolean): OfferCost | "malformed" | undefined {
  if (value === undefined || value === null) return isFree ? { input: 0, output: 0 } : undefined;
  const cost: OfferCost | undefined = readRates(value);
  if (cost?.input === undefined || !isObject(value)) return "malformed";
  if (cost.input === 0 && (cost.output ?? 0) === 0 && !isFree) return undefined;
  // 0 stands for "has none" in the tables that this comes from.
  for (const name of ["cache_read", "cache_write", "cache_write_1h"] as const) {
    if (cost[name] === 0 && cost.input > 0) delete cost[name];
  }
  const tiers = readTiers(value);
  if (tiers === "malformed") return tiers;
  if (tiers.length > 0) cost.tiers = tiers;
  return cost;
}

/** `{over, ...}`, or models.dev's `{tier: {type: "context", size}, ...}`, or its older `context_over_200k`. */
function readTiers({ tiers, context_over_200k: over200k }: Record<string, unknown>): CostTier[] | "malformed" {
  const result: CostTier[] = [];
  if (tiers !== undefined && !Array.isArray(tiers)) return "malformed";
  for (const tier of (tiers ?? []) as unknown[]) {
    const rates = readRates(tier);
    const over = isObject(tier) ? (isObject(tier.tier) ? tier.tier.size : tier.over) : undefined;
    if (rates?.input === undefined || !isCount(over)) return "malformed";
    result.push({ over, ...rates });
  }
  if (tiers === undefined && over200k !== undefined) {
    const rates = readRates(over200k);
    if (rates?.input === undefined) return "malformed";
    result.push({ over: 200_000, ...rates });
  }
  return result.toSorted((a, b) => a.over - b.over);
}

function readRates(value: unknown): CostRates | undefined {
  if (!isObject(value)) return undefined;
  const rates: CostRates = {};
  for (const name of rateNames) {
    if (value[name] === undefined || value[name] === null) continue;
    const price = exactPrice(value[name]);
    if (price === undefined) return undefined;
    rates[name] = price;
  }
  return rates;
}

/**
 * USD per million tokens with at most six decimals, which is what a picodollar can hold. What a float made of a decimal
 * (0.44999999999999996) is that decimal, and a third of a cent is rounded; anything further off is no price.
 */
export function exactPrice(value: unknown): number | undefined {
  if (typeof value !== "number" || !(value >= 0 && value <= dearest)) return undefined;
  const rounded = Number(value.toFixed(6));
  return Math.abs(rounded - value) <= value * 1e-4 ? rounded : undefined;
}

export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value <= 1e9;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
