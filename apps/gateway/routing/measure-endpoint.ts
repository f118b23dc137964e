import { ageOf, ages, type CacheShares } from "./cache-shares.ts";
import { averageCost, costIndex, costOf, type ExpectedTokens } from "./expected-cost.ts";
import type { EndpointHealth } from "./health/endpoint-health.ts";
import type { Knowledge } from "./knowledge.ts";
import { pricesFor, type PreparedEndpoint } from "./prepare-endpoint.ts";
import type { RequestNeeds } from "./request-needs.ts";
import { isPrefix, usualGrowth, type Holder, type Session } from "./session-memory.ts";

/** What this request would cost at one endpoint, and how likely it is to fail there. Picodollars; infinite: unpriced. */
export interface Measure {
  /** Undefined: never tried. */
  health: EndpointHealth | undefined;
  promptTokens: number;
  /** Expected to be read from the cache. */
  cachedTokens: number;
  /** The credential whose cache holds the prompt. */
  holder: string | undefined;
  failure: number;
  /** Of this request alone. */
  first: number;
  /** To sort by: for this request alone, and for the turns that will follow. */
  firstIndex: number;
  index: number;
  /** To try again right after a failure. */
  repeatIndex: number;
}

/** What is the same for all endpoints of one request. */
export interface Outlook {
  needs: RequestNeeds;
  session: Session | undefined;
  horizon: number;
  /** Shares of turns that come so long after the one before, by age. */
  gaps: readonly number[];
  now: number;
}

export function lookOut(needs: RequestNeeds, { sessions, habits }: Knowledge, now: number): Outlook {
  const session = needs.session === undefined ? undefined : sessions.find(needs.session);
  const turn = Math.max(needs.turns, session?.turns ?? 0);
  const gaps = Array.from({ length: ages.length + 1 }, (_, age) => habits.gapShare(needs.tools, age));
  return { needs, session, horizon: habits.expectTurns(needs.tools, turn), gaps, now };
}

/** Tokens of the prompt by this endpoint's own way of counting, as far as it is known. */
export function countPrompt({ key }: PreparedEndpoint, { needs }: Outlook, knowledge: Knowledge): number {
  return knowledge.promptTokens(key, needs.promptBytes) + needs.mediaTokens;
}

/** @param promptTokens as countPrompt tells */
export function measureEndpoint(
  prepared: PreparedEndpoint,
  promptTokens: number,
  outlook: Outlook,
  knowledge: Knowledge,
): Measure {
  const { key, endpoint } = prepared;
  const { needs, session, horizon, now } = outlook;
  const prices = pricesFor(prepared, promptTokens);
  const health = knowledge.health.endpoint(key);
  let failure = health?.failure(now) ?? 0.02;
  if (needs.tools) failure = 1 - (1 - failure) * (1 - uselessCalls(prepared, knowledge));
  if (prices === undefined) {
    return {
      health,
      promptTokens,
      cachedTokens: 0,
      holder: undefined,
      failure,
      first: Number.POSITIVE_INFINITY,
      firstIndex: Number.POSITIVE_INFINITY,
      index: Number.POSITIVE_INFINITY,
      repeatIndex: Number.POSITIVE_INFINITY,
    };
  }

  const { cacheShares } = knowledge;
  const held = session === undefined ? undefined : findHolder(session, prepared.pairs);
  let cached = 0;
  if (held !== undefined && isPrefix(held.tokens, promptTokens)) {
    cached = Math.min(held.tokens, promptTokens) * cacheShares.expect(key, ageOf(now - held.at), now);
  }
  const tokens: ExpectedTokens = {
    prompt: promptTokens,
    cached,
    output: Math.min(
      knowledge.answerLengths.expect(endpoint.modelId, needs.tools),
      needs.maxOutputTokens ?? Number.POSITIVE_INFINITY,
    ),
    writes: horizon > 1,
  };
  const first = costOf(prices, tokens);
  const warmShare = horizon > 1 ? expectWarm(key, outlook, cacheShares) : 0;
  // A failure wastes what the turn costs there if it comes after content; one that comes at once costs only time.
  const wasted = health?.cutShare() ?? 0.5;
  const cost = averageCost(prices, first, tokens, horizon, session?.growth ?? usualGrowth, warmShare);
  return {
    health,
    promptTokens,
    cachedTokens: Math.round(cached),
    holder: held?.pair,
    failure,
    first,
    firstIndex: costIndex(first, failure, first * wasted),
    index: costIndex(cost, failure, cost * wasted),
    repeatIndex: costIndex(first, health?.failureAgain(now) ?? 0.3, first * wasted),
  };
}

function findHolder({ holders }: Session, pairs: readonly string[]): Holder | undefined {
  for (const holder of holders) if (pairs.includes(holder.pair)) return holder;
  return undefined;
}

/** The share of a prefix that its cache gives from turn to turn, some of which come late. */
function expectWarm(key: string, { gaps, now }: Outlook, cacheShares: CacheShares): number {
  let share = 0;
  for (let age = 0; age < gaps.length; age++) share += (gaps[age] ?? 0) * cacheShares.expect(key, age, now);
  return share;
}

/** One tool call in two hundred that is of no use is believed of an endpoint that has made none; it weighs as much as so many. */
const priorUseless = 0.005;
const priorCalls = 20;

/** The share of tool calls that were of no use. */
export function uselessCalls({ pairs }: PreparedEndpoint, { callQuality }: Knowledge): number {
  let useless = priorUseless * priorCalls;
  let calls = priorCalls;
  for (const pair of pairs) {
    const counts = callQuality.of(pair);
    if (counts === undefined) continue;
    useless += counts.hopeless;
    calls += counts.fine + counts.mended + counts.hopeless;
  }
  return useless / calls;
}
