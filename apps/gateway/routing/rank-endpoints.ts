import type { EndpointHealth } from "./health/endpoint-health.ts";
import { isNamed, placeIn } from "./filter-endpoint.ts";
import type { Knowledge } from "./knowledge.ts";
import { uselessCalls, type Measure } from "./measure-endpoint.ts";
import { pricesFor, type PreparedEndpoint } from "./prepare-endpoint.ts";
import type { FallbackRules, RoutingWishes, SortBy, Thresholds } from "./routing-wishes.ts";

/** Where an endpoint stands among the others, before its cost is looked at. */
export interface Tier {
  /** Lower is better, see tierOf. */
  tier: number;
  /** Within the tier: what was asked to sort by, or the place in `order`. Lower is better; NaN: not known. */
  measured: number;
  reason: string;
}

export interface Ranked extends Tier {
  prepared: PreparedEndpoint;
  measure: Measure;
  /** Which of the models asked for, from 0. */
  modelPlace: number;
  /** In the configuration. */
  position: number;
  /** Prompt and answer seem not to fit. */
  isTooTight: boolean;
}

const ordered = 0;
const usual = 1;
/** Does not keep what was preferred. */
const demoted = 2;
/** Breaks a fallback rule: comes after the other models. */
const passedOver = 3;

export function tierOf(
  prepared: PreparedEndpoint,
  measure: Measure,
  wishes: RoutingWishes,
  knowledge: Knowledge,
  now: number,
): Tier {
  const { order, sort, rules } = wishes;
  const { health } = measure;
  const broken = rules === undefined ? undefined : findBrokenRule(rules, prepared, health, knowledge, now);
  if (broken !== undefined) return { tier: passedOver, measured: 0, reason: `fallback_rules.${broken}` };
  if (order !== undefined && isNamed(prepared.names, order)) {
    return { tier: ordered, measured: placeIn(prepared.names, order), reason: "provider.order" };
  }
  const missed = findMissedPreference(wishes, health);
  if (missed !== undefined) return { tier: demoted, measured: 0, reason: `below provider.${missed}` };
  if (sort !== undefined) {
    return { tier: usual, measured: measureFor(sort, prepared, measure, health, knowledge), reason: sortReasons[sort] };
  }
  return { tier: usual, measured: 0, reason: reasonOf(measure) };
}

const sortReasons: Readonly<Record<SortBy, string>> = {
  price: "sorted by price",
  throughput: "sorted by throughput",
  latency: "sorted by latency",
  exacto: "sorted by tool calls",
};

function reasonOf({ index, cachedTokens }: Measure): string {
  if (index === Number.POSITIVE_INFINITY) return "configured order, unpriced";
  return cachedTokens > 0 ? "expected cost, with its cache" : "expected cost";
}

/** In place: the order in which endpoints are tried. */
export function sortRanked(ranked: Ranked[], { sortAcrossModels }: RoutingWishes): void {
  const isModelFirst = sortAcrossModels !== true;
  if (ranked.some(({ measured }) => Number.isNaN(measured))) fillUnknown(ranked, isModelFirst);
  ranked.sort((a, b) => {
    const byRule = Number(a.tier === passedOver) - Number(b.tier === passedOver);
    if (byRule !== 0) return byRule;
    if (isModelFirst && a.modelPlace !== b.modelPlace) return a.modelPlace - b.modelPlace;
    return (
      a.tier - b.tier ||
      // Our count is rough; an order that was asked for is not.
      (a.tier === ordered ? 0 : Number(a.isTooTight) - Number(b.isTooTight)) ||
      a.measured - b.measured ||
      compareCosts(a.measure.index, b.measure.index) ||
      isBad(a.measure.failure) - isBad(b.measure.failure) ||
      a.modelPlace - b.modelPlace ||
      a.position - b.position
    );
  });
}

