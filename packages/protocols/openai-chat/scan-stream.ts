import type { EmitEvent } from "../model/chat-event.ts";
import type { ChatError } from "../model/error.ts";
import { noUsage, type Usage } from "../model/usage.ts";
import { bytesOf, drop, forward, parseData, replaceBy, type Verdict } from "../express/rewrite-events.ts";
import { maxHeld } from "../model/limits.ts";
import { invalid, scanEvents, type EventReader } from "../express/scan-events.ts";
import type { ExpressContext, StreamScanner } from "../protocol-contract.ts";
import { encodeDataEvent } from "../sse/encode-sse.ts";
import { completeChunk } from "./complete-answer.ts";
import { encodeFinishReason } from "./encode-finish.ts";
import { decodeError } from "./errors.ts";
import { isError } from "./is-error.ts";
import { readFailure, readFinishReason } from "./read-finish.ts";
import { findUsage } from "./find-usage.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

const nothing = Buffer.alloc(0);
/** The first one has the role, too. */
const mostMeasured = 3;
const done = Buffer.from("data: [DONE]\n\n");

/**
 * The scanner of the express lane: chunks pass unread but for the model's name; the last ones are parsed for usage. Where calls
 * are held, all waits from the first call on, or from the reason of its end, until the answer is complete.
 */
