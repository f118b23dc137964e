import { isRetryable, type ChatError, type ErrorCode } from "@onerouter/protocols";
import type { Candidate, RoutePlan } from "../routing/route-plan.ts";
import { accountAttempt } from "./account-attempt.ts";
import { attempt } from "./attempt.ts";
import type { AttemptOutcome, Failure } from "./attempt-outcome.ts";
import type { Generation } from "./generation.ts";
import { isNamedByRules, limitAttempt, mayRepeat, staysWithModel } from "./follow-rules.ts";
import { goOn, isWorthTheSame } from "./go-on.ts";
import { askHedged, hasLostRace } from "./hedge.ts";
import { observeAttempt } from "./observe-attempt.ts";
import { measureOverflow } from "./measure-overflow.ts";

/** How often the whole list of candidates is gone through before the client hears of the failure. */
const rounds = 2;
/** The same of an answer that has begun, as long as nobody can be reached: a server that starts anew takes some seconds. */
const roundsToReach = 5;
/** How often a turn is asked for in all when its tool calls are of no use: the same endpoint once more, then the next. */
const mostAsked = 3;
/** A Retry-After longer than this is the client's to wait for. */
const longestWaitMs = 2_000;

/** One request to one candidate. */
export type AskCandidate = (generation: Generation, candidate: Candidate) => Promise<AttemptOutcome>;

/**
 * Tries candidates until one has given the whole answer. As long as the client has seen no content, a failed attempt is
 * followed by the next candidate (fallback) and, when all have failed for reasons that may pass, by a second round (retry).
 * After content the next attempt goes on with what the client has; where that cannot be done, the open answer is ended so that
 * this client repeats the turn itself. An answer whose tool calls are of no use is asked for again, also after content, since
 * none of the calls was shown.
 *
 * @param ask what is asked of each of them
 * @returns true when the answer is complete; its finish is still with `generation.continued`. False when it has been ended
 */
export async function runAttempts(
  generation: Generation,
  plan: RoutePlan,
  ask: AskCandidate = attempt,
): Promise<boolean> {
  let lastError: ChatError = { code: "no_endpoint", message: "no endpoint of this model is configured" };
  const barred = new Set<Candidate>();
  /** Answers whose tool calls were of no use. */
  let hopeless = 0;
  let last: Failure | undefined;
  let lastModel = plan.model.id;

  for (let round = 0; ; round++) {
    let mayPass = false;
    for (const candidate of plan.candidates) {
      if (barred.has(candidate)) continue;
      if (candidate.isRepeat === true && !mayRepeat(last)) continue;
      if (candidate.endpoint.modelId !== lastModel && staysWithModel(generation, last)) continue;
      lastModel = candidate.endpoint.modelId;
      // In the second round an answer that takes its time is better than none.
      const unlimited = round === 0 ? limitAttempt(generation, plan, candidate) : undefined;
      let outcome = await askHedged(generation, plan, candidate, (one, other) => attemptCandidate(one, other, ask));
      unlimited?.();
      if (outcome.type === "hopeless") hopeless += 1;
      if (prepareSame(generation, plan, candidate, outcome, hopeless)) {
        outcome = await attemptCandidate(generation, candidate, ask);
        if (outcome.type === "hopeless") hopeless += 1;
      }
      if (outcome.type === "aborted") return false;
      if (outcome.type === "complete") {
        generation.receipt.keepAttempt();
        return true;
      }
      last = outcome;
      const error = measureOverflow(outcome.error, candidate.endpoint, generation);
      const wasGoneOn = generation.continuation.timesGoneOn > 0;
      // That one endpoint was left out, or does not go on with an answer, says less than how another one failed.
      const isLeftOut = generation.refused.size > 0 && error.code === "unsupported_parameter" && mayPass;
      if (!isLeftOut && !(wasGoneOn && !isRetryable(error))) lastError = error;
      if (!prepareNext(generation, candidate, outcome, error, hopeless)) return finishWithError(generation, lastError);
      if (isPassing(error)) mayPass = true;
      else barred.add(candidate);
    }
    if (!mayPass || round >= countRounds(generation, lastError) - 1) break;
    const { retryAfterSeconds } = lastError;
    const backoff = Math.min(longestWaitMs, generation.context.retryBackoffMs * 2 ** round);
    const wait = retryAfterSeconds === undefined ? backoff : retryAfterSeconds * 1000;
    if (wait > longestWaitMs) break;
    if (!(await waitUnlessAborted(generation, wait))) return false;
  }
  return finishWithError(generation, lastError);
}

