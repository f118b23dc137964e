import type { EmitEvent } from "../model/chat-event.ts";
import type { DecodeAnswerContext } from "../protocol-contract.ts";
import { isObject } from "../wire/json-object.ts";
import { createItemCollector } from "./collect-items.ts";
import { decodeError } from "./errors.ts";
import { finishAnswer, readFailure } from "./finish-answer.ts";
import { ItemQueue } from "./item-queue.ts";
import type { AnswerState } from "./read-item.ts";

/** Reads a response object as the events that its stream would have been. */
export function decodeResponse(body: unknown, context: DecodeAnswerContext, emit: EmitEvent): void {
  if (!isObject(body)) {
    emitInvalid("the upstream's answer is not a JSON object", emit);
    return;
  }
  const failure = readFailure(body);
  if (failure !== undefined) {
    emit({ type: "error", error: failure });
    return;
  }
  if (!Array.isArray(body.output)) {
    if (body.error === undefined && body.message === undefined && body.msg === undefined) {
      emitInvalid("the upstream's answer has no output", emit);
    } else emit({ type: "error", error: decodeError(200, body, {}) });
    return;
  }
  emit({
    type: "start",
    id: typeof body.id === "string" && body.id !== "" ? body.id : context.newId("resp_"),
    model: typeof body.model === "string" ? body.model : "",
  });
  const state: AnswerState = { context, usedIds: new Set(), hasCalls: false, hasRefusal: false };
  try {
    createItemCollector(new ItemQueue(emit), state).finish(body.output);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    emitInvalid(error.message, emit);
    return;
  }
  finishAnswer(body, state, emit);
}

function emitInvalid(message: string, emit: EmitEvent): void {
  emit({ type: "error", error: { code: "upstream_invalid_response", message } });
}
