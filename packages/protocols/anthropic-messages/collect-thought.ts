import { endOfString } from "../express/end-of-string.ts";
import { parseData } from "../express/rewrite-events.ts";
import { isObject } from "../wire/json-object.ts";

/** The open thought of a stream that goes by unparsed. */
export interface CollectedThought {
  /** Takes a delta's event; `latin1` holds one character a byte. */
  append(latin1: string, bytes: Buffer): void;
  /** @throws SyntaxError when what went by was no JSON */
  text(): string;
  signature: string;
}

const key = '"thinking":"';

/** Keeps the text as the escaped JSON it came in: it is put together and parsed once, when its signature is sealed. */
export function collectThought(text: string, signature: string): CollectedThought {
  let raw = escape(text);
  return {
    append(latin1, bytes) {
      // Within a string the key's quotes would be escaped: wherever it stands, it is the key.
      const from = latin1.indexOf(key);
      if (from >= 0) {
        const begin = from + key.length;
        raw += latin1.slice(begin, endOfString(latin1, begin - 1));
        return;
      }
      const value = parseData(bytes);
      if (isObject(value?.delta) && typeof value.delta.thinking === "string") raw += escape(value.delta.thinking);
    },
    text: () => JSON.parse(`"${Buffer.from(raw, "latin1").toString("utf8")}"`) as string,
    signature,
  };
}

function escape(text: string): string {
  return Buffer.from(JSON.stringify(text).slice(1, -1)).toString("latin1");
}
