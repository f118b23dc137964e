import type { ChatAnswer } from "../model/chat-answer.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/**
 * Puts what decode-choice.ts had no word for back together: annotations, images and audio, as fields of the message, and log
 * probabilities. A stream gives them in pieces.
 */
export function restoreOpaque({ opaqueEvents }: ChatAnswer): { fields: WireObject; logprobs: unknown } {
  let fields: unknown = {};
  let logprobs: unknown = null;
  for (const { protocol, value } of opaqueEvents ?? []) {
    if (protocol !== "openai-chat") continue;
    if (value.delta !== undefined) fields = merge(fields, value.delta, "");
    if (value.logprobs !== undefined) logprobs = merge(logprobs, value.logprobs, "");
  }
  return { fields: isObject(fields) ? fields : {}, logprobs };
}

function merge(before: unknown, value: unknown, field: string): unknown {
  if (Array.isArray(before) && Array.isArray(value)) return [...(before as unknown[]), ...(value as unknown[])];
  if (isObject(before) && isObject(value)) {
    const merged = { ...before };
    for (const [name, part] of Object.entries(value)) merged[name] = merge(merged[name], part, name);
    return merged;
  }
  const isPiece = field === "data" || field === "transcript";
  return isPiece && typeof before === "string" && typeof value === "string" ? before + value : value;
}
