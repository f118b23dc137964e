import type { ChatAnswer } from "../model/chat-answer.ts";
import type { EncodeAnswerContext } from "../protocol-contract.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { createLogprobsWriter, encodeFinishReason, encodeUsage } from "./choice.ts";

/** Writes a whole answer as a text_completion object. */
export function encodeResponse(answer: ChatAnswer, context: EncodeAnswerContext, echoed: string): WireObject {
  const text = answer.parts.map((part) => (part.type === "text" || part.type === "refusal" ? part.text : "")).join("");
  return {
    id: `cmpl-${context.id}`,
    object: "text_completion",
    created: context.created,
    model: context.requestedModel,
    choices: [
      {
        text: echoed + text,
        index: 0,
        logprobs: collectLogprobs(answer, echoed.length),
        finish_reason: encodeFinishReason(answer.finishReason),
      },
    ],
    usage: encodeUsage(answer.usage),
  };
}

function collectLogprobs({ opaqueEvents }: ChatAnswer, offset: number): WireObject | null {
  const content = (opaqueEvents ?? []).flatMap(({ protocol, value: { logprobs } }) =>
    protocol === "openai-chat" && isObject(logprobs) && Array.isArray(logprobs.content)
      ? (logprobs.content as unknown[])
      : [],
  );
  return createLogprobsWriter(offset).write({ content }) ?? null;
}
