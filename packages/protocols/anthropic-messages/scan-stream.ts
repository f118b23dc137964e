import type { EmitEvent } from "../model/chat-event.ts";
import { noUsage, type Usage } from "../model/usage.ts";
import { encodeNamedEvent } from "../sse/encode-sse.ts";
import { drop, forward, parseData, replaceBy, rewriteEvents, type Verdict } from "../express/rewrite-events.ts";
import { createEventSplitter } from "../express/split-events.ts";
import type { ExpressContext, StreamScanner } from "../protocol-contract.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { decodeStreamError } from "./errors.ts";
import { decodeStopReason } from "./stop-reasons.ts";
import { decodeUsage } from "./usage.ts";

const firstEvent = Buffer.from("event: message_start\n");
const deltaEvent = "event: content_block_delta\n";
/** How far into an event its delta's type stands at the latest. */
const headLength = 200;

const nothing = Buffer.alloc(0);
const blankLine = Buffer.from("\n\n");

/** The scanner of the express lane: text and argument deltas pass unread, the few other events are parsed. */
export function createScanner(context: ExpressContext, emit: EmitEvent): StreamScanner {
  const splitter = createEventSplitter();
  let known = false;
  let ended = false;
  let contentStarted = false;
  let contentLength = 0;
  let usage: Usage = noUsage;
  let usageSeen = false;
  let stopReason: unknown;
  let stopSequence: unknown;
  let index = -1;
  // The open thought: its text as escaped JSON, put together and parsed once when its signature is sealed.
  let thought: { raw: string; signature: string } | undefined;

  /** Reads one event. `latin1` holds one character a byte, so that positions are byte positions. */
  function judge(latin1: string, bytes: Buffer): Verdict {
    if (latin1.startsWith(deltaEvent)) {
      const head = latin1.slice(0, headLength);
      if (head.includes('"text_delta"') || head.includes('"input_json_delta"')) {
        contentLength += latin1.length - deltaOverhead;
        return forward;
      }
      if (head.includes('"thinking_delta"')) return takeThought(latin1, bytes);
    }
    const value = parseData(bytes);
    return value === undefined ? forward : takeEvent(value);
  }

  function takeThought(latin1: string, bytes: Buffer): Verdict {
    contentLength += latin1.length - deltaOverhead;
    const key = '"thinking":"';
    const from = latin1.indexOf(key);
    const to = latin1.lastIndexOf('"}}');
    if (from >= 0 && to >= from + key.length && latin1.indexOf(key, from + 1) < 0) {
      if (thought !== undefined) thought.raw += latin1.slice(from + key.length, to);
      return forward;
    }
    const value = parseData(bytes);
    const delta = isObject(value?.delta) ? value.delta : {};
    if (thought !== undefined && typeof delta.thinking === "string") {
      thought.raw += Buffer.from(JSON.stringify(delta.thinking).slice(1, -1)).toString("latin1");
    }
    return forward;
  }

  function takeEvent(value: WireObject): Verdict {
    switch (value.type) {
      case "message_start":
        return takeStart(value);
      case "content_block_start":
        return takeBlock(value);
      case "content_block_delta": {
        const delta = isObject(value.delta) ? value.delta : {};
        if (delta.type !== "signature_delta" || thought === undefined) return forward;
        if (typeof delta.signature === "string") thought.signature += delta.signature;
        return drop;
      }
      case "content_block_stop": {
        emit({ type: "block-stop", index });
        if (thought === undefined) return forward;
        const signature = sealThought(thought);
        thought = undefined;
        const delta = {
          type: "content_block_delta",
          index: value.index,
          delta: { type: "signature_delta", signature },
        };
        return replaceBy(
          encodeNamedEvent("content_block_delta", JSON.stringify(delta)) +
            encodeNamedEvent("content_block_stop", JSON.stringify(value)),
        );
      }
      case "message_delta":
        if (isObject(value.delta)) {
          stopReason = value.delta.stop_reason ?? stopReason;
          stopSequence = value.delta.stop_sequence ?? stopSequence;
        }
        takeUsage(value.usage);
        return forward;
      case "message_stop":
        finish();
        return forward;
      case "error":
        ended = true;
        emit({ type: "error", error: decodeStreamError(value) });
        return drop;
      default:
        return forward;
    }
  }

  function takeStart(value: WireObject): Verdict {
    const message = isObject(value.message) ? value.message : {};
    takeUsage(message.usage);
    emit({
      type: "start",
      id: typeof message.id === "string" ? message.id : "",
      model: typeof message.model === "string" ? message.model : "",
      ...(usageSeen ? { usage } : {}),
    });
    if (message.model === context.requestedModel) return forward;
    message.model = context.requestedModel;
    return replaceBy(encodeNamedEvent("message_start", JSON.stringify(value)));
  }

  function takeBlock(value: WireObject): Verdict {
    const block = isObject(value.content_block) ? value.content_block : {};
    index++;
    contentStarted = true;
    emit({ type: "block-start", index, block: { type: "text" } });
    if (block.type === "thinking") {
      const text = typeof block.thinking === "string" ? block.thinking : "";
      thought = {
        raw: Buffer.from(JSON.stringify(text).slice(1, -1)).toString("latin1"),
        signature: typeof block.signature === "string" ? block.signature : "",
      };
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

  function sealThought({ raw, signature }: { raw: string; signature: string }): string {
    const text: unknown = JSON.parse(`"${Buffer.from(raw, "latin1").toString("utf8")}"`);
    return context.sealer.seal({ origin: context.origin, native: signature }, typeof text === "string" ? text : "");
  }

  function takeUsage(value: unknown): void {
    const reported = decodeUsage(value, usage);
    if (reported === undefined) return;
    usage = reported;
    usageSeen = true;
    emit({ type: "usage", usage });
  }

  function finish(): void {
    if (ended) return;
    ended = true;
    contentStarted = true;
    emit({
      type: "finish",
      reason: decodeStopReason(stopReason),
      usage,
      ...(typeof stopSequence === "string" ? { stopSequence } : {}),
      ...(usageSeen ? {} : { usageMissing: true }),
    });
  }

  return {
    write(chunk) {
      if (!known) {
        const seen = Math.min(chunk.length, firstEvent.length);
        const fits = chunk.length > 0 && chunk.subarray(0, seen).equals(firstEvent.subarray(0, seen));
        if (!fits || seen < firstEvent.length || chunk.includes(0x0d)) return undefined;
        known = true;
      }
      return rewriteEvents(splitter.take(chunk), judge, () => ended);
    },
    end() {
      if (ended) return nothing;
      // Some servers leave out the blank line after the last event.
      const rest = splitter.rest.length === 0 ? nothing : Buffer.concat([splitter.rest, blankLine]);
      const piece = rewriteEvents(rest, judge, () => ended);
      if (ended) return piece;
      if (typeof stopReason === "string") finish();
      else {
        const message = "the upstream closed the stream before the answer was complete";
        emit({ type: "error", error: { code: "upstream_invalid_response", message } });
      }
      return piece;
    },
    get contentStarted() {
      return contentStarted;
    },
    get contentLength() {
      return contentLength;
    },
  };
}

const deltaOverhead = 120;
