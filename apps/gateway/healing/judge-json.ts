/** What is wrong with a text that should be a JSON object, if its meaning is clear all the same. */
export interface JudgedJson {
  /** The text, with backslashes that mean themselves written as JSON wants them. */
  text: string;
  /** Its last brackets are missing. */
  isUnclosed: boolean;
}

const literals = new Set(["true", "false", "null", "True", "False", "None"]);
const number = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const blank = /\s/;

/**
 * Reads broken JSON with an eye on what a repair would have to guess: a value that is cut off, a quote within a string, a
 * backslash that may be either, a bare word. A command or a file that was guessed is worse than none.
 * @returns undefined where the meaning is not clear
 */
export function judgeJson(text: string): JudgedJson | undefined {
  const closers: string[] = [];
  /** What came last: a string or number, a bracket, or one of `:` and `,`. */
  let last: "start" | "open" | "close" | "string" | "key" | "word" | "colon" | "comma" = "start";
  let result = "";
  let at = 0;

  while (at < text.length) {
    const char = text.charAt(at);
    if (blank.test(char)) {
      result += char;
      at += 1;
      continue;
    }
    const comment = readComment(text, at);
    if (comment > 0) {
      at += comment;
      continue;
    }
    const follows = last === "string" || last === "word" || last === "close" || last === "key";
    switch (char) {
      case "{":
      case "[":
        // A value that follows another one: which of them is meant?
        if (follows) return undefined;
        closers.push(char === "{" ? "}" : "]");
        last = "open";
        break;
      case "}":
      case "]":
        if (closers.pop() !== char || last === "colon" || last === "key") return undefined;
        last = "close";
        break;
      case ":":
        if (closers.at(-1) !== "}" || last !== "key") return undefined;
        last = "colon";
        break;
      case ",":
        if (!follows || last === "key") return undefined;
        last = "comma";
        break;
      default: {
        if (follows) return undefined;
        const isKey: boolean = closers.at(-1) === "}" && last !== "colon";
        const isQuoted = char === '"' || char === "'";
        const token = isQuoted ? readString(text, at) : readWord(text, at);
        if (token === undefined) return undefined;
        if (!isQuoted && !isKey && !literals.has(token.written) && !number.test(token.written)) return undefined;
        last = isKey ? "key" : isQuoted ? "string" : "word";
        result += token.written;
        at += token.length;
        continue;
      }
    }
    result += char;
    at += 1;
  }
  if (closers.length === 0) return last === "close" ? { text: result, isUnclosed: false } : undefined;
  // A number may have had more digits, and behind a comma there was something more.
  return last === "string" || last === "close" ? { text: result, isUnclosed: true } : undefined;
}

function readComment(text: string, at: number): number {
  if (text.startsWith("//", at)) {
    const end = text.indexOf("\n", at);
    return (end < 0 ? text.length : end) - at;
  }
  if (!text.startsWith("/*", at)) return 0;
  const end = text.indexOf("*/", at + 2);
  return (end < 0 ? text.length : end + 2) - at;
}

interface Token {
  written: string;
  length: number;
}

function readWord(text: string, at: number): Token | undefined {
  const written = /^[\w$.+-]+/.exec(text.slice(at, at + 256))?.[0];
  return written === undefined ? undefined : { written, length: written.length };
}

/** @returns undefined for a string that does not end, or whose backslashes may mean two things */
function readString(text: string, from: number): Token | undefined {
  const quote = text.charAt(from);
  let written = quote;
  let escapes = false;
  let literalBackslashes = false;
  for (let at = from + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === quote) {
      if (escapes && literalBackslashes) return undefined;
      return { written: written + quote, length: at + 1 - from };
    }
    if (char !== "\\") {
      written += char;
      continue;
    }
    const next = text.charAt(at + 1);
    if (next === "") return undefined;
    at += 1;
    if ('"\\/'.includes(next)) written += char + next;
    else if (next === "'") written += next === quote ? char + next : next;
    else if ("bfnrt".includes(next) || (next === "u" && /^[0-9a-fA-F]{4}/.test(text.slice(at + 1, at + 5)))) {
      escapes = true;
      written += char + next;
    } else {
      literalBackslashes = true;
      written += `\\\\${next}`;
    }
  }
  return undefined;
}
