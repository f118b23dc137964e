import type { EmitEvent } from "../model/chat-event.ts";
import type { ChatError } from "../model/error.ts";
import type { DecodeAnswerContext } from "../protocol-contract.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { createAnswerAssembler, type AnswerAssembler } from "./assemble-answer.ts";
import { withCamelKeys } from "./camel-keys.ts";
import { signatureOf } from "./carried-thoughts.ts";
import { decodeError } from "./errors.ts";
import { readFinishReason } from "./read-finish.ts";
import { decodeUsage, usageDetails } from "./usage.ts";

/** Fields of a candidate with a place in the hub, or that say nothing about a single answer. */
const readFields: ReadonlySet<string> = new Set(["content", "finishReason", "index", "tokenCount"]);

/** Reads GenerateContentResponse objects: a whole answer is one of them, a streamed answer is many. */
export interface ChunkDecoder {
  take(chunk: unknown): void;
  fail(error: ChatError): void;
  /** Nothing more comes. */
  end(): void;
  hasEnded(): boolean;
}

/**
 * There is no mark at the end of an answer: it ends with the stream, and is complete if a chunk has told why the model
 * stopped. Usage and grounding may come after that.
 */
export function createChunkDecoder(context: DecodeAnswerContext, emit: EmitEvent): ChunkDecoder {
  const assembler = createAnswerAssembler(context, emit);
  let started = false;
  let ended = false;
  let finishReason: string | undefined;
  let blockReason: string | undefined;
  let candidateFields: WireObject = {};
  let answerFields: WireObject = {};

  function fail(error: ChatError): void {
    if (ended) return;
    ended = true;
    emit({ type: "error", error });
  }

  function take(value: unknown): void {
    if (ended) return;
    if (!isObject(value)) {
      fail(invalid("the upstream sent a chunk that is not an object"));
      return;
    }
    if (value.error !== undefined && value.error !== null) {
      fail(decodeError(200, value, {}));
      return;
    }
    try {
      takeChunk(withCamelKeys(value));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      fail(invalid(error.message));
    }
  }

  function takeChunk(chunk: WireObject): void {
    const candidate: unknown = Array.isArray(chunk.candidates) ? chunk.candidates[0] : undefined;
    const feedback = isObject(chunk.promptFeedback) ? withCamelKeys(chunk.promptFeedback) : undefined;
    if (!started) {
      started = true;
      assembler.start(
        typeof chunk.responseId === "string" && chunk.responseId !== "" ? chunk.responseId : context.newId("resp_"),
        typeof chunk.modelVersion === "string" ? chunk.modelVersion : "",
      );
    }
    if (feedback !== undefined) {
      answerFields = { ...answerFields, promptFeedback: feedback };
      if (typeof feedback.blockReason === "string") blockReason = feedback.blockReason;
    }
    if (isObject(candidate)) takeCandidate(withCamelKeys(candidate));
    const usage = decodeUsage(chunk.usageMetadata);
    if (usage === undefined) return;
    assembler.usage(usage);
    const details = usageDetails(chunk.usageMetadata);
    if (details !== undefined) answerFields = { ...answerFields, usageMetadata: details };
  }

  function takeCandidate(candidate: WireObject): void {
    const { content, finishReason: reason } = candidate;
    const parts: unknown = isObject(content) ? content.parts : undefined;
    if (Array.isArray(parts)) for (const part of parts) if (isObject(part)) takePart(withCamelKeys(part), assembler);
    if (typeof reason === "string" && reason !== "" && reason !== "FINISH_REASON_UNSPECIFIED") finishReason = reason;
    for (const field in candidate) {
      const value = candidate[field];
      if (!readFields.has(field) && value !== undefined && value !== null) candidateFields[field] = value;
    }
  }

  function end(): void {
    if (ended) return;
    if (blockReason !== undefined && finishReason === undefined && !assembler.hasContent()) {
      finish("content-filter");
      return;
    }
    if (finishReason === undefined) {
      fail(invalid("the upstream closed the stream before the answer was complete"));
      return;
    }
    const reason = readFinishReason(finishReason, candidateFields.finishMessage, assembler);
    if (typeof reason !== "string") fail(reason);
    else finish(reason);
  }

  function finish(reason: Parameters<AnswerAssembler["finish"]>[0]): void {
    ended = true;
    // Words that the hub's own do not tell apart.
    if (finishReason !== undefined && finishReason !== "STOP" && finishReason !== "MAX_TOKENS") {
      candidateFields = { ...candidateFields, finishReason };
    }
    const extensions = { ...answerFields };
    if (Object.keys(candidateFields).length > 0) extensions.candidate = candidateFields;
    assembler.finish(reason, Object.keys(extensions).length > 0 ? extensions : undefined);
  }

  return { take, fail, end, hasEnded: () => ended };
}

function takePart(part: WireObject, assembler: AnswerAssembler): void {
  const signature = signatureOf(part);
  if (part.thought === true) {
    assembler.thought(typeof part.text === "string" ? part.text : "", signature);
  } else if (isObject(part.functionCall)) {
    assembler.call(part.functionCall, signature);
  } else if (typeof part.text === "string") {
    assembler.text(part.text, signature);
  } else {
    const { thoughtSignature: _, ...unsigned } = part;
    if (Object.keys(unsigned).length > 0) assembler.opaque(unsigned, signature);
    else if (signature !== undefined) assembler.text("", signature);
  }
}

function invalid(message: string): ChatError {
  return { code: "upstream_invalid_response", message };
}
