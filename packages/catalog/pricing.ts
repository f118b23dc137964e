/** A decimal as configuration files and price lists write it. Strings are exact; numbers are taken at their shortest spelling. */
export type Decimal = number | string;

/** Prices as people write them: USD per million tokens, except `request`, which is USD per request. Absent is unknown, not free. */
export interface PriceList {
  prompt?: Decimal;
  completion?: Decimal;
  cache_read?: Decimal;
  cache_write?: Decimal;
  cache_write_1h?: Decimal;
  reasoning?: Decimal;
  request?: Decimal;
}

/** Prices in picodollars (1e-12 USD) per token, `request` per request. Absent is unknown, not free. */
export interface Pricing {
  prompt?: bigint;
  completion?: bigint;
  cacheRead?: bigint;
  cacheWrite?: bigint;
  cacheWrite1h?: bigint;
  reasoning?: bigint;
  request?: bigint;
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
  const pricing: Pricing = {};
  if (list.prompt !== undefined) pricing.prompt = parsePricePerMillion(list.prompt);
  if (list.completion !== undefined) pricing.completion = parsePricePerMillion(list.completion);
  if (list.cache_read !== undefined) pricing.cacheRead = parsePricePerMillion(list.cache_read);
  if (list.cache_write !== undefined) pricing.cacheWrite = parsePricePerMillion(list.cache_write);
  if (list.cache_write_1h !== undefined) pricing.cacheWrite1h = parsePricePerMillion(list.cache_write_1h);
  if (list.reasoning !== undefined) pricing.reasoning = parsePricePerMillion(list.reasoning);
  if (list.request !== undefined) pricing.request = parseUsd(list.request);
  return pricing;
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
