import type { ChatAnswer } from "../model/chat-answer.ts";
import type { EncodeAnswerContext } from "../protocol-contract.ts";
import { encodeCitations } from "./encode-citations.ts";
import { encodeFinishReason } from "./encode-finish.ts";
import { reasoningFormat } from "./reasoning-format.ts";
import { restoreOpaque } from "./restore-opaque.ts";
import { encodeUsage } from "./usage.ts";
import type { WireObject } from "../wire/json-object.ts";
import type { WireToolCall } from "./wire.ts";

/** Writes a whole answer as a chat.completion object. */
export function encodeResponse(answer: ChatAnswer, context: EncodeAnswerContext): Record<string, unknown> {
  let content = "";
  let reasoning = "";
  let refusal: string | null = null;
  const details: WireObject[] = [];
  const toolCalls: WireToolCall[] = [];
  const annotations: WireObject[] = [];
  for (const part of answer.parts) {
    switch (part.type) {
      case "text":
        content += part.text;
        break;
      case "refusal":
        refusal = (refusal ?? "") + part.text;
        break;
      case "reasoning":
        reasoning += part.text;
        details.push({ ...encodeDetail(part), format: reasoningFormat, index: details.length });
        break;
      case "tool-call":
        toolCalls.push(
          part.custom === true
            ? { id: part.id, type: "custom", custom: { name: part.name, input: part.arguments } }
            : {
                id: part.id,
                type: "function",
                function: { name: part.name, arguments: part.arguments === "" ? "{}" : part.arguments },
              },
        );
        break;
      case "web-search":
        annotations.push(...encodeCitations(part));
        break;
      case "tool-search":
      case "opaque":
        break;
    }
  }
  const { fields, logprobs } = restoreOpaque(answer);
  const message: WireObject = {
    ...fields,
    role: "assistant",
    content: content === "" && (toolCalls.length > 0 || refusal !== null) ? null : content,
    refusal,
  };
  if (reasoning !== "") {
    message.reasoning_content = reasoning;
    message.reasoning = reasoning;
  }
  if (details.length > 0) message.reasoning_details = details;
  if (toolCalls.length > 0) message.tool_calls = toolCalls;
  if (annotations.length > 0) message.annotations = annotations;
  const finishReason = encodeFinishReason(answer.finishReason, refusal !== null);
  return {
    id: `chatcmpl-${context.id}`,
    object: "chat.completion",
    created: context.created,
    model: context.requestedModel,
    ...(context.provider === undefined ? {} : { provider: context.provider }),
    // Nullable, but @openrouter/sdk insists that it is there.
    system_fingerprint: null,
    choices: [{ index: 0, message, logprobs, finish_reason: finishReason }],
    usage: encodeUsage(answer.usage),
  };
}

function encodeDetail(part: { text: string; signature?: string; redacted?: string }): WireObject {
  if (part.redacted !== undefined) return { type: "reasoning.encrypted", data: part.redacted };
  return {
    type: "reasoning.text",
    text: part.text,
    ...(part.signature === undefined ? {} : { signature: part.signature }),
  };
}
