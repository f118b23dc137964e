import {
  markAnew,
  markBroken,
  type ChatError,
  type EmitEvent,
  type ErrorCode,
  type Sealer,
} from "@onerouter/protocols";
import { protocolFor } from "@onerouter/protocols/protocols";
import { nothingSpent } from "../metering/spending.ts";
import type { Candidate, RoutePlan } from "../routing/route-plan.ts";
import type { Generation } from "./generation.ts";
import { joinText } from "./join-text.ts";
import { originOf } from "./origin-of.ts";

/** How often an answer is gone on with: each time costs its prompt once more. */
const mostGoneOn = 6;

/** The next request would end as this one did, or be made to wait. */
const notAtOnce: ReadonlySet<ErrorCode> = new Set(["upstream_timeout", "upstream_overloaded", "upstream_rate_limited"]);

/** A connection that broke says little of the endpoint, which has the prompt in its cache. A plan may repeat it by itself. */
export function isWorthTheSame({ code }: ChatError, plan: RoutePlan, { pair }: Candidate): boolean {
  return !notAtOnce.has(code) && !plan.candidates.some((one) => one.isRepeat === true && one.pair === pair);
}

/**
 * Makes ready to go on with an answer whose upstream broke off when the client had a part of it. See docs/adr/0013-resume.md.
 * @returns false when that cannot be done: then the answer has to be ended
 */
export function goOn(generation: Generation, candidate: Candidate): boolean {
  const { continued, continuation, receipt, request } = generation;
  // Also an error has to be told by somebody who knows what the client has.
  if (generation.expressLane && !catchUp(generation, candidate)) return false;
  if (!generation.resumes || continuation.timesGoneOn >= mostGoneOn) return false;
  const { turn } = continued;
  // A text in a form that was asked for is begun anew or not at all.
  if (!turn.canGoOn || (turn.text !== "" && request.outputFormat !== undefined)) return false;
  if (!generation.recallPrompt()) return false;
  continuation.timesGoneOn += 1;
  receipt.note("repaired", "answer", "its upstream broke off, and another attempt went on with it");
  receipt.keepAttempt();
  const isVoidCall = generation.callBegun && continuation.shown === undefined;
  const { openThought } = turn;
  const spent = (generation.spendings.at(-1) ?? nothingSpent).usage;
  continued.goOn(
    isVoidCall ? "again" : "on",
    spent,
    openThought === undefined ? undefined : sealBroken(generation, candidate, openThought),
  );
  if (!isVoidCall && turn.text.trim() !== "") {
    continuation.shown = { text: turn.text, hasThought: turn.hasThought };
  }
  return true;
}

/** Brings the long way to the place up to which the express lane has forwarded the answer. */
function catchUp({ continued, answer, forwarded, context }: Generation, { endpoint, profile }: Candidate): boolean {
  const text = forwarded?.text();
  if (text === undefined) return false;
  // It was read the long way after all.
  if (text === "") return true;
  return answer.catchUp(text, () => {
    const decoder = protocolFor(endpoint.protocol).createStreamDecoder(
      { profile, newId: (prefix) => prefix + context.newId() },
      (event) => continued.write(event),
    );
    decoder.write(text);
  });
}

/** Nobody's signature is on half a thought, and no upstream is to see it. */
function sealBroken({ setup, context }: Generation, candidate: Candidate, thought: string): string {
  const origin = originOf(candidate, setup.provider(candidate.endpoint.provider));
  return markBroken(context.sealer.seal({ origin, native: "" }, thought));
}

/** Seals the thoughts of an attempt: the first one takes the place of those that the client has of this turn already. */
export function sealerFor({ continued, context }: Generation): Sealer {
  const { sealer } = context;
  if (!continued.turn.hasThought) return sealer;
  let isFirst = true;
  return {
    ...sealer,
    seal(sealed, thought) {
      const envelope = sealer.seal(sealed, thought);
      if (!isFirst) return envelope;
      isFirst = false;
      return markAnew(envelope);
    },
  };
}

/** The shortest repetition that is none by accident, in characters: a model that was asked for one gives it. */
const leastRepeated = { turn: 12, prefill: 40 };

/** In front of the client: what it has of a text that is gone on with is left out. */
export function joinShown(
  { continuation, emulation }: Generation,
  onOther: (error: ChatError) => void,
  emit: EmitEvent,
): EmitEvent {
  const { goesOn } = emulation;
  if (goesOn === undefined || continuation.shown === undefined) return emit;
  return joinText(
    {
      shown: continuation.shown.text,
      least: leastRepeated[goesOn],
      beginsMessage: goesOn === "turn",
      onOther: () =>
        onOther({
          code: "upstream_invalid_response",
          message: "the upstream gave another answer in place of its rest",
        }),
    },
    emit,
  );
}