function countRounds({ continuation }: Generation, { code }: ChatError): number {
  return continuation.timesGoneOn > 0 && code === "upstream_unreachable" ? roundsToReach : rounds;
}

/** Makes ready to ask the same candidate once more. @returns false when the next one is worth more */
function prepareSame(
  generation: Generation,
  plan: RoutePlan,
  candidate: Candidate,
  outcome: AttemptOutcome,
  hopeless: number,
): boolean {
  if (outcome.type === "hopeless") return hopeless < mostAsked && prepareAgain(generation);
  if (outcome.type !== "failed") return false;
  if (outcome.error.refusesThoughts === true && !generation.leavesThoughtsOut) {
    generation.leavesThoughtsOut = true;
    return true;
  }
  return isBroken(outcome, generation) && isWorthTheSame(outcome.error, plan, candidate) && goOn(generation, candidate);
}

/** Makes ready for the next candidate. @returns false when nobody else is to be asked */
function prepareNext(
  generation: Generation,
  candidate: Candidate,
  outcome: Failure,
  error: ChatError,
  hopeless: number,
): boolean {
  if (outcome.type === "hopeless") return hopeless < mostAsked && prepareAgain(generation);
  if (isBroken(outcome, generation)) return goOn(generation, candidate);
  return generation.continuation.timesGoneOn > 0 || shouldFallBack(error) || isNamedByRules(generation, outcome);
}

/** It failed when the client had a part of its answer. */
function isBroken(
  outcome: AttemptOutcome,
  generation: Generation,
): outcome is Extract<AttemptOutcome, { type: "failed" }> {
  return outcome.type === "failed" && generation.hasShown();
}

/** Makes ready to ask once more for a turn that came to its end. @returns false when that cannot be done */
function prepareAgain(generation: Generation): boolean {
  if (generation.hasShown()) {
    generation.receipt.keepAttempt();
    generation.continued.keep("again");
    generation.continuation.shown = undefined;
  } else generation.continued.discard();
  generation.askedAgain = true;
  return generation.recallPrompt();
}

async function attemptCandidate(
  generation: Generation,
  candidate: Candidate,
  ask: AskCandidate,
): Promise<AttemptOutcome> {
  const { context } = generation;
  const startedAt = context.now();
  generation.candidate = candidate;
  const observed = observeAttempt(generation, candidate);
  const outcome = await ask(generation, candidate);
  observed(outcome);
  if (outcome.type === "complete") generation.askedAgain = false;
  const result = nameOutcome(outcome);
  generation.attempts.push({
    provider: candidate.endpoint.provider,
    upstreamModel: candidate.endpoint.upstreamId,
    startedAt,
    durationMs: context.now() - startedAt,
    outcome: result,
    ...(outcome.type === "failed" && outcome.status !== undefined ? { status: outcome.status } : {}),
  });
  const cameToItsEnd = outcome.type === "complete" || outcome.type === "hopeless";
  const hasSpent = cameToItsEnd || (outcome.type === "failed" && generation.meter.hasContent);
  generation.spendings.push(hasSpent ? accountAttempt(generation) : undefined);
  context.metrics.attempts.add(1, candidate.endpoint.provider, result);
  return outcome;
}

function nameOutcome(outcome: AttemptOutcome): string {
  switch (outcome.type) {
    case "complete":
      return "ok";
    case "hopeless":
      return "invalid_tool_call";
    case "aborted":
      return "aborted";
    case "failed":
      return hasLostRace(outcome) ? "hedged" : outcome.error.code;
  }
}

/** What another endpoint may well do: have a longer context, know the model under its name, express the request. */
const elsewhere: ReadonlySet<ErrorCode> = new Set([
  "context_length_exceeded",
  "model_not_found",
  "unsupported_parameter",
]);

function shouldFallBack(error: ChatError): boolean {
  return isRetryable(error) || elsewhere.has(error.code);
}

/** Whether the same candidate may succeed a moment later. */
function isPassing(error: ChatError): boolean {
  return isRetryable(error) && error.code !== "upstream_authentication";
}

function finishWithError(generation: Generation, error: ChatError): false {
  generation.error = error;
  generation.answer.fail(error);
  return false;
}

/** @returns false when the client went away meanwhile. */
function waitUnlessAborted(generation: Generation, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      generation.upstream = undefined;
      resolve(true);
    }, ms);
    generation.upstream = {
      abort() {
        clearTimeout(timer);
        resolve(false);
      },
      resume() {},
    };
  });
}
