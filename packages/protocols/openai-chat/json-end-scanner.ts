/** Watches a JSON text arrive in pieces and tells where its outermost object or array ends. */
export interface JsonEndScanner {
  /** @returns how many characters of the piece belong to the value; fewer than all once it is complete */
  feed(text: string): number;
  readonly complete: boolean;
}

const quote = 34;
const backslash = 92;

/** Counts brackets outside of strings, one look at each character: JSON.parse on every piece would be quadratic. */
export function createJsonEndScanner(): JsonEndScanner {
  let depth = 0;
  let inString = false;
  let escaped = false;
  const scanner = {
    complete: false,
    feed(text: string): number {
      if (scanner.complete) return 0;
      for (let at = 0; at < text.length; at++) {
        const char = text.charCodeAt(at);
        if (inString) {
          if (escaped) escaped = false;
          else if (char === backslash) escaped = true;
          else if (char === quote) inString = false;
        } else if (char === quote) inString = true;
        else if (char === 123 || char === 91) depth++;
        else if (char === 125 || char === 93) {
          // A bracket too many is broken JSON, which has no end to find.
          depth = Math.max(depth - 1, -1);
          if (depth === 0) {
            scanner.complete = true;
            return at + 1;
          }
        }
      }
      return text.length;
    },
  };
  return scanner;
}
