import { isRetryable, type ChatError, type ErrorCode } from "@onerouter/protocols";
import type { Candidate, RoutePlan } from "../routing/route-plan.ts";
import { attempt, type AttemptOutcome } from "./attempt.ts";
import type { Generation } from "./generation.ts";
import { measureOverflow } from "./measure-overflow.ts";

/** How often the whole list of candidates is gone through before the client hears of the failure. */
const rounds = 2;
const backoffMs = 300;
/** A Retry-After longer than this is the client's to wait for. */
const longestWaitMs = 2_000;

/**
 * Tries candidates until one has given the whole answer. As long as the client has seen no content, a failed attempt is
 * followed by the next candidate (fallback) and, when all have failed for reasons that may pass, by a second round (retry).
 * After content there is no way back: the open answer is ended so that this client repeats the turn itself.
 */
export async function runAttempts(generation: Generation, plan: RoutePlan): Promise<void> {
  let lastError: ChatError = { code: "no_endpoint", message: "no endpoint of this model is configured" };
  const barred = new Set<Candidate>();

  for (let round = 0; round < rounds; round++) {
    let mayPass = false;
    for (const candidate of plan.candidates) {
      if (barred.has(candidate)) continue;
      const outcome = await attemptCandidate(generation, candidate);
      if (outcome.type === "aborted") return;
      if (outcome.type === "complete") return;
      // That one endpoint was left out says less than how another one failed.
      const isLeftOut = generation.refused.size > 0 && outcome.error.code === "unsupported_parameter" && mayPass;
      if (!isLeftOut) lastError = measureOverflow(outcome.error, candidate.endpoint, generation);
      if (generation.answer.contentStarted) {
        finishWithError(generation, lastError);
        return;
      }
      if (!shouldFallBack(lastError)) {
        finishWithError(generation, lastError);
        return;
      }
      if (isPassing(lastError)) mayPass = true;
      else barred.add(candidate);
    }
    if (!mayPass || round === rounds - 1) break;
    const wait = lastError.retryAfterSeconds === undefined ? backoffMs : lastError.retryAfterSeconds * 1000;
    if (wait > longestWaitMs) break;
    if (!(await waitUnlessAborted(generation, wait))) return;
  }
  finishWithError(generation, lastError);
}

async function attemptCandidate(generation: Generation, candidate: Candidate): Promise<AttemptOutcome> {
  const { context } = generation;
  const startedAt = context.now();
  generation.candidate = candidate;
  const outcome = await attempt(generation, candidate);
  const result = outcome.type === "failed" ? outcome.error.code : outcome.type === "aborted" ? "aborted" : "ok";
  generation.attempts.push({
    provider: candidate.endpoint.provider,
    upstreamModel: candidate.endpoint.upstreamId,
    startedAt,
    durationMs: context.now() - startedAt,
    outcome: result,
  });
  context.metrics.attempts.add(1, candidate.endpoint.provider, result);
  if (outcome.type === "complete") context.cooldown.succeeded(candidate.pair);
  else if (outcome.type === "failed" && isRetryable(outcome.error))
    context.cooldown.failed(candidate.pair, outcome.error);
  return outcome;
}

/** What another endpoint may well do: have a longer context, know the model under its name, express the request. */
const elsewhere: ReadonlySet<ErrorCode> = new Set([
  "context_length_exceeded",
  "model_not_found",
  "not_supported",
  "unsupported_parameter",
]);

function shouldFallBack(error: ChatError): boolean {
  return isRetryable(error) || elsewhere.has(error.code);
}

/** Whether the same candidate may succeed a moment later. */
function isPassing(error: ChatError): boolean {
  return isRetryable(error) && error.code !== "upstream_authentication";
}

function finishWithError(generation: Generation, error: ChatError): void {
  generation.error = error;
  generation.answer.fail(error);
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
