import type { EmitEvent } from "../model/chat-event.ts";
import type { DecodeAnswerContext } from "../protocol-contract.ts";

export function decodeResponse(_body: unknown, _context: DecodeAnswerContext, emit: EmitEvent): void {
  emit({ type: "error", error: { code: "not_supported", message: "openai-responses is not spoken yet" } });
}
