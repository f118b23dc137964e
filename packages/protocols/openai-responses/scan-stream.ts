import { endOfString } from "../express/end-of-string.ts";
import { bytesOf, drop, forward, parseData, replaceBy, type Verdict } from "../express/rewrite-events.ts";
import { invalid, scanEvents, type EventReader } from "../express/scan-events.ts";
import type { EmitEvent } from "../model/chat-event.ts";
import type { ChatError } from "../model/error.ts";
import { maxHeld } from "../model/limits.ts";
import type { ExpressContext, StreamScanner } from "../protocol-contract.ts";
import { encodeNamedEvent } from "../sse/encode-sse.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { decodeError } from "./errors.ts";
import { finishAnswer, readFailure } from "./finish-answer.ts";
import { sealItem } from "./seal-item.ts";

/** How every event begins that this lane knows. */
const firstBytes = Buffer.from("event: response.");
const deltaField = '"delta":"';

const nothing = Buffer.alloc(0);

/** The item of a call that somebody else has to answer. */
const callItem =
  /"type":\s*"(?:function_call|custom_tool_call)"|"type":\s*"tool_search_call"(?=[^]*"execution":\s*"client")/;
const saidItem = /"type":\s*"(?:message|reasoning)"/;

/**
 * The scanner of the express lane: deltas pass unread, of the other events only those are parsed that may need a change.
 *
 * Where calls are held, all waits from the first call on until the answer is complete. What ends a text or a thought waits for
 * what comes next, so that somebody else can go on within it.
 */
