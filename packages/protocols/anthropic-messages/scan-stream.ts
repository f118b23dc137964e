import type { EmitEvent } from "../model/chat-event.ts";
import type { ChatError } from "../model/error.ts";
import { maxHeld } from "../model/limits.ts";
import { noUsage, type Usage } from "../model/usage.ts";
import { encodeNamedEvent } from "../sse/encode-sse.ts";
import { bytesOf, drop, forward, parseData, replaceBy, type Verdict } from "../express/rewrite-events.ts";
import { invalid, scanEvents, type EventReader } from "../express/scan-events.ts";
import type { ExpressContext, StreamScanner } from "../protocol-contract.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { collectThought, type CollectedThought } from "./collect-thought.ts";
import { decodeStreamError } from "./errors.ts";
import { decodeStopReason, encodeStopReason } from "./stop-reasons.ts";
import { decodeUsage, encodeUsage } from "./usage.ts";

const firstEvent = Buffer.from("event: message_start");
const deltaEvent = "event: content_block_delta\n";
/** How far into an event its delta's type stands, as Anthropic writes it. */
const headLength = 200;
/** Length of a delta's event without its text, about. */
const deltaOverhead = 120;

const nothing = Buffer.alloc(0);
const messageStop = Buffer.from(encodeNamedEvent("message_stop", '{"type":"message_stop"}'));

/**
 * The scanner of the express lane: text and argument deltas pass unread, the few other events are parsed. A tool call is
 * forwarded when it is whole, or with all others when the answer is: Claude Code 2.1.197 repeats a turn that was cut after a
 * thought, not one cut in a call.
 *
 * What goes on is a legal stream: the end of a block and of the message are added where they are missing, and what would need
 * more than that is a failure, for the long way to read or for somebody else to answer.
 */
