import type { EmitEvent } from "../model/chat-event.ts";
import type { DecodeAnswerContext } from "../protocol-contract.ts";
import { createAnswerAssembler } from "./assemble-answer.ts";
import { createToolCallCollector } from "./collect-tool-calls.ts";
import { createDeltaReader } from "./decode-choice.ts";
import { decodeError } from "./errors.ts";
import { isError } from "./is-error.ts";
import { readFailure, readFinishReason } from "./read-finish.ts";
import { findUsage } from "./find-usage.ts";
import { isObject } from "../wire/json-object.ts";

/** Reads a chat.completion object as the events that its stream would have been. */
export function decodeResponse(body: unknown, context: DecodeAnswerContext, emit: EmitEvent): void {
  if (!isObject(body)) {
    emitInvalid("the upstream's answer is not a JSON object", emit);
    return;
  }
  const choice: unknown = Array.isArray(body.choices) ? body.choices[0] : undefined;
  if (!isObject(choice) || !isObject(choice.message) || isError("", body)) {
    if (!isError("", body) && body.message === undefined && body.msg === undefined) {
      emitInvalid("the upstream's answer has no message", emit);
    } else emit({ type: "error", error: decodeError(200, body, {}) });
    return;
  }
  const wireReason = typeof choice.finish_reason === "string" ? choice.finish_reason : undefined;
  const failure = readFailure(wireReason);
  if (failure !== undefined) {
    emit({ type: "error", error: failure });
    return;
  }
  const assembler = createAnswerAssembler(context, emit);
  const calls = createToolCallCollector(assembler);
  assembler.start(
    typeof body.id === "string" && body.id !== "" ? body.id : context.newId("chatcmpl-"),
    typeof body.model === "string" ? body.model : "",
  );
  createDeltaReader(context, assembler, calls, emit).take(choice.message);
  if (isObject(choice.logprobs)) {
    emit({ type: "opaque-event", protocol: "openai-chat", value: { logprobs: choice.logprobs } });
  }
  const usage = findUsage(body, choice);
  if (usage !== undefined) assembler.usage(usage);
  try {
    calls.end();
  } catch {
    emitInvalid("the upstream sent a tool call without a name", emit);
    return;
  }
  const reason = readFinishReason(wireReason, assembler);
  const stopSequence =
    typeof choice.stop_reason === "string" && choice.stop_reason !== "" ? choice.stop_reason : undefined;
  if (reason === "stop" && stopSequence !== undefined) assembler.finish("stop-sequence", stopSequence);
  else assembler.finish(reason);
}

function emitInvalid(message: string, emit: EmitEvent): void {
  emit({ type: "error", error: { code: "upstream_invalid_response", message } });
}
