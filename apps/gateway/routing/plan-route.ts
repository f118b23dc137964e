import type { Endpoint, Model } from "@onerouter/catalog";
import { findIncapacity, findRefusal, isTight } from "./filter-endpoint.ts";
import type { Knowledge } from "./knowledge.ts";
import { countPrompt, lookOut, measureEndpoint, type Outlook } from "./measure-endpoint.ts";
import type { PreparedEndpoint, ProviderAccess } from "./prepare-endpoint.ts";
import { rankCredentials } from "./rank-credentials.ts";
import { addSuffixes, type ModelSuffix } from "./read-model-name.ts";
import { sortRanked, tierOf, type Ranked } from "./rank-endpoints.ts";
import type { RequestNeeds } from "./request-needs.ts";
import type { Candidate, Exclusion, RoutePlan } from "./route-plan.ts";
import type { RoutingWishes } from "./routing-wishes.ts";

export interface RouteQuestion {
  /** The model asked for and those to fall back on, in order. */
  models: readonly [Model, ...Model[]];
  /** What the name of each of them asks for beside it, by its place; the request's own wishes are stronger. */
  suffixes?: ReadonlyArray<readonly ModelSuffix[]>;
  access(provider: string): ProviderAccess;
  wishes: RoutingWishes;
  needs: RequestNeeds;
}

/**
 * Says which endpoints may answer a request, in which order, and why the others may not. First the wishes and what an
 * endpoint cannot do leave some out; the rest stand in the order of what this very request, and the turns that will follow
 * it, are expected to cost there. See docs/routing.md.
 *
 * @param now Unix milliseconds
 * @returns a plan without candidates if the wishes leave out every endpoint
 */
export function planRoute(
  { models, suffixes, access, wishes, needs }: RouteQuestion,
  knowledge: Knowledge,
  now: number,
): RoutePlan {
  const outlook = lookOut(needs, knowledge, now);
  const excluded: Exclusion[] = [];
  let ranked: Ranked[] = [];
  for (let at = 0; at < models.length; at++) {
    const model = models[at];
    if (model === undefined) continue;
    const own = addSuffixes(wishes, suffixes?.[at] ?? []);
    ranked = ranked.concat(rankModel(model, at, { access, wishes: own, outlook, knowledge, excluded }));
  }
  if (new Set(models).size < models.length) ranked = dropRepeats(ranked, excluded);
  sortRanked(ranked, wishes);
  if (wishes.allowFallbacks === false && wishes.order === undefined) keepFirst(ranked, excluded);
  const candidates = listCandidates(ranked, knowledge, now);
  return {
    model: models[0],
    candidates,
    excluded,
    promptTokens: ranked[0]?.measure.promptTokens ?? 0,
    horizon: outlook.horizon,
  };
}

/** A model may be asked for twice, with a suffix first and then without: each of its endpoints has one place. */
function dropRepeats(ranked: readonly Ranked[], excluded: Exclusion[]): Ranked[] {
  const placed = new Set<Endpoint>();
  const isNew = (endpoint: Endpoint): boolean => placed.size < placed.add(endpoint).size;
  const kept = ranked.filter(({ prepared }) => isNew(prepared.endpoint));
  const out = excluded.filter(({ endpoint }) => isNew(endpoint));
  excluded.splice(0, excluded.length, ...out);
  return kept;
}

interface RankContext {
  access: RouteQuestion["access"];
  wishes: RoutingWishes;
  outlook: Outlook;
  knowledge: Knowledge;
  excluded: Exclusion[];
}

