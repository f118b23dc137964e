import type { ChatAnswer } from "../model/chat-answer.ts";
import type { AnswerPart } from "../model/content.ts";
import type { EncodeAnswerContext } from "../protocol-contract.ts";
import type { WireObject } from "../wire/json-object.ts";
import { parseInput } from "./parse-input.ts";
import { encodeStopReason } from "./stop-reasons.ts";
import { encodeUsage } from "./usage.ts";

/** Writes a whole answer as a message. */
export function encodeResponse(answer: ChatAnswer, context: EncodeAnswerContext): WireObject {
  const refused = answer.parts.some((part) => part.type === "refusal") && answer.finishReason === "stop";
  return {
    id: `msg_${context.id}`,
    type: "message",
    role: "assistant",
    model: context.requestedModel,
    content: answer.parts.flatMap(encodePart),
    stop_reason: encodeStopReason(refused ? "refusal" : answer.finishReason),
    stop_sequence: answer.stopSequence ?? null,
    usage: encodeUsage(answer.usage),
  };
}

function encodePart(part: AnswerPart): WireObject[] {
  switch (part.type) {
    case "text":
    case "refusal":
      return [{ type: "text", text: part.text }];
    case "reasoning":
      if (part.redacted !== undefined) return [{ type: "redacted_thinking", data: part.redacted }];
      return [{ type: "thinking", thinking: part.text, signature: part.signature ?? "" }];
    case "tool-call":
      return [{ type: "tool_use", id: part.id, name: part.name, input: parseInput(part.arguments) }];
    case "opaque":
      return part.protocol === "anthropic-messages" ? [part.value] : [];
  }
}
