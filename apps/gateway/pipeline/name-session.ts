import type { ChatRequest } from "@onerouter/protocols";
import { headerValue, type Exchange } from "./downstream.ts";
import type { GatewayFields } from "./fields/read-gateway-fields.ts";

/** The id of the session, as the client states it; undefined if it does not. */
export function statedSession(
  fields: Pick<GatewayFields, "sessionId">,
  headers: Exchange["headers"],
): string | undefined {
  return fields.sessionId ?? headerValue(headers, "x-claude-code-session-id") ?? headerValue(headers, "x-session-id");
}

/** So much of the opening tells conversations apart. */
const openingLength = 512;

/**
 * Whose conversation a request belongs to, so that it goes on where its prompt is cached: the session that the client states,
 * or its cache key, and in it the opening messages, since an agent's session has several conversations (its own, those of its
 * subagents, the naming of titles). Nothing of it leaves the process.
 */
export function nameSession(
  request: ChatRequest,
  fields: GatewayFields,
  headers: Exchange["headers"],
): string | undefined {
  const stated = statedSession(fields, headers) ?? cacheKeyOf(request) ?? headerValue(headers, "session-id");
  const opening = request.messages.find(({ role }) => role === "user") ?? request.messages[0];
  if (opening === undefined) return stated;
  let hash = startOfHash;
  if (stated === undefined) for (const { text } of request.system.slice(0, 2)) hash = hashText(hash, text);
  for (const part of opening.content.slice(0, 4)) if (part.type === "text") hash = hashText(hash, part.text);
  return `${stated ?? ""}\n${hash >>> 0}`;
}

/** OpenAI's `prompt_cache_key`, in either of its protocols. */
function cacheKeyOf({ extensions }: ChatRequest): string | undefined {
  const key = extensions["openai-responses"]?.prompt_cache_key ?? extensions["openai-chat"]?.prompt_cache_key;
  return typeof key === "string" ? key : undefined;
}

/** FNV-1a: no secret depends on it, and a collision costs a cache, no answer. */
const startOfHash = 0x811c9dc5;

function hashText(seed: number, text: string): number {
  let hash = Math.imul(seed ^ text.length, 0x01000193);
  const end = Math.min(text.length, openingLength);
  for (let at = 0; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