export function createScanner(context: ExpressContext, emit: EmitEvent): StreamScanner {
  const requested = Buffer.from(JSON.stringify(context.requestedModel)).toString("latin1");
  let started = false;
  let ended = false;
  /** Length of a chunk without its content, as far as is known: what a longer one has more is content. */
  let shortest = Number.POSITIVE_INFINITY;
  let chunksMeasured = 0;
  let usage: Usage = noUsage;
  let usageSeen = false;
  let finishReason: string | undefined;
  /** For the chunk that an answer without a reason lacks. */
  let latest: Buffer = nothing;
  let stopSequence: string | undefined;
  let anyCalls = false;
  let anyRefusal = false;
  const seen = { hasCalls: () => anyCalls, hasRefusal: () => anyRefusal };
  let finished = false;
  let held: Buffer[] = [];
  let heldLength = 0;

  function judge(latin1: string, bytes: Buffer): Verdict {
    const verdict = judgeAlone(latin1, bytes);
    // Who goes on with an answer has to tell its end himself.
    const holds = context.holdsCalls === true && (anyCalls || finishReason !== undefined);
    if (!holds || (ended && !finished)) return verdict;
    if (verdict.action !== "drop") held.push(verdict.action === "forward" ? bytes : bytesOf(verdict.text));
    heldLength += bytes.length;
    if (heldLength > maxHeld) throw new RangeError("the upstream's tool calls are too long");
    return finished ? replaceBy(release()) : drop;
  }

  function release(): Buffer {
    const whole = Buffer.concat(held);
    held = [];
    return whole;
  }

  function judgeAlone(latin1: string, bytes: Buffer): Verdict {
    if (isDone(latin1)) {
      if (!started) return fail(invalid("the upstream ended its answer before it began"));
      const verdict = finish();
      // Clients wait for a reason, and the stream helper of OpenAI's SDK throws without one.
      return verdict === forward && finishReason === undefined ? replaceBy(writeReason() + latin1) : verdict;
    }
    // What names its event or has no choices is no ordinary chunk.
    if (!latin1.startsWith("data:") || !latin1.includes('"choices"') || latin1.includes('"error":')) {
      const value = parseData(bytes);
      if (value === undefined) return forward;
      if (isError(eventName(latin1), value)) return fail(decodeError(200, value, {}));
    }
    if (!started) {
      started = true;
      emit({ type: "start", id: "", model: "" });
    }
    latest = bytes;
    shortest = Math.min(shortest, latin1.length);
    if (chunksMeasured < mostMeasured && hasContent(latin1)) measure(latin1.length, bytes);
    scanner.contentLength += latin1.length - shortest;
    if (!scanner.contentStarted && hasContent(latin1)) startContent();
    if (!anyCalls && latin1.includes('"tool_calls"') && /"tool_calls":\s*\[\s*\{/.test(latin1)) startCalls();
    if (!anyRefusal && latin1.includes('"refusal"')) anyRefusal = /"refusal":\s*"[^"]/.test(latin1);
    if (/"finish_reason":\s*"/.test(latin1)) takeFinish(bytes);
    if (/"usage":\s*\{/.test(latin1) && takeUsage(bytes)) return drop;
    const completed = completeChunk(latin1);
    const renamed = renameModel(completed);
    return renamed === forward && completed !== latin1 ? replaceBy(fromLatin1(completed)) : renamed;
  }

  /** The first chunks tell the length of what all have in common, also where each holds as much as the other. */
  function measure(length: number, bytes: Buffer): void {
    chunksMeasured += 1;
    const delta = firstChoice(parseData(bytes))?.delta;
    if (!isObject(delta)) return;
    const { content, reasoning_content: thought } = delta;
    for (const text of [content, thought]) {
      if (typeof text === "string") shortest = Math.min(shortest, length - Buffer.byteLength(text));
    }
  }

  function startContent(): void {
    scanner.contentStarted = true;
    emit({ type: "block-start", index: 0, block: { type: "text" } });
  }

  function startCalls(): void {
    anyCalls = true;
    emit({ type: "block-start", index: 1, block: { type: "tool-call", id: "", name: "" } });
  }

  function takeFinish(bytes: Buffer): void {
    const choice = firstChoice(parseData(bytes));
    if (typeof choice?.finish_reason === "string" && choice.finish_reason !== "") finishReason = choice.finish_reason;
    if (typeof choice?.stop_reason === "string" && choice.stop_reason !== "") stopSequence = choice.stop_reason; // vLLM
  }

  /** @returns true for a chunk that holds usage only and that the client has not asked for. */
  function takeUsage(bytes: Buffer): boolean {
    const value = parseData(bytes);
    if (value === undefined) return false;
    const reported = findUsage(value, firstChoice(value));
    if (reported === undefined) return false;
    usage = reported;
    usageSeen = true;
    emit({ type: "usage", usage });
    return !context.includeUsage && Array.isArray(value.choices) && value.choices.length === 0;
  }

  /** An unescaped `"model":"` cannot stand inside a string, so its first occurrence is the key. */
  function renameModel(latin1: string): Verdict {
    const match = /"model":\s*"((?:[^"\\]|\\.)*)"/.exec(latin1);
    if (match === null) return forward;
    const to = match.index + match[0].length;
    const from = to - (match[1] ?? "").length - 2;
    if (latin1.slice(from, to) === requested) return forward;
    return replaceBy(fromLatin1(latin1.slice(0, from) + requested + latin1.slice(to)));
  }

  function writeReason(): string {
    const { id, created } = parseData(latest) ?? {};
    const reason = encodeFinishReason(readFinishReason(undefined, seen), anyRefusal);
    const choices = [{ index: 0, delta: {}, finish_reason: reason }];
    return encodeDataEvent(
      JSON.stringify({ id, object: "chat.completion.chunk", created, model: context.requestedModel, choices }),
    );
  }

  function fail(error: ChatError): Verdict {
    ended = true;
    emit({ type: "error", error });
    return drop;
  }

  function finish(): Verdict {
    const failure = readFailure(finishReason);
    if (failure !== undefined) return fail(failure);
    ended = true;
    finished = true;
    scanner.contentStarted = true;
    const reason = readFinishReason(finishReason, seen);
    emit({
      type: "finish",
      ...(reason === "stop" && stopSequence !== undefined ? { reason: "stop-sequence", stopSequence } : { reason }),
      usage,
      ...(usageSeen ? {} : { usageMissing: true }),
    });
    return forward;
  }

  /** An answer that has a reason lacks nothing but its end. */
  function complete(): Buffer | undefined {
    if (finishReason === undefined) return undefined;
    return finish() === forward ? Buffer.concat([release(), done]) : nothing;
  }

  const reader: EventReader = {
    isKnown: (chunk) => chunk.length >= 6 && chunk.subarray(0, 5).toString("latin1") === "data:",
    judge,
    isOver: () => ended,
    fail,
    isWhole: (rest) => parseData(rest) !== undefined || isDone(rest.toString("latin1")),
    complete,
  };
  const scanner = { contentStarted: false, contentLength: 0, ...scanEvents(reader) };
  return scanner;
}

function fromLatin1(text: string): string {
  return Buffer.from(text, "latin1").toString("utf8");
}

function isDone(latin1: string): boolean {
  return latin1.startsWith("data: [DONE]") || latin1.startsWith("data:[DONE]");
}

function firstChoice(chunk: WireObject | undefined): WireObject | undefined {
  const choice: unknown = Array.isArray(chunk?.choices) ? chunk.choices[0] : undefined;
  return isObject(choice) ? choice : undefined;
}

function hasContent(chunk: string): boolean {
  return /"(?:content|reasoning_content|reasoning|refusal)":\s*"[^"]|"tool_calls":\s*\[|"finish_reason":\s*"/.test(
    chunk,
  );
}

function eventName(latin1: string): string {
  return /^event: ?(.*)$/m.exec(latin1)?.[1] ?? "";
}