function compareCosts(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** Where nothing has a price, an endpoint that fails more often than not still comes after the others. */
function isBad(failure: number): number {
  return failure >= 0.5 ? 1 : 0;
}

/** Those of which nothing is known stand in the middle, so that they get a chance. */
function fillUnknown(ranked: readonly Ranked[], isModelFirst: boolean): void {
  // Each model may be sorted by something else.
  for (const group of Map.groupBy(ranked, ({ modelPlace }) => (isModelFirst ? modelPlace : 0)).values()) {
    const known = group.flatMap(({ tier, measured }) => (tier === usual && !Number.isNaN(measured) ? [measured] : []));
    known.sort((a, b) => a - b);
    const middle = known[Math.floor(known.length / 2)] ?? 0;
    for (const one of group) if (Number.isNaN(one.measured)) one.measured = middle;
  }
}

function measureFor(
  sort: SortBy,
  prepared: PreparedEndpoint,
  { first, promptTokens }: Measure,
  health: EndpointHealth | undefined,
  knowledge: Knowledge,
): number {
  switch (sort) {
    case "price":
      return first === Number.POSITIVE_INFINITY ? Number.MAX_VALUE : priceOf(prepared, promptTokens);
    case "throughput":
      return -(health?.tokensPerSecond(0.5) ?? Number.NaN);
    case "latency":
      return health?.firstContentMs(0.5) ?? Number.NaN;
    case "exacto":
      // Small differences are chance.
      return Math.round(uselessCalls(prepared, knowledge) * 200);
  }
}

/** By list price for a prompt of this length: prompts are longer than answers, by about four to one. */
function priceOf(prepared: PreparedEndpoint, promptTokens: number): number {
  const prices = pricesFor(prepared, promptTokens);
  return prices === undefined ? Number.MAX_VALUE : prices.input * 4 + prices.output + prices.request / 1000;
}

const percentiles = [
  ["p50", 0.5],
  ["p75", 0.75],
  ["p90", 0.9],
  ["p99", 0.99],
] as const;

/** An endpoint of which nothing is known keeps every preference. */
function findMissedPreference(
  { minThroughput, maxLatency }: RoutingWishes,
  health: EndpointHealth | undefined,
): string | undefined {
  if (health === undefined) return undefined;
  if (
    minThroughput !== undefined &&
    misses(minThroughput, (share, limit) => (health.tokensPerSecond(share) ?? limit) < limit)
  ) {
    return "preferred_min_throughput";
  }
  if (
    maxLatency !== undefined &&
    misses(maxLatency, (share, limit) => (health.firstContentMs(share) ?? 0) > limit * 1000)
  ) {
    return "preferred_max_latency";
  }
  return undefined;
}

function misses(thresholds: Thresholds, isMissed: (share: number, limit: number) => boolean): boolean {
  for (const [name, share] of percentiles) {
    const limit = thresholds[name];
    if (limit !== undefined && isMissed(share, limit)) return true;
  }
  return false;
}

/** @returns the name of a rule that the endpoint breaks of late */
function findBrokenRule(
  rules: FallbackRules,
  { pairs }: PreparedEndpoint,
  endpoint: EndpointHealth | undefined,
  { health }: Knowledge,
  now: number,
): string | undefined {
  if (endpoint === undefined) return undefined;
  const { ttftMs, latencyMs, tokensPerMinute, requestsPerMinute } = rules;
  if (ttftMs !== undefined && (endpoint.firstContentMs(0.5) ?? 0) > ttftMs) return "TTFT";
  if (latencyMs !== undefined && (endpoint.durationMs(0.5) ?? 0) > latencyMs) return "Latency";
  if (
    tokensPerMinute !== undefined &&
    (endpoint.tokensPerSecond(0.5) ?? Number.POSITIVE_INFINITY) * 60 < tokensPerMinute
  ) {
    return "TPM";
  }
  if (requestsPerMinute === undefined) return undefined;
  const left = pairs.map((pair) => health.credential(pair)?.requestsLeft(now));
  return left.every((count) => count !== undefined && count < requestsPerMinute) ? "RPM" : undefined;
}
