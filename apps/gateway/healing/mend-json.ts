import { jsonrepair } from "jsonrepair";
import { findJson } from "./find-json.ts";
import { judgeJson } from "./judge-json.ts";
import type { Mending } from "./mending.ts";

export interface MendedJson {
  value: unknown;
  /** The JSON text that the value was read from. */
  json: string;
  mendings: Mending[];
}

/** How deep JSON may lie within JSON strings. */
const maxEncodings = 3;

/**
 * Reads arguments that should be a JSON object. What is JSON is read as it is; what is not is mended only where nothing has
 * to be guessed.
 * @returns undefined where something would have to be
 */
export function mendJson(text: string, encodings = 0): MendedJson | undefined {
  const read = parse(text) ?? mend(text);
  if (typeof read?.value !== "string" || encodings === maxEncodings) return read;
  const inner = mendJson(read.value, encodings + 1);
  return inner === undefined
    ? undefined
    : { ...inner, mendings: [...read.mendings, "double-encoded", ...inner.mendings] };
}

function mend(text: string): MendedJson | undefined {
  const found = findJson(text);
  if (found === undefined) return undefined;
  const extra: Mending[] = found.hasExtra ? ["extra-text"] : [];
  const clean = parse(found.text);
  if (clean !== undefined) return { ...clean, mendings: extra };
  const judged = judgeJson(found.text);
  if (judged === undefined) return undefined;
  // Nothing but its brackets may be missing.
  const kind: Mending = judged.isUnclosed && parse(close(judged.text)) !== undefined ? "unclosed" : "syntax";
  const mendings = judged.isUnclosed && kind === "syntax" ? (["syntax", "unclosed"] as const) : [kind];
  try {
    const json = jsonrepair(judged.text);
    return { value: JSON.parse(json), json, mendings: [...extra, ...mendings] };
  } catch {
    return undefined;
  }
}

function parse(text: string): MendedJson | undefined {
  try {
    return { value: JSON.parse(text), json: text, mendings: [] };
  } catch {
    return undefined;
  }
}

/** The text with the brackets that it lacks. Its strings are whole. */
function close(text: string): string {
  const closers: string[] = [];
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (inString) {
      if (char === "\\") at += 1;
      else inString = char !== '"';
    } else if (char === '"') inString = true;
    else if (char === "{") closers.push("}");
    else if (char === "[") closers.push("]");
    else if (char === "}" || char === "]") closers.pop();
  }
  return text + closers.reverse().join("");
}