/** The endpoints of one model that may answer. */
function rankModel(model: Model, modelPlace: number, context: RankContext): Ranked[] {
  const { access, wishes, outlook, knowledge, excluded } = context;
  const able: Ranked[] = [];
  const unable: Array<{ one: Ranked; obstacle: Exclusion }> = [];
  const endpoints = knowledge.prepare(model, access);
  const allowed: PreparedEndpoint[] = [];
  for (const prepared of endpoints) {
    const refusal = findRefusal(prepared, wishes, countPrompt(prepared, outlook, knowledge));
    if (refusal === undefined) allowed.push(prepared);
    else excluded.push({ endpoint: prepared.endpoint, ...refusal });
  }
  const longest = wishes.longestContext === true ? longestContext(allowed) : undefined;
  for (let position = 0; position < allowed.length; position++) {
    const prepared = allowed[position];
    if (prepared === undefined) continue;
    const { endpoint } = prepared;
    const promptTokens = countPrompt(prepared, outlook, knowledge);
    if (longest !== undefined && endpoint.contextLength !== longest) {
      excluded.push({ endpoint, field: "model", reason: "has not the longest context, which :extended asks for" });
      continue;
    }
    const measure = measureEndpoint(prepared, promptTokens, outlook, knowledge);
    const incapacity = findIncapacity(prepared, outlook.needs, promptTokens);
    const isTooTight = isTight(prepared, outlook.needs, promptTokens);
    const tier = tierOf(prepared, measure, wishes, knowledge, outlook.now);
    const one: Ranked = { prepared, measure, modelPlace, position, isTooTight, ...tier };
    if (incapacity === undefined) able.push(one);
    else unable.push({ one, obstacle: { endpoint, ...incapacity } });
  }
  // Where no endpoint seems able, what we know may be wrong: the provider decides.
  if (able.length === 0) return unable.map(({ one }) => one);
  for (const { obstacle } of unable) excluded.push(obstacle);
  return able;
}

function longestContext(endpoints: readonly PreparedEndpoint[]): number | undefined {
  let longest: number | undefined;
  for (const { endpoint } of endpoints) {
    const { contextLength } = endpoint;
    if (contextLength !== undefined && (longest === undefined || contextLength > longest)) longest = contextLength;
  }
  return longest;
}

/** `allow_fallbacks: false`: of each model the endpoint that comes first. */
function keepFirst(ranked: Ranked[], excluded: Exclusion[]): void {
  const kept = new Set<number>();
  for (let at = 0; at < ranked.length;) {
    const one = ranked[at];
    if (one === undefined) break;
    if (!kept.has(one.modelPlace)) {
      kept.add(one.modelPlace);
      at += 1;
      continue;
    }
    excluded.push({
      endpoint: one.prepared.endpoint,
      field: "provider.allow_fallbacks",
      reason: "is not the first choice, and fallbacks are not allowed",
    });
    ranked.splice(at, 1);
  }
}

/** So often the first choice is tried once more before a switch that costs its warm cache. */
const mostRepeats = 2;

/** Those that are cooling down come last, soonest well first, so that a bad minute everywhere still leaves something to try. */
function listCandidates(ranked: readonly Ranked[], knowledge: Knowledge, now: number): Candidate[] {
  const well: Candidate[] = [];
  const cooling: Array<{ candidate: Candidate; remaining: number }> = [];
  for (let place = 0; place < ranked.length; place++) {
    const one = ranked[place];
    if (one === undefined) continue;
    const isFirst = well.length === 0;
    const broken = one.measure.health?.breaker.remaining(now) ?? 0;
    for (const { index, remaining } of rankCredentials(one, knowledge.health, now)) {
      const wait = Math.max(broken, remaining);
      const candidate = toCandidate(one, index);
      if (wait > 0) {
        candidate.reason = "cooling down, last resort";
        candidate.isCooling = true;
        cooling.push({ candidate, remaining: wait });
        continue;
      }
      well.push(candidate);
      if (isFirst && well.length === 1 && candidate.pair === one.measure.holder) {
        repeat(well, candidate, one, ranked[place + 1]);
      }
    }
  }
  cooling.sort((a, b) => a.remaining - b.remaining);
  for (const { candidate } of cooling) well.push(candidate);
  return well;
}

/** A failure may pass at once, and the next endpoint may have nothing in its cache. */
function repeat(well: Candidate[], candidate: Candidate, one: Ranked, next: Ranked | undefined): void {
  if (next === undefined || one.measure.repeatIndex >= next.measure.firstIndex) return;
  const again: Candidate = { ...candidate, isRepeat: true, reason: "once more: it holds the prompt in its cache" };
  for (let time = 0; time < mostRepeats; time++) well.push(again);
}

function toCandidate({ prepared, measure, reason }: Ranked, index: number): Candidate {
  const candidate: Candidate = {
    endpoint: prepared.endpoint,
    profile: prepared.profile,
    key: prepared.key,
    pair: prepared.pairs[index] ?? prepared.key,
    credential: index,
    apiKey: prepared.apiKeys[index] ?? "",
    reason,
    failure: measure.failure,
  };
  if (measure.first !== Number.POSITIVE_INFINITY) {
    candidate.expectedCost = measure.first;
    candidate.index = measure.index;
  }
  if (measure.holder === candidate.pair && measure.cachedTokens > 0) candidate.cachedTokens = measure.cachedTokens;
  return candidate;
}
