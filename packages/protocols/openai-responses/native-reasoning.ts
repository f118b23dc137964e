import { isObject, type WireObject } from "../wire/json-object.ts";

/*
 * A reasoning item as its provider made it, beside the text that the hub has of it: what the envelope holds as the native
 * signature. OpenAI verifies that encrypted content returns under the id it was made for, or under none (BerriAI/litellm
 * #14991), so the id belongs to it. How the text was cut into parts is told by their lengths.
 */

/** What stands between the parts of a thought in the hub. */
export const partSeparator = "\n\n";

/** A part of a thought: of the summary, or of the thought itself (`reasoning_text` of models whose thoughts are open). */
export interface ThoughtPart {
  kind: "summary" | "content";
  length: number;
}

export interface NativeReasoning {
  id?: string;
  encrypted?: string;
  parts: ThoughtPart[];
}

/** Reads the parts of a whole item, in order; empty ones are none. */
export function readThought(item: WireObject): { text: string; parts: ThoughtPart[] } {
  const parts: ThoughtPart[] = [];
  const texts: string[] = [];
  for (const kind of ["summary", "content"] as const) {
    const list = item[kind];
    if (!Array.isArray(list)) continue;
    for (const part of list) {
      if (!isObject(part) || typeof part.text !== "string" || part.text === "") continue;
      parts.push({ kind, length: part.text.length });
      texts.push(part.text);
    }
  }
  return { text: texts.join(partSeparator), parts };
}

/** @param parts how the text that the hub has was put together */
export function encodeNative(item: WireObject, parts: readonly ThoughtPart[]): string {
  const id = typeof item.id === "string" && item.id !== "" ? item.id : null;
  const encrypted =
    typeof item.encrypted_content === "string" && item.encrypted_content !== "" ? item.encrypted_content : null;
  // Lengths of content are negative.
  return JSON.stringify([id, encrypted, ...parts.map(({ kind, length }) => (kind === "summary" ? length : -length))]);
}

/** Undefined for what was not made by `encodeNative`. */
export function decodeNative(native: string): NativeReasoning | undefined {
  // A long conversation has hundreds of thoughts without one, and an exception costs more than all the rest of their way.
  if (!native.startsWith("[")) return undefined;
  let list: unknown;
  try {
    list = JSON.parse(native);
  } catch {
    return undefined;
  }
  if (!Array.isArray(list) || list.length < 2) return undefined;
  const [id, encrypted, ...lengths] = list as unknown[];
  const result: NativeReasoning = { parts: [] };
  if (typeof id === "string") result.id = id;
  if (typeof encrypted === "string") result.encrypted = encrypted;
  for (const length of lengths) {
    if (typeof length !== "number") return undefined;
    result.parts.push(length > 0 ? { kind: "summary", length } : { kind: "content", length: -length });
  }
  return result;
}

/** The item as it was. */
export function restoreItem({ id, encrypted, parts }: NativeReasoning, text: string): WireObject {
  const summary: WireObject[] = [];
  const content: WireObject[] = [];
  let from = 0;
  for (const { kind, length } of parts) {
    const piece = text.slice(from, from + length);
    from += length + partSeparator.length;
    if (kind === "summary") summary.push({ type: "summary_text", text: piece });
    else content.push({ type: "reasoning_text", text: piece });
  }
  return {
    type: "reasoning",
    ...(id === undefined ? {} : { id }),
    summary,
    ...(content.length === 0 ? {} : { content }),
    ...(encrypted === undefined ? {} : { encrypted_content: encrypted }),
  };
}

/** Marks an envelope whose thought is hidden altogether: beside it an envelope signs a thought that may be empty. */
const redactedMark = "redacted.";

export function writeRedacted(envelope: string): string {
  return redactedMark + envelope;
}

/** The envelope in `encrypted_content`, and whether the thought is hidden. */
export function readEnvelope(encrypted: string): { envelope: string; isRedacted: boolean } {
  return encrypted.startsWith(redactedMark)
    ? { envelope: encrypted.slice(redactedMark.length), isRedacted: true }
    : { envelope: encrypted, isRedacted: false };
}
