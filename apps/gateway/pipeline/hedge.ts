import { priceUsage } from "@onerouter/catalog";
import { createReceipt, noUsage, type ChatError, type ChatEvent } from "@onerouter/protocols";
import type { Spending } from "../metering/spending.ts";
import type { Candidate, RoutePlan } from "../routing/route-plan.ts";
import { accountAttempt } from "./account-attempt.ts";
import { weighPrompt } from "./estimate-prompt.ts";
import type { AttemptOutcome } from "./attempt-outcome.ts";
import type { Generation } from "./generation.ts";
import type { OpenAnswer } from "./answer/open-answer.ts";

/** Asks one candidate and writes the attempt down. */
type Run = (generation: Generation, candidate: Candidate) => Promise<AttemptOutcome>;

/** An endpoint whose answers begin later than this share of them is slow today. */
const slowShare = 0.95;

/** Why the slower of two attempts was given up. */
const lostRace: ChatError = { code: "upstream_timeout", message: "another endpoint began its answer earlier" };

/** A second attempt that runs beside the first one. */
interface Rival {
  candidate: Candidate;
  /** The request once more, with a meter and an answer of its own. */
  twin: Generation;
  /** It was the first to have content. */
  hasWon: boolean;
  outcome: Promise<AttemptOutcome>;
}

/**
 * Asks a candidate, and, where that is wished for and its answer begins later than nearly all of its answers do, the next one
 * beside it. Whose content comes first gives the answer; the other one is cancelled, and what it took stands in the record.
 */
export async function askHedged(
  generation: Generation,
  plan: RoutePlan,
  candidate: Candidate,
  run: Run,
): Promise<AttemptOutcome> {
  const other = rivalOf(generation, plan, candidate);
  const slowMs = generation.context.knowledge.health.endpoint(candidate.key)?.firstContentMs(slowShare);
  if (other === undefined || slowMs === undefined) return run(generation, candidate);

  let rival: Rival | undefined;
  const timer = setTimeout(() => {
    if (!generation.aborted) rival = startRival(generation, other, run);
  }, slowMs);
  generation.onContent = () => {
    clearTimeout(timer);
    if (rival !== undefined) giveUp(rival.twin);
  };
  let outcome: AttemptOutcome;
  try {
    outcome = await run(generation, candidate);
  } catch (error) {
    rival?.twin.upstream?.abort();
    throw error;
  } finally {
    clearTimeout(timer);
    generation.onContent = undefined;
  }
  if (rival === undefined) return outcome;
  if (outcome.type !== "failed" && !rival.hasWon) giveUp(rival.twin);
  return settleRace(generation, outcome, rival);
}

/** The next one that is well, if a second attempt is wished for and the client has nothing yet. */
function rivalOf(generation: Generation, { candidates }: RoutePlan, candidate: Candidate): Candidate | undefined {
  const { fields, setup, continued, continuation } = generation;
  if (!(fields.provider.hedge ?? setup.hedges)) return undefined;
  if (continued.isContinued || continuation.turns.length > 0 || generation.hasShown()) return undefined;
  return candidates
    .slice(candidates.indexOf(candidate) + 1)
    .find(({ pair, isCooling, isRepeat }) => pair !== candidate.pair && isCooling !== true && isRepeat !== true);
}

function startRival(generation: Generation, candidate: Candidate, run: Run): Rival {
  const gate = new GatedAnswer(generation.answer);
  const twin = generation.fork(gate, createReceipt());
  twin.onContent = () => {
    rival.hasWon = true;
    generation.onContent = undefined;
    gate.open();
    giveUp(generation);
    generation.forgetPrompt();
  };
  const rival: Rival = { candidate, twin, hasWon: false, outcome: Promise.resolve({ type: "aborted" }) };
  // Nobody waits for it yet: a rejection would end the process.
  rival.outcome = run(twin, candidate).catch((error: unknown): AttemptOutcome => {
    generation.context.logError("a second attempt failed", error);
    return { type: "failed", error: { code: "internal", message: "internal error" } };
  });
  return rival;
}

function giveUp({ upstream }: Generation): void {
  upstream?.giveUp?.(lostRace);
}

/** Both have ended, or will. */
async function settleRace(generation: Generation, first: AttemptOutcome, rival: Rival): Promise<AttemptOutcome> {
  const { twin } = rival;
  const second = await rival.outcome;
  if (hasLostRace(first)) chargeLoser(generation);
  if (hasLostRace(second)) chargeLoser(twin);
  if (rival.hasWon) generation.adopt(twin);
  generation.attempts.push(...twin.attempts);
  generation.spendings.push(...twin.spendings);
  return rival.hasWon ? second : first;
}

export function hasLostRace(outcome: AttemptOutcome): boolean {
  return outcome.type === "failed" && outcome.error === lostRace;
}

/** It was asked in vain, but not for nothing: its provider has read the prompt. */
function chargeLoser(loser: Generation): void {
  loser.spendings[loser.attempts.length - 1] = loser.meter.usageReported
    ? accountAttempt(loser)
    : estimatePrompt(loser);
}

function estimatePrompt({ candidate, needs, context }: Generation): Spending {
  const usage = { ...noUsage, inputTokens: weighPrompt(needs, candidate, context) };
  return { usage, usageSource: "estimated", cost: priceUsage(usage, candidate?.endpoint.pricing) };
}

/** Keeps what comes before the content to itself until it is opened. */
class GatedAnswer implements OpenAnswer {
  contentStarted = false;
  /** The long way, so that nothing is forwarded behind the gate. */
  begun = true;
  readonly numbersEvents = false;
  readonly #answer: OpenAnswer;
  #held: ChatEvent[] | undefined = [];

  constructor(answer: OpenAnswer) {
    this.#answer = answer;
  }

  open(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.contentStarted = true;
    this.#answer.accept(false);
    for (const event of held) this.#answer.emit(event);
  }

  accept(): void {
    // The client hears of it when it has content.
  }

  emit(event: ChatEvent): void {
    if (this.#held === undefined) this.#answer.emit(event);
    else this.#held.push(event);
  }

  flush(): boolean {
    return this.#held !== undefined || this.#answer.flush();
  }

  forward(): boolean {
    return true;
  }

  /** Nothing was forwarded. */
  catchUp(): boolean {
    return false;
  }

  complete(): void {
    // Its finish is an event.
  }

  fail(): void {
    // The other one may still answer.
  }

  dispose(): void {
    this.#held = undefined;
  }
}
