import type { ChatError } from "@onerouter/protocols";
import type { Candidate, RoutePlan } from "../routing/route-plan.ts";
import type { Failure } from "./attempt-outcome.ts";
import type { Generation } from "./generation.ts";

/** Whether the client's rules name this refusal as one to fall back for. */
export function isNamedByRules({ fields }: Generation, outcome: Failure): boolean {
  const { rules } = fields.provider.wishes;
  return outcome.type === "failed" && outcome.status !== undefined && rules?.statuses?.has(outcome.status) === true;
}

/** Where rules name the refusals to fall back for, any other one stays with its model. */
export function staysWithModel({ fields }: Generation, last: Failure | undefined): boolean {
  const { rules } = fields.provider.wishes;
  if (last === undefined || last.type !== "failed" || last.status === undefined) return false;
  return rules?.statuses !== undefined && !rules.statuses.has(last.status);
}

/** Failures that may pass at once: not silence, not a limit, nor an address where nobody is. */
const momentary = new Set(["upstream_error", "upstream_overloaded", "upstream_invalid_response"]);

/** Whether the same candidate is worth a second try right away, for the sake of its cache. */
export function mayRepeat(last: Failure | undefined): boolean {
  return last?.type === "failed" && momentary.has(last.error.code) && last.error.retryAfterSeconds === undefined;
}

/**
 * Ends the attempt under way when it takes longer than the client's rules allow and the client has nothing of it, as long as
 * there is somebody else to ask.
 * @returns what stops the clock
 */
export function limitAttempt(generation: Generation, plan: RoutePlan, candidate: Candidate): () => void {
  const { rules } = generation.fields.provider.wishes;
  if (rules === undefined || !hasOther(plan, candidate)) return () => undefined;
  const timers = [
    limit(generation, "TTFT", rules.ttftMs, () => generation.meter.firstContentAt !== null),
    limit(generation, "Latency", rules.latencyMs, () => generation.answer.contentStarted),
  ];
  return () => {
    for (const timer of timers) clearTimeout(timer);
  };
}

/** Others that come after it. */
function hasOther({ candidates }: RoutePlan, candidate: Candidate): boolean {
  return candidates.slice(candidates.indexOf(candidate) + 1).some(({ pair }) => pair !== candidate.pair);
}

function limit(
  generation: Generation,
  rule: string,
  ms: number | undefined,
  isSafe: () => boolean,
): NodeJS.Timeout | undefined {
  if (ms === undefined) return undefined;
  return setTimeout(() => {
    if (isSafe()) return;
    const error: ChatError = { code: "upstream_timeout", message: `it took longer than fallback_rules.${rule} allows` };
    generation.upstream?.giveUp?.(error);
  }, ms);
}
