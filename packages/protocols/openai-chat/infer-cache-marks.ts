import { isObject, type WireObject } from "../wire/json-object.ts";

/**
 * Sets breakpoints where the client's protocol has none to set and the model's prompts are cached at breakpoints only: one
 * behind the system text, one at the end of the conversation, and one where it ended a turn ago, since a cache looks back
 * twenty blocks only. A single question is left alone: to write the cache costs more than to read the prompt once.
 */
export function inferCacheMarks(body: WireObject): void {
  const messages = body.messages as WireObject[];
  const isLoop = body.tools !== undefined || messages.some(({ role }) => role === "assistant");
  if (!isLoop || hasMark(body)) return;
  const [first] = messages;
  if (first?.role === "system" || first?.role === "developer") mark(first);
  const ends = messages.filter((message, at) => isAsking(message) && !isAsking(messages[at + 1]));
  for (const message of ends.slice(-2)) mark(message);
}

/** Results of tools and what the user says after them are one turn. */
function isAsking(message: WireObject | undefined): boolean {
  return message?.role === "user" || message?.role === "tool";
}

function hasMark(body: WireObject): boolean {
  const messages = body.messages as WireObject[];
  const tools = Array.isArray(body.tools) ? (body.tools as WireObject[]) : [];
  const isMarked = (block: WireObject): boolean => block.cache_control !== undefined;
  return isMarked(body) || tools.some(isMarked) || messages.some((message) => texts(message).some(isMarked));
}

function mark(message: WireObject): void {
  const block = texts(message).at(-1);
  if (block !== undefined) block.cache_control = { type: "ephemeral" };
}

/** What may carry a mark: parts that are text. */
function texts({ content }: WireObject): WireObject[] {
  return Array.isArray(content) ? content.filter(isObject).filter((part) => part.type === "text") : [];
}
