import type { ChatAnswer } from "../model/chat-answer.ts";
import type { EncodeAnswerContext } from "../protocol-contract.ts";

export function encodeResponse(_answer: ChatAnswer, context: EncodeAnswerContext): Record<string, unknown> {
  return { id: `resp_${context.id}`, object: "response" };
}
