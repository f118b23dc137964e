import { estimateTokens } from "../estimate-tokens.ts";
import type { PrefixCache } from "../prefix-cache.ts";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";

/** The input side of a usage: `input` excludes what was read from or written to the cache. */
export type PromptUsage = {
  total: number;
  input: number;
  cacheRead: number;
  cacheWrite: number;
  lifetime: "5m" | "1h";
};

const minCacheable = 1024;
const markPattern = /,?"cache_control":\{[^}]*\}/g;

/** The text whose tokens are counted: tools, system and messages in the order in which Anthropic caches them. */
export function promptText(body: JsonObject): string {
  return stripMarks(rawPrompt(body));
}

/**
 * Counts a prompt and what of it the cache knows. As at Anthropic, nothing is read or written without a breakpoint, and
 * nothing beyond the last one (docs.claude.com/en/docs/build-with-claude/prompt-caching).
 */
export function lookUpPrompt(
  body: JsonObject,
  key: string,
  cache: PrefixCache,
): { usage: PromptUsage; known: number; extendsEarlier: boolean } {
  const raw = rawPrompt(body);
  const text = stripMarks(raw);
  const total = estimateTokens(text);
  const found = cache.look(key, text);
  const lastMark = raw.lastIndexOf('"cache_control":{');
  const marked = lastMark < 0 ? 0 : estimateTokens(stripMarks(raw.slice(0, lastMark)));
  const cacheable = marked < minCacheable ? 0 : marked;
  const cacheRead = Math.min(found.cachedTokens, cacheable);
  const lifetime = raw.slice(lastMark).startsWith('"cache_control":{"type":"ephemeral","ttl":"1h"') ? "1h" : "5m";
  const usage: PromptUsage = {
    total,
    input: total - cacheable,
    cacheRead,
    cacheWrite: cacheable - cacheRead,
    lifetime,
  };
  return { usage, known: found.cachedTokens, extendsEarlier: found.extendsEarlier };
}

function rawPrompt(body: JsonObject): string {
  // Without the closing bracket, the text of an earlier history is a prefix of the text of its continuation.
  const messages = JSON.stringify(asArray(body.messages).map(spellOut)).slice(0, -1);
  return `${JSON.stringify(body.tools ?? [])}\n${JSON.stringify(body.system ?? "")}\n${messages}`;
}

// A plain string and one text block are the same prompt; Claude Code writes the same old turn now as one, now as the other.
function spellOut(message: unknown): unknown {
  const { role, content } = asObject(message);
  return typeof content === "string" ? { role, content: [{ type: "text", text: content }] } : message;
}

// Marks move from turn to turn and are no part of the prompt. Inside of strings the quotes would be escaped.
function stripMarks(raw: string): string {
  return raw.includes('"cache_control":{') ? raw.replace(markPattern, "") : raw;
}
