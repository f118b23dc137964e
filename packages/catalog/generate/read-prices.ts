import type { CostRates, OfferCost } from "../offer.ts";

/** What @pydantic/genai-prices knows of a provider's model. */
export interface PricedModel {
  id: string;
  name?: string;
  context?: number;
  /** Not yet rounded. */
  cost?: OfferCost;
  deprecated: boolean;
}

/*
 * The parts of the package's types that are read here. It is imported by its file: this folder is no workspace, and what is
 * installed in it is there only while the data is made.
 */
type Price = number | { base: number; tiers: ReadonlyArray<{ start: number; price: number }> };

type Prices = Readonly<Record<string, Price | undefined>>;

interface PackageModel {
  id: string;
  name?: string;
  context_window?: number;
  deprecated?: boolean;
  prices: Prices | ReadonlyArray<{ constraint?: { type: string; start_date?: string }; prices: Prices }>;
}

interface PricePackage {
  findProvider(options: { providerId: string }): { models: PackageModel[] } | undefined;
}

const file = new URL("./node_modules/@pydantic/genai-prices/dist/index.js", import.meta.url);

/** @param now decides which of several dated prices holds */
export async function readPrices(now: Date): Promise<(provider: string | undefined) => readonly PricedModel[]> {
  const { findProvider } = (await import(file.href)) as PricePackage;
  return (provider) => {
    if (provider === undefined) return [];
    const found = findProvider({ providerId: provider });
    if (found === undefined) throw new Error(`genai-prices knows no provider ${provider}`);
    return found.models.map((model) => readModel(model, now));
  };
}

function readModel(model: PackageModel, now: Date): PricedModel {
  const prices = currentPrices(model, now);
  const cost = costOf(prices);
  const result: PricedModel = { id: model.id, deprecated: model.deprecated === true };
  if (model.name !== undefined) result.name = model.name;
  if (model.context_window !== undefined) result.context = model.context_window;
  if (cost !== undefined) result.cost = cost;
  return result;
}

/** The price that holds all day from now on: the latest that has begun; of prices by the hour the dearest. */
function currentPrices({ prices }: PackageModel, now: Date): Prices {
  if (!isList(prices)) return prices;
  let current: Prices = {};
  let since = "";
  for (const { constraint, prices: these } of prices) {
    if (constraint?.type === "time_of_date") {
      if (base(these.input_mtok) > base(current.input_mtok)) current = these;
      continue;
    }
    const from = constraint?.start_date ?? "0000";
    if (from > since && from <= now.toISOString()) {
      since = from;
      current = these;
    }
  }
  return current;
}

function isList(prices: PackageModel["prices"]): prices is Extract<PackageModel["prices"], readonly unknown[]> {
  return Array.isArray(prices);
}

function base(price: Price | undefined): number {
  if (price === undefined) return 0;
  return typeof price === "number" ? price : price.base;
}

const rates = [
  ["input", "input_mtok"],
  ["output", "output_mtok"],
  ["cache_read", "cache_read_mtok"],
  ["cache_write", "cache_write_mtok"],
  ["cache_write_1h", "cache_write_1h_mtok"],
  ["reasoning", "output_reasoning_mtok"],
] as const satisfies ReadonlyArray<readonly [keyof CostRates, string]>;

function costOf(prices: Prices): OfferCost | undefined {
  if (prices.input_mtok === undefined) return undefined;
  const starts = new Set<number>();
  for (const [, key] of rates) {
    const price = prices[key];
    if (typeof price === "object") for (const tier of price.tiers) starts.add(tier.start);
  }
  const cost: OfferCost = ratesAt(prices, 0);
  const tiers = [...starts].toSorted((a, b) => a - b).map((over) => ({ over, ...ratesAt(prices, over) }));
  if (tiers.length > 0) cost.tiers = tiers;
  return cost;
}

function ratesAt(prices: Prices, tokens: number): CostRates {
  const result: CostRates = {};
  for (const [name, key] of rates) {
    const price = prices[key];
    if (price === undefined) continue;
    result[name] =
      typeof price === "number" ? price : (price.tiers.findLast((tier) => tier.start <= tokens)?.price ?? price.base);
  }
  return result;
}
