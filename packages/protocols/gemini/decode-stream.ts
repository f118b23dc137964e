import type { EmitEvent } from "../model/chat-event.ts";
import type { DecodeAnswerContext, StreamDecoder } from "../protocol-contract.ts";
import { decodeJsonEvents } from "../sse/decode-json-events.ts";
import { createChunkDecoder } from "./decode-chunk.ts";

/** Reads a stream of GenerateContentResponse objects (`alt=sse`): events without names, and no mark at the end. */
export function createStreamDecoder(context: DecodeAnswerContext, emit: EmitEvent): StreamDecoder {
  const chunks = createChunkDecoder(context, emit);
  return decodeJsonEvents({
    take: (_name, chunk) => chunks.take(chunk),
    close: () => chunks.end(),
    fail: (error) => chunks.fail(error),
    hasEnded: () => chunks.hasEnded(),
  });
}
