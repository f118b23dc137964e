import type { ChatError } from "../model/error.ts";
import type { StreamScanner } from "../protocol-contract.ts";
import { parseData, rewriteEvents, type Verdict } from "./rewrite-events.ts";
import { createEventSplitter } from "./split-events.ts";

/** What a protocol knows of its stream. */
export interface EventReader {
  /** Whether a stream whose first bytes are these is in the form that the lane knows. */
  isKnown(chunk: Buffer): boolean;
  /** Reads one event. `latin1` holds one character a byte, so that positions are byte positions. */
  judge(latin1: string, bytes: Buffer): Verdict;
  /** Nothing of what still comes is read. */
  isOver(): boolean;
  fail(error: ChatError): void;
  /** Whether the end of a stream is an event without its blank line; absent: if it is JSON. */
  isWhole?(rest: Buffer): boolean;
  /** The upstream has closed its stream: what it has left out, if nothing but that is missing. */
  complete?(): Buffer | undefined;
}

const nothing: Buffer = Buffer.alloc(0);
const blankLine = Buffer.from("\n\n");

/** The part of a scanner that all protocols of server-sent events share: whole events out of chunks, and the end. */
export function scanEvents(reader: EventReader): Pick<StreamScanner, "write" | "end"> {
  const { judge, isOver, fail, isWhole = isJson } = reader;
  const splitter = createEventSplitter();
  let known = false;

  return {
    write(chunk) {
      if (!known && !reader.isKnown(chunk)) return undefined;
      known = true;
      if (isOver()) return nothing;
      try {
        return rewriteEvents(splitter.take(chunk), judge, isOver);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        fail(invalid("the upstream sent an event that is too long"));
        return nothing;
      }
    },
    end() {
      if (isOver()) return nothing;
      // Some servers leave out the blank line after the last event; half of an event is none.
      const last = splitter.rest();
      const piece = rewriteEvents(isWhole(last) ? Buffer.concat([last, blankLine]) : nothing, judge, isOver);
      if (isOver()) return piece;
      const missing = reader.complete?.();
      if (missing !== undefined) return Buffer.concat([piece, missing]);
      fail(invalid("the upstream closed the stream before the answer was complete"));
      return piece;
    },
  };
}

function isJson(rest: Buffer): boolean {
  return parseData(rest) !== undefined;
}

/** For an answer that no client could follow. */
export function invalid(message: string): ChatError {
  return { code: "upstream_invalid_response", message };
}
