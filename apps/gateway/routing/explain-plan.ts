import type { Candidate, Exclusion, RoutePlan } from "./route-plan.ts";

/** A plan as the generation record, the command line and clients see it. USD; no credentials. */
export interface ExplainedPlan {
  model: string;
  /** Why this model, where the gateway chose it. */
  choice?: string;
  prompt_tokens: number;
  /** Turns of the conversation that the order was worked out for. */
  turns_expected: number;
  candidates: ExplainedCandidate[];
  excluded: Array<{ model: string; provider: string; upstream_model: string; field: string; reason: string }>;
}

export interface ExplainedCandidate {
  model: string;
  provider: string;
  upstream_model: string;
  credential: number;
  reason: string;
  /** USD; null: unpriced. */
  expected_cost: number | null;
  cached_tokens?: number;
  failure?: number;
  cooling?: true;
  again?: true;
}

/** @param most candidates, and endpoints left out, that are told of */
export function explainPlan(plan: RoutePlan, most = Number.POSITIVE_INFINITY): ExplainedPlan {
  return {
    model: plan.model.id,
    ...(plan.choice === undefined ? {} : { choice: plan.choice }),
    prompt_tokens: plan.promptTokens,
    turns_expected: Math.round(plan.horizon * 10) / 10,
    candidates: plan.candidates.slice(0, most).map(explainCandidate),
    excluded: plan.excluded.slice(0, most).map(explainExclusion),
  };
}

function explainCandidate(candidate: Candidate): ExplainedCandidate {
  const { endpoint, credential, reason, expectedCost, cachedTokens, failure, isCooling, isRepeat } = candidate;
  const explained: ExplainedCandidate = {
    model: endpoint.modelId,
    provider: endpoint.provider,
    upstream_model: endpoint.upstreamId,
    credential,
    reason,
    expected_cost: expectedCost === undefined ? null : toUsd(expectedCost),
  };
  if (cachedTokens !== undefined) explained.cached_tokens = cachedTokens;
  if (failure !== undefined) explained.failure = Math.round(failure * 1000) / 1000;
  if (isCooling === true) explained.cooling = true;
  if (isRepeat === true) explained.again = true;
  return explained;
}

function explainExclusion({ endpoint, field, reason }: Exclusion): ExplainedPlan["excluded"][number] {
  return { model: endpoint.modelId, provider: endpoint.provider, upstream_model: endpoint.upstreamId, field, reason };
}

/** Proxies take headers of 8 KB in all. */
const longestHeader = 2_000;

/**
 * A plan on one line, for `x-onerouter-plan`:
 *
 *     moonshot $0.0123 cached 89100 (expected cost, with its cache); novita $0.05 (expected cost) | out: together (provider.only: is not in the list)
 */
export function formatPlan(plan: RoutePlan): string {
  const parts = plan.candidates.map((candidate, at) => formatCandidate(candidate, plan, at));
  const out = plan.excluded.map(({ endpoint, field, reason }) => `${nameOf(endpoint, plan)} (${field}: ${reason})`);
  const choice = plan.choice === undefined ? "" : `${plan.choice} | `;
  const text = `${choice}${parts.join("; ")}${out.length === 0 ? "" : ` | out: ${out.join("; ")}`}`;
  // Names are the operator's, in any script; a header takes ASCII.
  const ascii = text.replace(/[^\x20-\x7e]/g, "?");
  return ascii.length > longestHeader ? `${ascii.slice(0, longestHeader - 3)}...` : ascii;
}

function formatCandidate(candidate: Candidate, plan: RoutePlan, at: number): string {
  const { endpoint, credential, expectedCost, cachedTokens, reason, isRepeat } = candidate;
  const name = nameOf(endpoint, plan) + (credential > 0 ? `#${credential}` : "");
  if (isRepeat === true && plan.candidates[at - 1]?.pair === candidate.pair) return `${name} again`;
  const cost = expectedCost === undefined ? "" : ` $${toUsd(expectedCost)}`;
  const cached = cachedTokens === undefined ? "" : ` cached ${cachedTokens}`;
  return `${name}${cost}${cached} (${reason})`;
}

/** The provider, and the model where it is not the one asked for first. */
function nameOf(endpoint: Candidate["endpoint"], { model }: RoutePlan): string {
  return endpoint.modelId === model.id ? endpoint.provider : `${endpoint.provider}/${endpoint.modelId}`;
}

function toUsd(picodollars: number): number {
  return Number((picodollars / 1e12).toPrecision(3));
}
