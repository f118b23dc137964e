const lineFeed = 0x0a;

/** Cuts a byte stream into runs of whole server-sent events; what is incomplete waits for the next chunk. */
export interface EventSplitter {
  /** @returns the whole events that are there now, perhaps none. @throws RangeError when one event grows too long. */
  take(chunk: Buffer): Buffer;
  readonly rest: Buffer;
}

const none = Buffer.alloc(0);
const maxEvent = 64 * 1024 * 1024;

export function createEventSplitter(): EventSplitter {
  let rest: Buffer = none;
  return {
    take(chunk) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const end = endOfLastEvent(bytes);
      rest = end === bytes.length ? none : bytes.subarray(end);
      if (rest.length > maxEvent) throw new RangeError("server-sent event too long");
      return end === 0 ? none : bytes.subarray(0, end);
    },
    get rest() {
      return rest;
    },
  };
}

function endOfLastEvent(bytes: Buffer): number {
  for (let at = bytes.length - 1; at > 0; at--) {
    at = bytes.lastIndexOf(lineFeed, at);
    if (at <= 0) return 0;
    if (bytes[at - 1] === lineFeed) return at + 1;
  }
  return 0;
}
