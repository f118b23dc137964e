import type { EmitEvent } from "../model/chat-event.ts";
import type { ChatError } from "../model/error.ts";
import type { DecodeAnswerContext, StreamDecoder } from "../protocol-contract.ts";
import { createSseDecoder } from "../sse/decode-sse.ts";
import { createAnswerAssembler } from "./assemble-answer.ts";
import { createToolCallCollector } from "./collect-tool-calls.ts";
import { createDeltaReader } from "./decode-choice.ts";
import { decodeError } from "./errors.ts";
import { isError } from "./is-error.ts";
import { isFailure, readFinishReason } from "./read-finish.ts";
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
  let finishReason: string | undefined;
  let stopSequence: string | undefined;

  function fail(error: ChatError): void {
    ended = true;
    emit({ type: "error", error });
  }

  function finish(): void {
    ended = true;
    if (finishReason !== undefined && isFailure(finishReason)) {
      const code = finishReason === "insufficient_system_resource" ? "upstream_overloaded" : "upstream_error";
      fail({ code, message: `the upstream gave up: ${finishReason}` });
      return;
    }
    calls.end();
    const reason = readFinishReason(finishReason, assembler);
    if (reason === "stop" && stopSequence !== undefined) assembler.finish("stop-sequence", stopSequence);
    else assembler.finish(reason);
  }

  function takeEvent(event: string, data: string): void {
    if (ended) return;
    if (data.startsWith("[DONE]")) {
      if (started) finish();
      else fail(invalid("the upstream ended its answer before it began"));
      return;
    }
    if (data === "") return;
    let chunk: unknown;
    try {
      chunk = JSON.parse(data);
    } catch {
      fail(invalid("the upstream sent a chunk that is not JSON"));
      return;
    }
    if (!isObject(chunk)) fail(invalid("the upstream sent a chunk that is not an object"));
    else if (isError(event, chunk)) fail(decodeError(200, chunk, {}));
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
    // Some send the whole message in a last chunk instead of a delta.
    const delta = choice.delta ?? choice.message;
    if (isObject(delta)) deltas.take(delta);
    if (isObject(choice.logprobs)) {
      emit({ type: "opaque-event", protocol: "openai-chat", value: { logprobs: choice.logprobs } });
    }
    if (typeof choice.finish_reason === "string" && choice.finish_reason !== "") finishReason = choice.finish_reason;
    if (typeof choice.stop_reason === "string" && choice.stop_reason !== "") stopSequence = choice.stop_reason; // vLLM
  }

  /** Runs a step; what goes wrong in it is the upstream's doing. */
  function guard(step: () => void): void {
    if (ended) return;
    try {
      step();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      fail(invalid(error.message));
    }
  }

  const sse = createSseDecoder(takeEvent);
  return {
    write(text) {
      guard(() => sse.write(text));
    },
    end() {
      guard(() => sse.end());
      guard(() => {
        if (finishReason !== undefined) finish();
        else fail(invalid("the upstream closed the stream before the answer was complete"));
      });
    },
  };
}

function invalid(message: string): ChatError {
  return { code: "upstream_invalid_response", message };
}
