import type { ChatAnswer } from "../model/chat-answer.ts";
import type { EncodeAnswerContext } from "../protocol-contract.ts";
import { encodeUsage } from "./usage.ts";

export function encodeResponse(answer: ChatAnswer, context: EncodeAnswerContext): Record<string, unknown> {
  return {
    candidates: [{ content: { parts: [], role: "model" }, finishReason: "STOP", index: 0 }],
    usageMetadata: encodeUsage(answer.usage),
    modelVersion: context.requestedModel,
    responseId: context.id,
  };
}
