import { hash } from "node:crypto";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";

/**
 * Where a vendor shows a thought: in a field of its own, in `reasoning_details` (OpenRouter's form, which MiniMax took
 * over), in think tags inside of the content, as a part of the content (Mistral), or nowhere.
 */
export type ReasoningForm =
  | "reasoning_content"
  | "reasoning"
  | "openrouter-details"
  | "minimax-details"
  | "think-tags"
  | "thinking-parts"
  | "hidden";

/** Which piece of the thought this is. */
export type ReasoningPiece = { isFirst: boolean; isLast: boolean };

/** The fields of a delta that carry a piece of the thought. `seal` signs the whole of it. */
export function writeReasoningDelta(
  text: string,
  form: ReasoningForm,
  { isFirst, isLast }: ReasoningPiece,
  seal: string,
): JsonObject | undefined {
  switch (form) {
    case "reasoning_content":
    case "reasoning":
      return { [form]: text };
    case "openrouter-details": {
      const detail = { type: "reasoning.text", text, format: "unknown", index: 0 };
      return { reasoning: text, reasoning_details: [isLast ? { ...detail, signature: seal } : detail] };
    }
    case "minimax-details":
      return { reasoning_details: [minimaxDetail(text)] };
    case "think-tags":
      return { content: `${isFirst ? "<think>\n" : ""}${text}${isLast ? "\n</think>\n\n" : ""}` };
    case "thinking-parts":
      return { content: [{ type: "thinking", thinking: [{ type: "text", text }] }] };
    case "hidden":
      return undefined;
  }
}

/** The content and further fields of a whole message that thought before it spoke. */
export function writeReasoningWhole(
  thought: string,
  content: string | null,
  form: ReasoningForm,
  seal: string,
): JsonObject {
  switch (form) {
    case "think-tags":
      return { content: `<think>\n${thought}\n</think>\n\n${content ?? ""}` };
    case "thinking-parts": {
      const thinking = { type: "thinking", thinking: [{ type: "text", text: thought }] };
      return { content: content ? [thinking, { type: "text", text: content }] : [thinking] };
    }
    case "openrouter-details":
      return {
        content,
        reasoning: thought,
        reasoning_details: [{ type: "reasoning.text", text: thought, format: "unknown", index: 0, signature: seal }],
      };
    case "minimax-details":
      return { content, reasoning_details: [minimaxDetail(thought)] };
    case "hidden":
      return { content };
    default:
      return { content, [form]: thought };
  }
}

/** The thought that a message of the history brings back, in whichever place, or undefined. */
export function readReasoning(message: JsonObject): string | undefined {
  const { reasoning_content: field, reasoning, reasoning_details: details, content } = message;
  if (typeof field === "string") return field;
  if (Array.isArray(details)) return details.map((detail) => asObject(detail).text ?? "").join("");
  if (typeof reasoning === "string") return reasoning;
  if (typeof content === "string") return /^<think>\n([\s\S]*?)\n<\/think>/.exec(content)?.[1];
  const parts = asArray(content)
    .map(asObject)
    .filter((part) => part.type === "thinking");
  return parts.length === 0
    ? undefined
    : parts.flatMap((part) => asArray(part.thinking).map((inner) => asObject(inner).text ?? "")).join("");
}

/** The signature of a thought, as OpenRouter passes those of Anthropic on. */
export function sealReasoning(seed: string, model: string, text: string): string {
  return hash("sha256", JSON.stringify([seed, model, text]), "base64");
}

function minimaxDetail(text: string): JsonObject {
  return { type: "reasoning.text", id: "reasoning-text-1", format: "MiniMax-response-v1", index: 0, text };
}
