import type { CallForm } from "./dialect.ts";

/** Arguments that are a JSON object, alone or in a code fence. */
export function jsonForm(end: string): CallForm {
  return {
    end,
    isWhole: (body) => endsOutsideStrings(body),
    read: (body) => unfence(body),
  };
}

function unfence(body: string): string {
  const text = body.trim();
  const match = /^```[a-z]*\n?/.exec(text);
  if (match === null) return text;
  return text
    .slice(match[0].length)
    .replace(/\n?```$/, "")
    .trim();
}

/** Whether the text does not end in a string, so that what follows it is no part of a value. */
function endsOutsideStrings(text: string): boolean {
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "\\" && inString) at += 1;
    else if (char === '"') inString = !inString;
  }
  return !inString;
}
