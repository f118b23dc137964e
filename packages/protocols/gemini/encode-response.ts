import type { ChatAnswer } from "../model/chat-answer.ts";
import type { AnswerPart, WebSearchPart } from "../model/content.ts";
import type { EncodeAnswerContext } from "../protocol-contract.ts";
import type { WireObject } from "../wire/json-object.ts";
import { encodeFinishReason, readEndFields } from "./encode-finish.ts";
import { encodeGrounding } from "./encode-grounding.ts";
import { encodeUsage } from "./usage.ts";
import { createPartWriter, type PartWriter } from "./write-parts.ts";

/** Writes a whole answer as a GenerateContentResponse. */
export function encodeResponse(answer: ChatAnswer, context: EncodeAnswerContext): Record<string, unknown> {
  const writer = createPartWriter(context);
  const parts = answer.parts.flatMap((part) => writePart(part, writer) ?? []);
  const rest = writer.rest();
  if (rest !== undefined) parts.push(rest);
  const { candidate, usageMetadata, promptFeedback } = readEndFields(answer.extensions?.gemini);
  const grounding = encodeGrounding(answer.parts.filter((part): part is WebSearchPart => part.type === "web-search"));
  const head = {
    usageMetadata: { ...encodeUsage(answer.usage), ...usageMetadata },
    modelVersion: context.requestedModel,
    responseId: context.id,
  };
  // A prompt that was refused has no candidate.
  if (promptFeedback?.blockReason !== undefined && parts.length === 0) return { promptFeedback, ...head };
  return {
    candidates: [
      {
        content: { parts, role: "model" },
        finishReason: encodeFinishReason(answer.finishReason),
        index: 0,
        ...(grounding === undefined ? {} : { groundingMetadata: grounding }),
        ...candidate,
      },
    ],
    ...(promptFeedback === undefined ? {} : { promptFeedback }),
    ...head,
  };
}

function writePart(part: AnswerPart, writer: PartWriter): WireObject | undefined {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text === "" ? undefined : writer.text(part.text);
    case "reasoning":
      writer.keep(part);
      return writer.thought(part.text);
    case "tool-call":
      return writer.call(part.id, part.name, part.arguments);
    case "opaque":
      return part.protocol === "gemini" ? writer.opaque(part.value) : undefined;
    case "web-search":
    case "tool-search":
      return undefined;
  }
}
