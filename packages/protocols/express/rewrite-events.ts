import { isObject, type WireObject } from "../wire/json-object.ts";

/** What becomes of an event: it goes on as it is, is left out, or goes on in other words. */
export type Verdict = { action: "forward" } | { action: "drop" } | { action: "replace"; text: string | Buffer };

export const forward: Verdict = { action: "forward" };
export const drop: Verdict = { action: "drop" };

export function replaceBy(text: string | Buffer): Verdict {
  return { action: "replace", text };
}

/**
 * Runs over whole events and gives the bytes to forward: the same buffer when nothing was changed.
 * `judge` gets one character a byte (latin1), so that positions are byte positions.
 */
export function rewriteEvents(
  events: Buffer,
  judge: (latin1: string, bytes: Buffer) => Verdict,
  isOver: () => boolean,
): Buffer {
  const text = events.toString("latin1");
  const pieces: Buffer[] = [];
  let kept = 0;
  let from = 0;
  while (from < text.length && !isOver()) {
    const blank = text.indexOf("\n\n", from);
    const to = blank < 0 ? text.length : blank + 2;
    const verdict = judge(text.slice(from, to), events.subarray(from, to));
    if (verdict.action !== "forward") {
      if (from > kept) pieces.push(events.subarray(kept, from));
      if (verdict.action === "replace") pieces.push(bytesOf(verdict.text));
      kept = to;
    }
    from = to;
  }
  if (kept === 0 && from === text.length) return events;
  if (from > kept) pieces.push(events.subarray(kept, from));
  return Buffer.concat(pieces);
}

export function bytesOf(text: string | Buffer): Buffer {
  return typeof text === "string" ? Buffer.from(text) : text;
}

/** The JSON object in an event's data. */
export function parseData(bytes: Buffer): WireObject | undefined {
  const at = bytes.indexOf("data:");
  if (at < 0) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8", at + 5));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
