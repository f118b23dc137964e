import type { EmitEvent } from "../model/chat-event.ts";
import type { DecodeAnswerContext, StreamDecoder } from "../protocol-contract.ts";
import { createSseDecoder } from "../sse/decode-sse.ts";
import { createChunkDecoder } from "./decode-chunk.ts";

/** Reads a stream of GenerateContentResponse objects (`alt=sse`): events without names, and no mark at the end. */
export function createStreamDecoder(context: DecodeAnswerContext, emit: EmitEvent): StreamDecoder {
  const decoder = createChunkDecoder(context, emit);

  const sse = createSseDecoder((_, data) => {
    // Servers that imitate Google end their streams as OpenAI does.
    if (decoder.hasEnded() || data === "" || data.startsWith("[DONE]")) return;
    let chunk: unknown;
    try {
      chunk = JSON.parse(data);
    } catch {
      decoder.fail({ code: "upstream_invalid_response", message: "the upstream sent a chunk that is not JSON" });
      return;
    }
    decoder.take(chunk);
  });

  return {
    write(text) {
      if (!decoder.hasEnded()) sse.write(text);
    },
    end() {
      if (!decoder.hasEnded()) sse.end();
      decoder.end();
    },
  };
}
