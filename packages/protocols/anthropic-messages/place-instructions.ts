import type { Receipt } from "../receipt.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/**
 * Puts mid-conversation instructions where Anthropic takes them. "role 'system' must follow a 'user' message or an 'assistant'
 * message ending in a server tool result", and "must precede an 'assistant' message or end the array"; several in a row count
 * as one. Where that does not hold the user says it. A message without content, which only sets `output_config`, may stand
 * anywhere.
 */
export function placeInstructions(messages: WireObject[], receipt: Receipt): WireObject[] {
  if (!messages.some((message) => message.role === "system")) return messages;
  const placed: WireObject[] = [];
  for (let at = 0; at < messages.length;) {
    let end = at;
    while (messages[end]?.role === "system") end++;
    const group = messages.slice(at, end);
    if (group.length === 0) add(messages[at++], placed);
    else {
      at = end;
      if (mayStand(placed.at(-1), messages[end])) placed.push(...group);
      else for (const message of group) placeOne(message, placed, receipt);
    }
  }
  return placed;
}

function mayStand(before: WireObject | undefined, after: WireObject | undefined): boolean {
  if (after !== undefined && after.role !== "assistant") return false;
  if (before?.role === "user") return true;
  const last: unknown = Array.isArray(before?.content) ? before.content.at(-1) : undefined;
  return isObject(last) && typeof last.type === "string" && last.type.endsWith("_tool_result");
}

function placeOne(message: WireObject, placed: WireObject[], receipt: Receipt): void {
  const content = Array.isArray(message.content) ? (message.content as WireObject[]) : [];
  if (content.length === 0) placed.push(message);
  else {
    const texts = content.filter((block) => block.type === "text");
    if (texts.length > 0) receipt.note("approximated", "messages.system", "told to the model in the user's name");
    if (texts.length < content.length) receipt.note("dropped", "messages.system", "not possible at this place");
    if (texts.length > 0) add({ role: "user", content: texts.map(wrapReminder) }, placed);
  }
}

/** Neighbours of one role are one message. */
function add(message: WireObject | undefined, placed: WireObject[]): void {
  if (message === undefined) return;
  const last = placed.at(-1);
  if (last?.role === message.role && Array.isArray(last?.content) && Array.isArray(message.content)) {
    last.content = [...(last.content as unknown[]), ...(message.content as unknown[])];
  } else placed.push(message);
}

/** The form in which Claude Code itself wraps such reminders. */
export function wrapReminder(block: WireObject): WireObject {
  return { ...block, text: `<system-reminder>\n${String(block.text)}\n</system-reminder>` };
}
