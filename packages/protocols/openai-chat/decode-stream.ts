import type { EmitEvent } from "../model/chat-event.ts";
import type { ChatError } from "../model/error.ts";
import type { DecodeAnswerContext, StreamDecoder } from "../protocol-contract.ts";
import { brokenOff, decodeJsonEvents, invalidAnswer } from "../sse/decode-json-events.ts";
import { createAnswerAssembler } from "./assemble-answer.ts";
import { createToolCallCollector } from "./collect-tool-calls.ts";
import { createDeltaReader } from "./decode-choice.ts";
import { decodeError } from "./errors.ts";
import { isError } from "./is-error.ts";
import { readFailure, readFinishReason } from "./read-finish.ts";
import { findUsage } from "./find-usage.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/**
 * Reads a stream of chat.completion.chunk objects. The answer ends with `[DONE]` or with the stream, not with
 * `finish_reason`: usage comes after it, and with some vendors more text.
 */
export function createStreamDecoder(context: DecodeAnswerContext, emit: EmitEvent): StreamDecoder {
  const assembler = createAnswerAssembler(context, emit);
  const calls = createToolCallCollector(assembler);
  const deltas = createDeltaReader(context, assembler, calls, emit);
  let started = false;
  let ended = false;
  /** Some send the whole message in a last chunk: instead of deltas, or once more after them (MiniMax). */
  let told = false;
  let finishReason: string | undefined;
  let stopSequence: string | undefined;

  function fail(error: ChatError): void {
    ended = true;
    emit({ type: "error", error });
  }

  function finish(): void {
    ended = true;
    const failure = readFailure(finishReason);
    if (failure !== undefined) {
      fail(failure);
      return;
    }
    calls.end();
    const reason = readFinishReason(finishReason, assembler);
    if (reason === "stop" && stopSequence !== undefined) assembler.finish("stop-sequence", stopSequence);
    else assembler.finish(reason);
  }

  function take(event: string, chunk: WireObject): void {
    if (isError(event, chunk)) fail(decodeError(200, chunk, {}));
    else takeChunk(chunk);
  }

  function takeChunk(chunk: WireObject): void {
    if (!started) {
      started = true;
      assembler.start(
        typeof chunk.id === "string" && chunk.id !== "" ? chunk.id : context.newId("chatcmpl-"),
        typeof chunk.model === "string" ? chunk.model : "",
      );
    }
    const choice: unknown = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
    // Only one answer was asked for; what a vendor says of a second one is not mixed into the first.
    if (isObject(choice) && !(typeof choice.index === "number" && choice.index > 0)) takeChoice(choice);
    const usage = findUsage(chunk, isObject(choice) ? choice : undefined);
    if (usage !== undefined) assembler.usage(usage);
  }

  function takeChoice(choice: WireObject): void {
    const { delta, message } = choice;
    if (isObject(delta)) {
      deltas.take(delta);
      told ||= says(delta);
    } else if (isObject(message) && !told) deltas.take(message);
    if (isObject(choice.logprobs)) {
      emit({ type: "opaque-event", protocol: "openai-chat", value: { logprobs: choice.logprobs } });
    }
    if (typeof choice.finish_reason === "string" && choice.finish_reason !== "") finishReason = choice.finish_reason;
    if (typeof choice.stop_reason === "string" && choice.stop_reason !== "") stopSequence = choice.stop_reason; // vLLM
  }

  return decodeJsonEvents({
    take,
    done() {
      if (started) finish();
      else fail(invalidAnswer("the upstream ended its answer before it began"));
    },
    close() {
      if (finishReason !== undefined) finish();
      else fail(brokenOff);
    },
    fail,
    hasEnded: () => ended,
  });
}

function says({ content, tool_calls: calls }: WireObject): boolean {
  return (content ?? "") !== "" || (Array.isArray(calls) && calls.length > 0);
}
