import { isRetryable, type ChatError } from "@onerouter/protocols";
import type { AttemptEnd, AttemptResult } from "../routing/health/attempt-result.ts";
import { learnFromAnswer } from "../routing/learn-from-answer.ts";
import type { Candidate } from "../routing/route-plan.ts";
import type { AttemptOutcome } from "./attempt-outcome.ts";
import type { Generation } from "./generation.ts";

/**
 * An attempt begins: what becomes of it is told to routing, for the next plan.
 * @returns what has to be called with its outcome, once
 */
export function observeAttempt(generation: Generation, candidate: Candidate): (outcome: AttemptOutcome) => void {
  const { context, needs } = generation;
  const { knowledge } = context;
  const startedAt = context.now();
  const finish = knowledge.health.begin(candidate.key, candidate.pair, startedAt);
  return (outcome) => {
    const now = context.now();
    const { firstContentAt, hasContent, usageReported, usage } = generation.meter;
    const result: AttemptResult = { end: endOf(outcome, hasContent), durationMs: now - startedAt };
    if (firstContentAt !== null && firstContentAt >= startedAt) result.ttftMs = firstContentAt - startedAt;
    if (usageReported) result.usage = usage;
    if (outcome.type === "failed" && outcome.error.retryAfterSeconds !== undefined) {
      result.retryAfterMs = outcome.error.retryAfterSeconds * 1000;
    }
    finish(result, now);
    const cameToItsEnd = outcome.type === "complete" || outcome.type === "hopeless";
    // The rest of an answer says nothing of how long answers are.
    if (generation.continuation.shown !== undefined) return;
    if (cameToItsEnd && usageReported) learnFromAnswer(candidate, needs, usage, knowledge, now);
  };
}

function endOf(outcome: AttemptOutcome, hasContent: boolean): AttemptEnd {
  switch (outcome.type) {
    case "complete":
      return "ok";
    case "aborted":
      return "neutral";
    case "hopeless":
      return "malformed";
    case "failed":
      // That the client would not wait longer is no fault of the endpoint's.
      if (outcome.givenUp === true) return "neutral";
      return endOfFailure(outcome.error, hasContent);
  }
}

function endOfFailure(error: ChatError, hasContent: boolean): AttemptEnd {
  switch (error.code) {
    case "upstream_rate_limited":
      return "rate-limited";
    case "upstream_authentication":
      return "refused";
    case "upstream_timeout":
      return "stalled";
    case "upstream_unreachable":
      return "unreachable";
    default:
      // That a request cannot be served says nothing of the endpoint.
      if (!isRetryable(error)) return "neutral";
      return hasContent ? "cut" : "failed";
  }
}