export function createScanner(context: ExpressContext, emit: EmitEvent): StreamScanner {
  let started = false;
  let ended = false;
  let usage: Usage = noUsage;
  let usageSeen = false;
  let stopReason: unknown;
  let stopSequence: unknown;
  /** Of the newest block, on the wire and in the events. */
  let index = -1;
  let blockIsOpen = false;
  /** How a delta of the open block begins, as Anthropic writes it. */
  let deltaStart = deltaEvent;
  let hasCalls = false;
  let thought: CollectedThought | undefined;
  let finished = false;
  /** The events of a call that is not whole yet, or, where calls are held, all from the first call on. */
  let heldCall: Buffer[] | undefined;
  let heldLength = 0;
  let callIsOpen = false;

  function judge(latin1: string, bytes: Buffer): Verdict {
    const verdict = judgeAlone(latin1, bytes);
    // Who goes on with an answer has to tell its end himself.
    if (callIsOpen || (context.holdsCalls === true && typeof stopReason === "string")) heldCall ??= [];
    if (heldCall === undefined || (ended && !finished)) return verdict;
    if (verdict.action !== "drop") heldCall.push(verdict.action === "forward" ? bytes : bytesOf(verdict.text));
    heldLength += bytes.length;
    if (heldLength > maxHeld) throw new RangeError("the upstream's tool call is too long");
    if (context.holdsCalls === true ? !finished : callIsOpen) return drop;
    return replaceBy(release());
  }

  function release(): Buffer {
    const held = heldCall;
    if (held === undefined) return nothing;
    heldCall = undefined;
    heldLength = 0;
    scanner.contentStarted = true;
    return Buffer.concat(held);
  }

  function judgeAlone(latin1: string, bytes: Buffer): Verdict {
    if (blockIsOpen && latin1.startsWith(deltaStart)) {
      const head = latin1.slice(0, headLength);
      if (head.includes('"text_delta"') || head.includes('"input_json_delta"')) {
        scanner.contentLength += latin1.length - deltaOverhead;
        return forward;
      }
      if (head.includes('"thinking_delta"')) {
        scanner.contentLength += latin1.length - deltaOverhead;
        thought?.append(latin1, bytes);
        return forward;
      }
    }
    const value = parseData(bytes);
    if (value === undefined) return forward;
    // Whatever comes next ends a call: some servers leave out the stop.
    if (value.type !== "content_block_delta" && value.type !== "ping") callIsOpen = false;
    return takeEvent(value, latin1, bytes);
  }

  function takeEvent(value: WireObject, latin1: string, bytes: Buffer): Verdict {
    switch (value.type) {
      case "message_start":
        return takeStart(value);
      case "content_block_start":
        return behind(closeBlock(), bytes, () => takeBlock(value));
      case "content_block_delta": {
        if (!isOfOpenBlock(value)) return fail(outOfOrder);
        const delta = isObject(value.delta) ? value.delta : {};
        if (delta.type === "signature_delta" && thought !== undefined) {
          if (typeof delta.signature === "string") thought.signature += delta.signature;
          return drop;
        }
        scanner.contentLength += Math.max(0, latin1.length - deltaOverhead);
        if (delta.type === "thinking_delta") thought?.append(latin1, bytes);
        return forward;
      }
      case "content_block_stop":
        return takeStop(value);
      case "message_delta":
        return behind(hasReason(value) ? closeBlock() : "", bytes, () => takeMessageDelta(value));
      case "message_stop":
        return behind(closeBlock() + nameReason(), bytes, finish);
      case "error":
        return fail(decodeStreamError(value));
      default:
        return forward;
    }
  }

  /** An event with others before it that the upstream has left out. */
  function behind(missing: string, bytes: Buffer, take: () => Verdict): Verdict {
    if (ended) return drop;
    const verdict = take();
    if (missing === "" || verdict.action === "drop") return verdict;
    return replaceBy(Buffer.concat([bytesOf(missing), verdict.action === "replace" ? bytesOf(verdict.text) : bytes]));
  }

  function isOfOpenBlock(value: WireObject): boolean {
    return blockIsOpen && value.index === index;
  }

  function takeStart(value: WireObject): Verdict {
    if (started) return drop;
    started = true;
    const message = isObject(value.message) ? value.message : {};
    const reported = decodeUsage(message.usage);
    // Not the usage of the answer yet: what is written is counted in message_delta.
    if (reported !== undefined) usage = reported;
    emit({
      type: "start",
      id: typeof message.id === "string" ? message.id : "",
      model: typeof message.model === "string" ? message.model : "",
      ...(reported === undefined ? {} : { usage: reported }),
    });
    if (message.model === context.requestedModel) return forward;
    message.model = context.requestedModel;
    return replaceBy(encodeNamedEvent("message_start", JSON.stringify(value)));
  }

  function takeBlock(value: WireObject): Verdict {
    if (value.index !== index + 1 || typeof stopReason === "string") return fail(outOfOrder);
    const block = isObject(value.content_block) ? value.content_block : {};
    index++;
    blockIsOpen = true;
    deltaStart = `${deltaEvent}data: {"type":"content_block_delta","index":${index},`;
    callIsOpen = block.type === "tool_use";
    hasCalls ||= callIsOpen;
    scanner.contentStarted ||= !callIsOpen;
    const { id, name } = block;
    emit({
      type: "block-start",
      index,
      block: callIsOpen ? { type: "tool-call", id: String(id), name: String(name) } : { type: "text" },
    });
    if (block.type === "thinking") {
      const text = typeof block.thinking === "string" ? block.thinking : "";
      thought = collectThought(text, typeof block.signature === "string" ? block.signature : "");
      if (thought.signature === "") return forward;
      block.signature = "";
      return replaceBy(encodeNamedEvent("content_block_start", JSON.stringify(value)));
    }
    if (block.type === "redacted_thinking" && typeof block.data === "string") {
      block.data = context.sealer.seal({ origin: context.origin, native: block.data }, "");
      return replaceBy(encodeNamedEvent("content_block_start", JSON.stringify(value)));
    }
    return forward;
  }

  function takeStop(value: WireObject): Verdict {
    if (!isOfOpenBlock(value)) return fail(outOfOrder);
    const signature = endBlock();
    if (signature === undefined) return drop;
    return signature === ""
      ? forward
      : replaceBy(signature + encodeNamedEvent("content_block_stop", JSON.stringify(value)));
  }

  /** The end of the block that is still open, if there is one. */
  function closeBlock(): string {
    const signature = blockIsOpen ? endBlock() : undefined;
    if (signature === undefined) return "";
    return signature + encodeNamedEvent("content_block_stop", JSON.stringify({ type: "content_block_stop", index }));
  }

  /** @returns the event with its signature, empty for what has none; undefined when it has failed */
  function endBlock(): string | undefined {
    blockIsOpen = false;
    if (thought === undefined) {
      emit({ type: "block-stop", index });
      return "";
    }
    const signature = sealThought(thought);
    thought = undefined;
    if (signature === undefined) {
      fail(invalid("the upstream sent a thought that is not JSON"));
      return undefined;
    }
    emit({ type: "block-stop", index });
    const delta = { type: "content_block_delta", index, delta: { type: "signature_delta", signature } };
    return encodeNamedEvent("content_block_delta", JSON.stringify(delta));
  }

  function takeMessageDelta(value: WireObject): Verdict {
    if (isObject(value.delta)) {
      stopReason = value.delta.stop_reason ?? stopReason;
      stopSequence = value.delta.stop_sequence ?? stopSequence;
    }
    takeUsage(value.usage);
    return forward;
  }

  /** The `message_delta` of an answer that was ended without a reason. */
  function nameReason(): string {
    if (ended || typeof stopReason === "string") return "";
    stopReason = encodeStopReason(decodeStopReason(undefined, hasCalls));
    const delta = { stop_reason: stopReason, stop_sequence: null };
    const event = { type: "message_delta", delta, usage: encodeUsage(usage) };
    return encodeNamedEvent("message_delta", JSON.stringify(event));
  }

  function sealThought({ text, signature }: CollectedThought): string | undefined {
    try {
      return context.sealer.seal({ origin: context.origin, native: signature }, text());
    } catch {
      return undefined;
    }
  }

  function takeUsage(value: unknown): void {
    const reported = decodeUsage(value, usage);
    if (reported === undefined) return;
    usage = reported;
    usageSeen ||= isObject(value) && typeof value.output_tokens === "number";
    emit({ type: "usage", usage });
  }

  function fail(error: ChatError): Verdict {
    ended = true;
    emit({ type: "error", error });
    return drop;
  }

  function finish(): Verdict {
    ended = true;
    finished = true;
    scanner.contentStarted = true;
    emit({
      type: "finish",
      reason: decodeStopReason(stopReason, hasCalls),
      usage,
      ...(typeof stopSequence === "string" ? { stopSequence } : {}),
      ...(usageSeen ? {} : { usageMissing: true }),
    });
    return forward;
  }

  /** An answer that has a reason lacks nothing but its end. */
  function complete(): Buffer | undefined {
    if (typeof stopReason !== "string") return undefined;
    finish();
    return Buffer.concat([release(), messageStop]);
  }

  const reader: EventReader = {
    isKnown: (chunk) => chunk.subarray(0, firstEvent.length).equals(firstEvent),
    judge,
    isOver: () => ended,
    fail,
    complete,
  };
  const scanner = { contentStarted: false, contentLength: 0, ...scanEvents(reader) };
  return scanner;
}

function hasReason({ delta }: WireObject): boolean {
  return isObject(delta) && typeof delta.stop_reason === "string";
}

const outOfOrder = invalid("the upstream's events are not in the order of a message");
