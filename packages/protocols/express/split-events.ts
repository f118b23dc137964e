const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Cuts a byte stream into runs of whole server-sent events; what is incomplete waits for the next chunk. */
export interface EventSplitter {
  /**
   * @returns the whole events that are there now, perhaps none, with LF line ends whatever the server's were
   * @throws RangeError when one event grows too long
   */
  take(chunk: Buffer): Buffer;
  /** The event that is not whole yet. */
  rest(): Buffer;
}

const none: Buffer = Buffer.alloc(0);
const maxEvent = 64 * 1024 * 1024;

export function createEventSplitter(): EventSplitter {
  /** The chunk before ended between a CR and what may be its LF. */
  let afterCarriageReturn = false;

  /** CRLF is rare: one native search tells that there is none. */
  function withLineFeeds(chunk: Buffer): Buffer {
    if (!afterCarriageReturn && !chunk.includes(carriageReturn)) return chunk;
    if (chunk.length === 0) return chunk;
    const from = afterCarriageReturn && chunk[0] === lineFeed ? 1 : 0;
    afterCarriageReturn = chunk.at(-1) === carriageReturn;
    return Buffer.from(chunk.toString("latin1", from).replaceAll(/\r\n?/g, "\n"), "latin1");
  }

  /** Pieces of an event that is not whole yet: put together once, as an event may have megabytes. */
  let waiting: Buffer[] = [];
  let waitingLength = 0;

  function keep(piece: Buffer): void {
    if (piece.length === 0) return;
    waiting.push(piece);
    waitingLength += piece.length;
    if (waitingLength > maxEvent) throw new RangeError("server-sent event too long");
  }

  return {
    take(chunk) {
      const more = withLineFeeds(chunk);
      const blankAcross = more[0] === lineFeed && waiting.at(-1)?.at(-1) === lineFeed;
      const end = endOfLastEvent(more) || (blankAcross ? 1 : 0);
      if (end === 0) {
        keep(more);
        return none;
      }
      const whole = end === more.length ? more : more.subarray(0, end);
      const events = waiting.length === 0 ? whole : Buffer.concat([...waiting, whole]);
      waiting = [];
      waitingLength = 0;
      keep(more.subarray(end));
      return events;
    },
    rest() {
      return waiting.length === 0 ? none : Buffer.concat(waiting);
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
