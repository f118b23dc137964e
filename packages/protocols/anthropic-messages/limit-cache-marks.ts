import type { Receipt } from "../receipt.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/** "A maximum of 4 blocks with cache_control may be provided" (https://platform.claude.com/docs/en/build-with-claude/prompt-caching). */
const maxMarks = 4;

/**
 * Keeps the last four breakpoints: a later one covers the earlier ones' prefix. Takes marks off the body's own blocks.
 * @returns whether there are any.
 */
export function limitCacheMarks(body: WireObject, receipt: Receipt): boolean {
  const marked: WireObject[] = [];
  const visit = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    for (const block of value) {
      if (!isObject(block)) continue;
      if (block.cache_control !== undefined) marked.push(block);
      if (block.type === "tool_result") visit(block.content);
    }
  };
  visit(body.tools);
  visit(body.system);
  if (Array.isArray(body.messages)) for (const message of body.messages) if (isObject(message)) visit(message.content);
  // A mark of the whole request (automatic caching) takes one of the four places.
  const places = body.cache_control === undefined ? maxMarks : maxMarks - 1;
  if (marked.length <= places) return marked.length > 0 || body.cache_control !== undefined;
  for (const block of marked.slice(0, marked.length - places)) delete block.cache_control;
  receipt.note("dropped", "cache_control", `only ${maxMarks} breakpoints are possible`);
  return true;
}
