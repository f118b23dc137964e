import { nearestName } from "@onerouter/catalog";
import { refuseField } from "@onerouter/protocols";
import { isObject, type WireObject } from "@onerouter/protocols/wire/json-object";
import {
  readArray,
  readName,
  readObject,
  readOptionalBoolean,
  readOptionalNumber,
} from "@onerouter/protocols/wire/read-field";

/** The `provider` object, as far as the gateway acts on it. */
export interface ProviderPreferences {
  /** Only endpoints that take every field of the request, see refuse-losses.ts. */
  requireParameters?: boolean;
  /** False: an answer whose upstream dies is not gone on with. */
  resume?: boolean;
  /** A second endpoint is asked, too, when the first one is slow to begin. */
  hedge?: boolean;
}

/**
 * Every field of OpenRouter's `provider` object (https://openrouter.ai/docs/features/provider-routing), and its form; and
 * our own.
 */
const readers: Readonly<Record<string, (value: unknown, path: string) => unknown>> = {
  order: readNames,
  only: readNames,
  ignore: readNames,
  allow_fallbacks: readOptionalBoolean,
  require_parameters: readOptionalBoolean,
  data_collection: (value, path) => readWord(value, path, ["allow", "deny"]),
  zdr: readOptionalBoolean,
  enforce_distillable_text: readOptionalBoolean,
  quantizations: readNames,
  sort: readSort,
  preferred_min_throughput: readThreshold,
  preferred_max_latency: readThreshold,
  max_price: readPrices,
  resume: readOptionalBoolean,
  hedge: readOptionalBoolean,
};

/** Those that only this gateway has; another one may refuse them. */
const own = new Set(["resume", "hedge"]);

export function withoutOwn(provider: WireObject): WireObject {
  return Object.fromEntries(Object.entries(provider).filter(([name]) => !own.has(name)));
}

/**
 * Reads `provider`. A name that nobody knows is refused: what was meant to bar a provider must not pass unnoticed.
 * @throws RequestError 400 naming the field
 */
export function readProviderPreferences(value: unknown): ProviderPreferences {
  const preferences: ProviderPreferences = {};
  if (!isObject(value)) return preferences;
  for (const [name, wish] of Object.entries(value)) {
    const path = `provider.${name}`;
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (read === undefined) refuseName(path, name);
    if (wish !== null && wish !== undefined) read(wish, path);
  }
  if (value.require_parameters === true) preferences.requireParameters = true;
  if (value.resume === false) preferences.resume = false;
  if (value.hedge === true) preferences.hedge = true;
  return preferences;
}

/**
 * The wishes of a `provider` object that the gateway does not act on, by their names. Those that ask for what happens
 * anyway are none.
 */
export function unmetPreferences(provider: unknown): string[] {
  if (!isObject(provider)) return [];
  return Object.entries(provider).flatMap(([name, wish]) =>
    name === "require_parameters" || isNoWish(name, wish) ? [] : [`provider.${name}`],
  );
}

function isNoWish(name: string, wish: unknown): boolean {
  if (wish === null || wish === undefined || wish === "allow") return true;
  if (Array.isArray(wish)) return wish.length === 0;
  return wish === (name === "allow_fallbacks");
}

function refuseName(path: string, name: string): never {
  const known = Object.keys(readers);
  const nearest = nearestName(name, known);
  refuseField(
    path.slice(0, 200),
    nearest === undefined ? `is not known; these are: ${known.join(", ")}` : `is not known; did you mean ${nearest}?`,
  );
}

function readNames(value: unknown, path: string): string[] {
  return readArray(value, path).map((name, at) => readName(name, `${path}[${at}]`));
}

function readWord(value: unknown, path: string, words: readonly string[]): unknown {
  if (typeof value !== "string" || !words.includes(value)) refuseField(path, `expected one of ${words.join(", ")}`);
  return value;
}

const sorts = ["price", "throughput", "latency", "exacto"];

function readSort(value: unknown, path: string): unknown {
  if (!isObject(value)) return readWord(value, path, sorts);
  refuseOthers(value, path, ["by", "partition"]);
  if (value.partition !== undefined && value.partition !== null) {
    readWord(value.partition, `${path}.partition`, ["model", "none"]);
  }
  return value.by === undefined || value.by === null ? value : readWord(value.by, `${path}.by`, sorts);
}

/** A number, or numbers by percentile. */
function readThreshold(value: unknown, path: string): unknown {
  if (!isObject(value)) return readOptionalNumber(value, path);
  refuseOthers(value, path, ["p50", "p75", "p90", "p99"]);
  for (const [name, number] of Object.entries(value)) readOptionalNumber(number, `${path}.${name}`);
  return value;
}

/** Prices as numbers, or as @openrouter/sdk writes them, in text. */
function readPrices(value: unknown, path: string): unknown {
  const prices = readObject(value, path);
  refuseOthers(prices, path, ["prompt", "completion", "request", "image", "audio"]);
  for (const [name, price] of Object.entries(prices)) {
    const number = typeof price === "string" && price.trim() !== "" ? Number(price) : price;
    readOptionalNumber(number, `${path}.${name}`);
  }
  return prices;
}

function refuseOthers(object: WireObject, path: string, known: readonly string[]): void {
  for (const name of Object.keys(object)) {
    if (!known.includes(name)) {
      refuseField(`${path}.${name}`.slice(0, 200), `is not known; these are: ${known.join(", ")}`);
    }
  }
}
