import type { EmitEvent } from "../model/chat-event.ts";
import type { ChatError } from "../model/error.ts";
import { noUsage, type Usage } from "../model/usage.ts";
import type { DecodeAnswerContext, StreamDecoder } from "../protocol-contract.ts";
import { brokenOff, decodeJsonEvents } from "../sse/decode-json-events.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { createBlockAssembler } from "./assemble-blocks.ts";
import { readEndFields } from "./end-fields.ts";
import { decodeStreamError } from "./errors.ts";
import { decodeStopReason } from "./stop-reasons.ts";
import { decodeUsage } from "./usage.ts";

/** Reads a Messages stream. Forgives what servers get wrong: missing starts and stops, indices that collide or leave gaps. */
export function createStreamDecoder(context: DecodeAnswerContext, emit: EmitEvent): StreamDecoder {
  let started = false;
  let ended = false;
  let usage: Usage = noUsage;
  let usageSeen = false;
  let stopReason: unknown;
  let stopSequence: unknown;
  let endFields: WireObject | undefined;
  const blocks = createBlockAssembler(context, emit, () => start({}));

  function fail(error: ChatError): void {
    ended = true;
    emit({ type: "error", error });
  }

  function start(message: WireObject): void {
    if (started) return;
    started = true;
    const reported = decodeUsage(message.usage);
    // Not the usage of the answer yet: what is written is counted in message_delta.
    if (reported !== undefined) usage = reported;
    emit({
      type: "start",
      id: typeof message.id === "string" ? message.id : context.newId("msg_"),
      model: typeof message.model === "string" ? message.model : "",
      ...(reported === undefined ? {} : { usage: reported }),
    });
  }

  function takeUsage(value: unknown): void {
    const reported = decodeUsage(value, usage);
    if (reported === undefined) return;
    start({});
    usage = reported;
    usageSeen ||= isObject(value) && typeof value.output_tokens === "number";
    emit({ type: "usage", usage });
  }

  function finish(): void {
    start({});
    blocks.stopAll();
    ended = true;
    const reason = decodeStopReason(stopReason, blocks.hasCalls());
    emit({
      type: "finish",
      reason,
      usage,
      ...(typeof stopSequence === "string" ? { stopSequence } : {}),
      ...(usageSeen ? {} : { usageMissing: true }),
      ...(endFields === undefined ? {} : { extensions: { "anthropic-messages": endFields } }),
    });
  }

  function take(name: string, value: WireObject): void {
    switch (value.type ?? name) {
      case "message_start":
        start(isObject(value.message) ? value.message : {});
        break;
      case "content_block_start":
        if (isObject(value.content_block)) blocks.begin(indexOf(value), value.content_block);
        break;
      case "content_block_delta":
        if (isObject(value.delta)) blocks.append(indexOf(value), value.delta);
        break;
      case "content_block_stop":
        blocks.stop(indexOf(value));
        break;
      case "message_delta":
        if (isObject(value.delta)) {
          stopReason = value.delta.stop_reason ?? stopReason;
          stopSequence = value.delta.stop_sequence ?? stopSequence;
        }
        endFields = readEndFields(value) ?? endFields;
        takeUsage(value.usage);
        break;
      case "message_stop":
        finish();
        break;
      case "error":
        fail(decodeStreamError(value));
        break;
      default:
    }
  }

  return decodeJsonEvents({
    take,
    ignoresOthers: true,
    close() {
      if (typeof stopReason === "string") finish();
      else fail(brokenOff);
    },
    fail,
    hasEnded: () => ended,
  });
}

// Some servers leave the index out: their blocks come one after the other.
function indexOf(event: WireObject): number {
  return typeof event.index === "number" ? event.index : -1;
}
