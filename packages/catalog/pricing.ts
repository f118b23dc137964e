/** A decimal as configuration files and price lists write it. Strings are exact; numbers are taken at their shortest spelling. */
export type Decimal = number | string;

/** Prices as people write them: USD per million tokens. Absent is unknown, not free. */
export interface RateList {
  prompt?: Decimal;
  completion?: Decimal;
  cache_read?: Decimal;
  cache_write?: Decimal;
  cache_write_1h?: Decimal;
  reasoning?: Decimal;
}

/** Rates that hold for the whole request when its prompt is longer than `over` tokens; those left out are as without it. */
export type TierList = RateList & { over: number };

export interface PriceList extends RateList {
  /** USD per request. */
  request?: Decimal;
  tiers?: readonly TierList[];
}

/** Prices in picodollars (1e-12 USD) per token. Absent is unknown, not free. */
export interface Rates {
  prompt?: bigint;
  completion?: bigint;
  cacheRead?: bigint;
  cacheWrite?: bigint;
  cacheWrite1h?: bigint;
  reasoning?: bigint;
}

/** What a request costs; `request` in picodollars per request. */
export interface Pricing extends Rates {
  request?: bigint;
  /** By length of the prompt, ascending. */
  tiers?: readonly PricingTier[];
}

/** All rates as they hold for requests whose prompt is longer than `over` tokens. */
export interface PricingTier {
  over: number;
  rates: Rates;
}

/** 1 USD per million tokens is 1e12 / 1e6 picodollars per token, so this many decimals are exact. */
const decimalsPerMillion = 6;
const decimalsPerDollar = 12;

/** A price that cannot be kept exactly, or is not a price at all. The message is a sentence without the field's name. */
export class PriceError extends Error {
  override readonly name = "PriceError";
}

/**
 * Turns a price list into exact integers.
 *
 *     parsePricing({ prompt: 0.6, completion: "2.50" }) // { prompt: 600000n, completion: 2500000n }
 *
 * @throws PriceError
 */
export function parsePricing(list: PriceList): Pricing {
  const pricing: Pricing = parseRates(list);
  if (list.request !== undefined) pricing.request = parseUsd(list.request);
  if (list.tiers !== undefined && list.tiers.length > 0) {
    const base = parseRates(list);
    pricing.tiers = list.tiers
      .map(({ over, ...rates }) => ({ over, rates: { ...base, ...parseRates(rates) } }))
      .toSorted((a, b) => a.over - b.over);
  }
  return pricing;
}

function parseRates(list: RateList): Rates {
  const rates: Rates = {};
  if (list.prompt !== undefined) rates.prompt = parsePricePerMillion(list.prompt);
  if (list.completion !== undefined) rates.completion = parsePricePerMillion(list.completion);
  if (list.cache_read !== undefined) rates.cacheRead = parsePricePerMillion(list.cache_read);
  if (list.cache_write !== undefined) rates.cacheWrite = parsePricePerMillion(list.cache_write);
  if (list.cache_write_1h !== undefined) rates.cacheWrite1h = parsePricePerMillion(list.cache_write_1h);
  if (list.reasoning !== undefined) rates.reasoning = parsePricePerMillion(list.reasoning);
  return rates;
}

/** The rates of a request with a prompt of so many tokens, cached ones included. */
export function ratesFor(pricing: Pricing, promptTokens: number): Rates {
  return pricing.tiers?.findLast(({ over }) => promptTokens > over)?.rates ?? pricing;
}

/** USD per million tokens -> picodollars per token. @throws PriceError beyond 6 decimals, the last one a picodollar can hold. */
export function parsePricePerMillion(usdPerMillion: Decimal): bigint {
  return scaleDecimal(usdPerMillion, decimalsPerMillion);
}

/** USD -> picodollars. @throws PriceError beyond 12 decimals. */
export function parseUsd(usd: Decimal): bigint {
  return scaleDecimal(usd, decimalsPerDollar);
}

/** Picodollars -> USD as a plain decimal without trailing zeros, exact: `1500000n` is `"0.0000015"`. */
export function formatUsd(picodollars: bigint): string {
  return unscaleDecimal(picodollars, decimalsPerDollar);
}

/** Picodollars per token -> USD per million tokens, exact: `600000n` is `"0.6"`. */
export function formatPricePerMillion(picodollarsPerToken: bigint): string {
  return unscaleDecimal(picodollarsPerToken, decimalsPerMillion);
}

const decimalForm = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Never goes through a float: 0.1 and "0.1" are the same tenth. */
function scaleDecimal(value: Decimal, places: number): bigint {
  const parts = decimalForm.exec(typeof value === "number" ? String(value) : value.trim());
  if (parts === null) throw new PriceError("a price is a decimal number, zero or more");
  const whole = parts[1] ?? "";
  const fraction = (parts[2] ?? "").replace(/0+$/, "");
  const shift = places + Number(parts[3] ?? 0) - fraction.length;
  const digits = BigInt(whole + fraction);
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  if (digits % divisor !== 0n) throw new PriceError(`a price has at most ${places} decimals`);
  return digits / divisor;
}

function unscaleDecimal(value: bigint, places: number): string {
  const sign = value < 0n ? "-" : "";
  const digits = String(value < 0n ? -value : value).padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  return sign + digits.slice(0, -places) + (fraction === "" ? "" : `.${fraction}`);
}
