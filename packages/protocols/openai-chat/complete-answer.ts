import { isObject, type WireObject } from "../wire/json-object.ts";
import { showThought, showThoughtInChunk } from "./show-thought.ts";

/*
 * What a provider's own answer lacks for some client that reads it, added on the express lane. Of `system_fingerprint`,
 * @openrouter/sdk wants null or a string in a whole answer, and in a chunk a string or nothing.
 */

/** Completes a chat.completion object, in place. */
export function completeAnswer(body: WireObject): void {
  body.system_fingerprint ??= null;
  if (!Array.isArray(body.choices)) return;
  for (const choice of body.choices) {
    if (isObject(choice) && isObject(choice.message)) showThought(choice.message);
  }
}

const noFingerprint = /,\s*"system_fingerprint":\s*null|"system_fingerprint":\s*null\s*,\s*/;

/** Completes one chunk of a stream, unparsed. @returns the same string when there is nothing to do */
export function completeChunk(chunk: string): string {
  const shown = showThoughtInChunk(chunk) ?? chunk;
  // Unescaped quotes do not stand within a string, so this is the key.
  return shown.includes('"system_fingerprint"') ? shown.replace(noFingerprint, "") : shown;
}
