import type { Receipt } from "../receipt.ts";
import { askToGoOn } from "../wire/ask-to-go-on.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/** Of these an answer may consist that a client has begun; an answer of server tools that has paused has others. */
const begunTypes: ReadonlySet<unknown> = new Set(["text", "thinking", "redacted_thinking"]);

/**
 * A last message of the assistant is the beginning of its answer. Where that is not possible the user asks for the rest:
 * "This model does not support assistant message prefill. The conversation must end with a user message."
 * @param isPossible the model takes it, and does not think in this request
 */
export function finishPrefill(messages: WireObject[], isPossible: boolean, receipt: Receipt): void {
  const last = messages.at(-1);
  if (last?.role !== "assistant" || !Array.isArray(last.content)) return;
  const blocks = last.content as WireObject[];
  if (isPossible) trimEnd(blocks.at(-1));
  else if (blocks.every((block) => begunTypes.has(block.type))) {
    receipt.note("emulated", "messages", "this model cannot go on with a begun answer: the user asks it to");
    messages.push({ role: "user", content: [{ type: "text", text: askToGoOn }] });
  }
}

/** "final assistant content cannot end with trailing whitespace" */
function trimEnd(block: unknown): void {
  if (isObject(block) && block.type === "text" && typeof block.text === "string") block.text = block.text.trimEnd();
}
