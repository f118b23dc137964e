import type { EmitEvent } from "../model/chat-event.ts";
import type { ChatError } from "../model/error.ts";
import type { DecodeAnswerContext, StreamDecoder } from "../protocol-contract.ts";
import { brokenOff, decodeJsonEvents, invalidAnswer } from "../sse/decode-json-events.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { createItemCollector } from "./collect-items.ts";
import { decodeError } from "./errors.ts";
import { finishAnswer, readFailure } from "./finish-answer.ts";
import { ItemQueue } from "./item-queue.ts";
import type { AnswerState, PieceKind } from "./read-item.ts";

const messages = ["message"];
const thoughts = ["reasoning"];
const calls = ["function_call"];
const customCalls = ["custom_tool_call"];

/**
 * Reads a stream of response events. What an item says comes as deltas, as `done` events and as whole items, at its end and
 * in the response at the very end: the first of them that comes is told, the others fill in what is missing.
 */
export function createStreamDecoder(context: DecodeAnswerContext, emit: EmitEvent): StreamDecoder {
  const state: AnswerState = { context, usedIds: new Set(), hasCalls: false, hasRefusal: false };
  const items = createItemCollector(new ItemQueue(emit), state);
  let started = false;
  let ended = false;

  function fail(error: ChatError): void {
    ended = true;
    emit({ type: "error", error });
  }

  function start(response: unknown): void {
    if (started) return;
    started = true;
    const { id, model } = isObject(response) ? response : {};
    emit({
      type: "start",
      id: typeof id === "string" && id !== "" ? id : context.newId("resp_"),
      model: typeof model === "string" ? model : "",
    });
  }

  function finish(response: WireObject): void {
    const failure = readFailure(response);
    if (failure !== undefined) {
      fail(failure);
      return;
    }
    start(response);
    items.finish(response.output);
    ended = true;
    finishAnswer(response, state, emit);
  }

  function take(name: string, event: WireObject): void {
    takeEvent(typeof event.type === "string" ? event.type : name, event);
  }

  function takeEvent(type: string, event: WireObject): void {
    if (type === "error" || (isObject(event.error) && event.response === undefined)) {
      fail(decodeError(200, isObject(event.error) ? event : { error: event }, {}));
      return;
    }
    if (!type.startsWith("response.")) return;
    const response = isObject(event.response) ? event.response : undefined;
    switch (type) {
      case "response.failed":
        fail(readFailure(response ?? event) ?? { code: "upstream_error", message: "the upstream gave up" });
        return;
      case "response.completed":
      case "response.incomplete":
      case "response.done":
        finish({ ...response, ...(type === "response.incomplete" ? { status: "incomplete" } : {}) });
        return;
      default:
        start(response);
        takeItemEvent(type, event);
    }
  }

  function takeItemEvent(type: string, event: WireObject): void {
    switch (type) {
      case "response.output_item.added":
        return items.added(event);
      case "response.output_item.done":
        return items.done(event);
      case "response.output_text.delta":
        takePiece(event, messages, "text");
        if (Array.isArray(event.logprobs) && event.logprobs.length > 0) {
          items.note(event, partOf(event), { logprobs: event.logprobs });
        }
        return;
      case "response.refusal.delta":
        return takePiece(event, messages, "refusal");
      case "response.reasoning_summary_text.delta":
        return takePiece(event, thoughts, "summary");
      case "response.reasoning_text.delta":
        return takePiece(event, thoughts, "content");
      case "response.function_call_arguments.delta":
        return takePiece(event, calls, "arguments");
      case "response.custom_tool_call_input.delta":
        return takePiece(event, customCalls, "arguments");
      case "response.output_text.done":
      case "response.refusal.done":
        return items.partDone(event, messages, partOf(event), event);
      case "response.content_part.done":
        if (isObject(event.part) && event.part.type !== "reasoning_text") {
          items.partDone(event, messages, partOf(event), event.part);
        }
        return;
      case "response.function_call_arguments.done":
        return items.partDone(event, calls, 0, event);
      case "response.custom_tool_call_input.done":
        return items.partDone(event, customCalls, 0, event);
      case "response.output_text.annotation.added":
        if (isObject(event.annotation)) items.note(event, partOf(event), { annotation: event.annotation });
        return;
      default:
    }
  }

  function takePiece(event: WireObject, types: readonly string[], kind: PieceKind): void {
    if (typeof event.delta === "string") items.piece(event, types, kind, partOf(event), event.delta);
  }

  return decodeJsonEvents({
    take,
    done() {
      if (items.isEmpty()) fail(invalidAnswer("the upstream ended its answer before it began"));
      else finish({});
    },
    close: () => fail(brokenOff),
    fail,
    hasEnded: () => ended,
  });
}

function partOf(event: WireObject): number {
  const part = event.content_index ?? event.summary_index;
  // A list is made as long as the largest index, so that it cannot be any number.
  return typeof part === "number" && Number.isInteger(part) && part >= 0 && part < 1000 ? part : 0;
}
