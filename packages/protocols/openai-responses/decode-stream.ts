import type { EmitEvent } from "../model/chat-event.ts";
import type { DecodeAnswerContext, StreamDecoder } from "../protocol-contract.ts";

export function createStreamDecoder(_context: DecodeAnswerContext, emit: EmitEvent): StreamDecoder {
  return {
    write() {},
    end() {
      emit({ type: "error", error: { code: "not_supported", message: "openai-responses is not spoken yet" } });
    },
  };
}