export function createScanner(context: ExpressContext, emit: EmitEvent): StreamScanner {
  let started = false;
  let ended = false;
  const seen = { hasCalls: false, hasRefusal: false };
  let callBegun = false;
  let isComplete = false;
  let held: Buffer[] = [];
  let heldLength = 0;

  function judge(latin1: string, bytes: Buffer): Verdict {
    const name = latin1.startsWith("event: ") ? latin1.slice(7, latin1.indexOf("\n")) : "";
    const wasCalling = callBegun;
    if (!callBegun && name === "response.output_item.added" && callItem.test(latin1)) startCall();
    const verdict = judgeAlone(name, latin1, bytes);
    if (context.holdsCalls !== true || (ended && !isComplete)) return verdict;
    const waits = !isComplete && (callBegun || endsPart(name, latin1));
    if (!waits) return held.length === 0 ? verdict : replaceBy(release(verdict, bytes));
    // The end of what comes before a call need not wait for the call.
    const before = callBegun && !wasCalling ? release(drop, bytes) : nothing;
    hold(verdict, bytes);
    return before.length === 0 ? drop : replaceBy(before);
  }

  function hold(verdict: Verdict, bytes: Buffer): void {
    if (verdict.action !== "drop") held.push(verdict.action === "forward" ? bytes : bytesOf(verdict.text));
    heldLength += bytes.length;
    if (heldLength > maxHeld) throw new RangeError("the upstream's tool calls are too long");
  }

  function release(verdict: Verdict, bytes: Buffer): Buffer {
    hold(verdict, bytes);
    const whole = Buffer.concat(held);
    held = [];
    heldLength = 0;
    return whole;
  }

  function judgeAlone(name: string, latin1: string, bytes: Buffer): Verdict {
    if (name.endsWith(".delta")) {
      startContent();
      scanner.contentLength += Math.max(1, lengthOfDelta(latin1));
      if (name === "response.refusal.delta") seen.hasRefusal = true;
      return forward;
    }
    switch (name) {
      case "response.created":
      case "response.in_progress":
      case "response.queued":
        return takeBeginning(name, bytes);
      case "response.output_item.added":
      case "response.output_item.done":
        startContent();
        if (!seen.hasCalls)
          seen.hasCalls = /"type":\s*"(?:function_call|custom_tool_call|tool_search_call)"/.test(latin1);
        return latin1.includes('"reasoning"') ? takeItem(name, bytes) : forward;
      case "response.completed":
      case "response.incomplete":
        return takeEnd(name, bytes);
      case "response.failed":
      case "error":
        return takeFailure(bytes);
      case "":
        return takeNameless(latin1, bytes);
      default:
        return forward;
    }
  }

  function takeBeginning(name: string, bytes: Buffer): Verdict {
    const event = parseData(bytes);
    const response = isObject(event?.response) ? event.response : undefined;
    if (!started) {
      started = true;
      emit({ type: "start", id: readString(response?.id), model: readString(response?.model) });
    }
    if (event === undefined || response === undefined) return forward;
    response.model = context.requestedModel;
    return replaceBy(encodeNamedEvent(name, JSON.stringify(event)));
  }

  function startContent(): void {
    if (!started) {
      started = true;
      emit({ type: "start", id: "", model: "" });
    }
    if (callBegun && context.holdsCalls === true) return;
    if (scanner.contentStarted) return;
    scanner.contentStarted = true;
    emit({ type: "block-start", index: 0, block: { type: "text" } });
  }

  function startCall(): void {
    callBegun = true;
    startContent();
    emit({ type: "block-start", index: 1, block: { type: "tool-call", id: "", name: "" } });
  }

  function takeItem(name: string, bytes: Buffer): Verdict {
    const event = parseData(bytes);
    if (!isObject(event?.item) || event.item.type !== "reasoning") return forward;
    // What it holds at its beginning is not its encrypted content yet.
    if (name === "response.output_item.added") delete event.item.encrypted_content;
    else sealItem(event.item, context);
    return replaceBy(encodeNamedEvent(name, JSON.stringify(event)));
  }

  function takeEnd(name: string, bytes: Buffer): Verdict {
    const event = parseData(bytes);
    if (!isObject(event?.response)) return fail(invalid("the upstream ended its answer without a response"));
    const { response } = event;
    const failure = readFailure(response);
    if (failure !== undefined) return fail(failure);
    if (!started) {
      started = true;
      emit({ type: "start", id: readString(response.id), model: readString(response.model) });
    }
    const output: unknown[] = Array.isArray(response.output) ? response.output : [];
    for (const item of output) if (isObject(item)) takeWhole(item);
    ended = true;
    isComplete = true;
    scanner.contentStarted = true;
    const state = name === "response.incomplete" ? { ...response, status: "incomplete" } : response;
    finishAnswer(state, seen, (told) => emit(told.type === "finish" ? withoutExtensions(told) : told));
    response.model = context.requestedModel;
    return replaceBy(encodeNamedEvent(name, JSON.stringify(event)));
  }

  function takeWhole(item: WireObject): void {
    sealItem(item, context);
    if (item.type === "function_call" || item.type === "custom_tool_call") seen.hasCalls = true;
  }

  function takeFailure(bytes: Buffer): Verdict {
    const event = parseData(bytes) ?? {};
    const response = isObject(event.response) ? event.response : undefined;
    if (response !== undefined) return fail(readFailure(response) ?? decodeError(200, {}, {}));
    return fail(decodeError(200, isObject(event.error) ? event : { error: event }, {}));
  }

  /** `[DONE]`, which some servers send at the end, comments, and errors without a name. */
  function takeNameless(latin1: string, bytes: Buffer): Verdict {
    if (!latin1.includes('"error"')) return forward;
    const event = parseData(bytes);
    return event !== undefined && isObject(event.error) ? fail(decodeError(200, event, {})) : forward;
  }

  function fail(error: ChatError): Verdict {
    ended = true;
    emit({ type: "error", error });
    return drop;
  }

  const reader: EventReader = {
    isKnown: (chunk) => chunk.subarray(0, firstBytes.length).equals(firstBytes),
    judge,
    isOver: () => ended,
    fail,
  };
  const scanner = { contentStarted: false, contentLength: 0, ...scanEvents(reader) };
  return scanner;
}

/** What only this protocol has a word for is in the bytes. */
function withoutExtensions<Finish extends { extensions?: unknown }>({
  extensions: _extensions,
  ...rest
}: Finish): Omit<Finish, "extensions"> {
  return rest;
}

/** It ends a text, a thought, a part of one, or the item around it. */
function endsPart(name: string, latin1: string): boolean {
  if (!name.endsWith(".done")) return false;
  return name === "response.output_item.done" ? saidItem.test(latin1) : !name.endsWith("_call_arguments.done");
}

/** What stands beside it differs in length: ids of the servers' own making, and OpenAI's `obfuscation`. */
function lengthOfDelta(latin1: string): number {
  const at = latin1.indexOf(deltaField);
  return at < 0 ? 0 : endOfString(latin1, at + deltaField.length - 1) - at - deltaField.length;
}

function readString(value: unknown): string {
  return typeof value === "string" ? value : "";
}
