import { endOfString } from "./end-of-string.ts";

/**
 * Replaces the value of the top-level `model` in a JSON text without parsing it again. The text is known to parse.
 * @returns undefined when there is not exactly one such key with a plain string: then somebody has to look closer
 */
export function spliceModel(text: string, model: string): string | undefined {
  let depth = 0;
  let found: { from: number; to: number } | undefined;
  let expectKey = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x7b: // {
        depth++;
        expectKey = true;
        break;
      case 0x5b: // [
        depth++;
        expectKey = false;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth--;
        break;
      case 0x2c: // ,
        expectKey = depth === 1;
        break;
      case 0x22: {
        const end = endOfString(text, at);
        if (depth === 1 && expectKey) {
          expectKey = false;
          const key = text.slice(at + 1, end);
          // An escaped spelling of a key would hide from this comparison but not from the upstream.
          if (key.includes("\\")) return undefined;
          if (key === "model") {
            const from = text.indexOf('"', end + 1);
            if (found !== undefined || from < 0) return undefined;
            found = { from, to: endOfString(text, from) + 1 };
            at = found.to - 1;
            break;
          }
        }
        at = end;
        break;
      }
      default:
    }
  }
  return found === undefined ? undefined : text.slice(0, found.from) + JSON.stringify(model) + text.slice(found.to);
}
