import type { EmitEvent } from "../model/chat-event.ts";
import type { DecodeAnswerContext } from "../protocol-contract.ts";
import { isObject } from "../wire/json-object.ts";
import { createChunkDecoder } from "./decode-chunk.ts";

/** Reads a whole answer, or the array that a stream without `alt=sse` is, as the events that a stream would have been. */
export function decodeResponse(body: unknown, context: DecodeAnswerContext, emit: EmitEvent): void {
  const chunks: readonly unknown[] = Array.isArray(body) ? body : [body];
  const decoder = createChunkDecoder(context, emit);
  if (!chunks.every(isAnswer)) {
    decoder.fail({ code: "upstream_invalid_response", message: "the upstream's answer has no candidates" });
    return;
  }
  for (const chunk of chunks) decoder.take(chunk);
  decoder.end();
}

function isAnswer(chunk: unknown): boolean {
  return isObject(chunk) && Object.keys(chunk).length > 0;
}
