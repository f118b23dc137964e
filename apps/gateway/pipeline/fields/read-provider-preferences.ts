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
import type { PriceLimits, RoutingWishes, SortBy, Thresholds } from "../../routing/routing-wishes.ts";

/** The `provider` object. */
export interface ProviderPreferences {
  /** Only endpoints that take every field of the request, see refuse-losses.ts. */
  requireParameters?: boolean;
  /** False: an answer whose upstream dies is not gone on with. */
  resume?: boolean;
  /** A second endpoint is asked, too, when the first one is slow to begin. */
  hedge?: boolean;
  /** For the plan, see docs/routing.md. */
  wishes: RoutingWishes;
}

type Reader = (value: unknown, path: string, preferences: ProviderPreferences & { wishes: Writable }) => void;
type Writable = { -readonly [Name in keyof RoutingWishes]: RoutingWishes[Name] };

/** Every field of OpenRouter's `provider` object (https://openrouter.ai/docs/features/provider-routing), and its form; and our own. */
const readers: Readonly<Record<string, Reader>> = {
  order: (value, path, { wishes }) => void (wishes.order = readNames(value, path)),
  only: (value, path, { wishes }) => void (wishes.only = readNames(value, path)),
  ignore: (value, path, { wishes }) => void (wishes.ignore = readNames(value, path)),
  allow_fallbacks: (value, path, { wishes }) => void (wishes.allowFallbacks = readOptionalBoolean(value, path)),
  require_parameters(value, path, preferences) {
    if (readOptionalBoolean(value, path) === true) preferences.requireParameters = true;
  },
  data_collection(value, path, { wishes }) {
    wishes.denyDataCollection = readWord(value, path, ["allow", "deny"]) === "deny";
  },
  zdr: (value, path, { wishes }) => void (wishes.zeroRetention = readOptionalBoolean(value, path)),
  enforce_distillable_text: (value, path, { wishes }) => void (wishes.distillable = readOptionalBoolean(value, path)),
  quantizations: (value, path, { wishes }) => void (wishes.quantizations = readNames(value, path)),
  sort: (value, path, { wishes }) => readSort(value, path, wishes),
  preferred_min_throughput: (value, path, { wishes }) => void (wishes.minThroughput = readThresholds(value, path)),
  preferred_max_latency: (value, path, { wishes }) => void (wishes.maxLatency = readThresholds(value, path)),
  max_price: (value, path, { wishes }) => void (wishes.maxPrice = readPrices(value, path)),
  resume: (value, path, preferences) => void (preferences.resume = readOptionalBoolean(value, path)),
  hedge: (value, path, preferences) => void (preferences.hedge = readOptionalBoolean(value, path)),
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
  const preferences: ProviderPreferences & { wishes: Writable } = { wishes: {} };
  if (!isObject(value)) return preferences;
  for (const [name, wish] of Object.entries(value)) {
    const path = `provider.${name}`;
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (read === undefined) refuseName(path, name);
    if (wish === null || wish === undefined || (Array.isArray(wish) && wish.length === 0)) continue;
    read(wish, path, preferences);
  }
  return preferences;
}

/** Prices that no endpoint here has, and which therefore limit nothing. */
export function unmetPreferences(provider: unknown): string[] {
  if (!isObject(provider) || !isObject(provider.max_price)) return [];
  const { image, audio } = provider.max_price;
  return [
    ...(image === undefined || image === null ? [] : ["provider.max_price.image"]),
    ...(audio === undefined || audio === null ? [] : ["provider.max_price.audio"]),
  ];
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
  return readArray(value, path).map((name, at) => readName(name, `${path}[${at}]`).toLowerCase());
}

function readWord<Word extends string>(value: unknown, path: string, words: readonly Word[]): Word {
  const word = words.find((one) => one === value);
  if (word === undefined) refuseField(path, `expected one of ${words.join(", ")}`);
  return word;
}

const sorts: readonly SortBy[] = ["price", "throughput", "latency", "exacto"];

function readSort(value: unknown, path: string, wishes: Writable): void {
  if (!isObject(value)) {
    wishes.sort = readWord(value, path, sorts);
    return;
  }
  refuseOthers(value, path, ["by", "partition"]);
  const { by, partition } = value;
  if (by !== undefined && by !== null) wishes.sort = readWord(by, `${path}.by`, sorts);
  if (partition === undefined || partition === null) return;
  wishes.sortAcrossModels = readWord(partition, `${path}.partition`, ["model", "none"]) === "none";
}

const percentiles = ["p50", "p75", "p90", "p99"] as const;

/** A number, which is for half of the answers, or numbers by percentile. */
function readThresholds(value: unknown, path: string): Thresholds {
  if (!isObject(value)) return { p50: readLimit(value, path) };
  refuseOthers(value, path, percentiles);
  const thresholds: Partial<Record<keyof Thresholds, number>> = {};
  for (const name of percentiles) thresholds[name] = readLimit(value[name], `${path}.${name}`);
  return thresholds;
}

const picodollarsPerToken = 1e6;
const picodollarsPerUsd = 1e12;

/** USD per million tokens, `request` per request; as numbers, or as @openrouter/sdk writes them, in text. */
function readPrices(value: unknown, path: string): PriceLimits | undefined {
  const prices = readObject(value, path);
  refuseOthers(prices, path, ["prompt", "completion", "request", "image", "audio"]);
  const read = (name: string, unit: number): number | undefined => {
    const price = prices[name];
    const number = typeof price === "string" && price.trim() !== "" ? Number(price) : price;
    const limit = readLimit(number, `${path}.${name}`);
    return limit === undefined ? undefined : limit * unit;
  };
  read("image", 1);
  read("audio", 1);
  const limits: PriceLimits = {};
  const [prompt, completion] = [read("prompt", picodollarsPerToken), read("completion", picodollarsPerToken)];
  const request = read("request", picodollarsPerUsd);
  if (prompt !== undefined) limits.prompt = prompt;
  if (completion !== undefined) limits.completion = completion;
  if (request !== undefined) limits.request = request;
  return Object.keys(limits).length === 0 ? undefined : limits;
}

function readLimit(value: unknown, path: string): number | undefined {
  const limit = readOptionalNumber(value, path);
  if (limit !== undefined && limit < 0) refuseField(path, "must not be below 0");
  return limit;
}

function refuseOthers(object: WireObject, path: string, known: readonly string[]): void {
  for (const name of Object.keys(object)) {
    if (!known.includes(name)) {
      refuseField(`${path}.${name}`.slice(0, 200), `is not known; these are: ${known.join(", ")}`);
    }
  }
}
