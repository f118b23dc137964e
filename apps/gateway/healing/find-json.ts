/** The object in a text that is more than it, and whether anything was left out. */
export interface FoundJson {
  text: string;
  hasExtra: boolean;
}

/**
 * Finds the one object that a text is about: in a code fence, between sentences, before stray brackets.
 * @returns undefined when there is none, or several that differ
 */
export function findJson(text: string): FoundJson | undefined {
  const from = text.indexOf("{");
  if (from < 0) return undefined;
  const to = findEnd(text, from);
  const found = text.slice(from, to);
  const before = text.slice(0, from);
  const after = text.slice(to);
  if (before.includes("}") || after.includes("{")) {
    return after.trim() === found.trim() && before.trim() === "" ? { text: found, hasExtra: true } : undefined;
  }
  return { text: found, hasExtra: before.trim() !== "" || after.trim() !== "" };
}

/** Behind the bracket that closes the one at `from`; the text's end if none does. */
function findEnd(text: string, from: number): number {
  let depth = 0;
  let quote = "";
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== "") {
      if (char === "\\") at += 1;
      else if (char === quote) quote = "";
    } else if (char === '"' || (char === "'" && opensString(text, at))) quote = char;
    else if (char === "{" || char === "[") depth += 1;
    else if (char === "}" || char === "]") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

/** An apostrophe within a bare word is no quote. */
function opensString(text: string, at: number): boolean {
  return !/\w/.test(text.charAt(at - 1));
}
