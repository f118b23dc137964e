import type { ChatAnswer } from "../model/chat-answer.ts";
import type { AnswerPart } from "../model/content.ts";
import type { EncodeAnswerContext } from "../protocol-contract.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { encodeHostedPart } from "./hosted-blocks.ts";
import { parseArguments } from "../tools/parse-arguments.ts";
import { encodeStopReason } from "./stop-reasons.ts";
import { encodeUsage } from "./usage.ts";

/** Writes a whole answer as a message. */
export function encodeResponse(answer: ChatAnswer, context: EncodeAnswerContext): WireObject {
  const refused = answer.parts.some((part) => part.type === "refusal") && answer.finishReason === "stop";
  const { usage: usageOthers, ...others } = answer.extensions?.["anthropic-messages"] ?? {};
  return {
    ...others,
    id: `msg_${context.id}`,
    type: "message",
    role: "assistant",
    model: context.requestedModel,
    content: withoutLoneSignature(answer.parts).flatMap((part, at) => encodePart(part, citationsOf(answer, at))),
    stop_reason: encodeStopReason(refused ? "refusal" : answer.finishReason),
    stop_sequence: answer.stopSequence ?? null,
    usage: { ...(isObject(usageOthers) ? usageOthers : {}), ...encodeUsage(answer.usage) },
  };
}

/** As in a stream, see encode-stream.ts. */
function withoutLoneSignature(parts: AnswerPart[]): AnswerPart[] {
  const last = parts.at(-1);
  const isLone = last?.type === "reasoning" && last.text === "" && last.redacted === undefined && parts.length > 1;
  return isLone ? parts.slice(0, -1) : parts;
}

function citationsOf({ opaqueEvents }: ChatAnswer, part: number): unknown[] {
  const deltas = opaqueEvents?.filter((event) => event.part === part && event.value.type === "citations_delta");
  return deltas?.map((event) => event.value.citation) ?? [];
}

function encodePart(part: AnswerPart, citations: unknown[]): WireObject[] {
  switch (part.type) {
    case "text":
      return [{ type: "text", text: part.text, ...(citations.length > 0 ? { citations } : {}) }];
    case "refusal":
      return [{ type: "text", text: part.text }];
    case "reasoning":
      if (part.redacted !== undefined) return [{ type: "redacted_thinking", data: part.redacted }];
      return [{ type: "thinking", thinking: part.text, signature: part.signature ?? "" }];
    case "tool-call":
      return [{ type: "tool_use", id: part.id, name: part.name, input: parseArguments(part.arguments) }];
    case "web-search":
    case "tool-search":
      return encodeHostedPart(part);
    case "opaque":
      return part.protocol === "anthropic-messages" ? [part.value] : [];
  }
}
