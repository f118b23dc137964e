import { isObject, type WireObject } from "../wire/json-object.ts";

/**
 * Sets breakpoints where the client's protocol has none to set: without any, Anthropic reads nothing from its cache and
 * writes nothing to it (https://platform.claude.com/docs/en/build-with-claude/prompt-caching). One lies behind tools and
 * system, one at the end of the conversation, and one where it ended a turn ago, because Anthropic looks back twenty
 * blocks only. A single question is left alone: to write the cache costs more than to read the prompt once.
 */
export function inferCacheMarks(body: WireObject): void {
  const messages = blocks(body.messages);
  const isLoop = blocks(body.tools).length > 0 || messages.some(({ role }) => role === "assistant");
  if (!isLoop) return;
  mark(blocks(body.system).at(-1));
  const users = messages.filter(({ role }) => role === "user");
  for (const { content } of users.slice(-2)) mark(blocks(content).at(-1));
}

function blocks(value: unknown): WireObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function mark(block: WireObject | undefined): void {
  if (block !== undefined) block.cache_control = { type: "ephemeral" };
}
