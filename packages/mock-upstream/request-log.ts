import type { IncomingHttpHeaders } from "node:http";
import type { Fault } from "./faults/fault.ts";

/** One request as the mock saw it. */
export type RecordedRequest = {
  method: string;
  /** Path with the query. */
  path: string;
  headers: IncomingHttpHeaders;
  /** The parsed JSON body; the text when it is not JSON; undefined when there was none. */
  body: unknown;
  /** Size of the body in bytes. */
  bytes: number;
  /** When it arrived, in milliseconds since 1970. */
  at: number;
  /** The status answered with, once there is one. */
  status?: number;
  /** Whether the client went away before the answer was complete, or the mock cut it off. */
  aborted: boolean;
  /** Whether the exchange is over. */
  finished: boolean;
  /** What was wrong with the answer on purpose, mixtures drawn. */
  fault?: Fault;
  /** The last that was sent of an answer which a fault cut off. */
  cutAfter?: string;
  /** The reason of a refusal. */
  refusal?: string;
  /** Estimated prompt tokens, and those the simulated prefix cache knew. */
  promptTokens?: number;
  cachedTokens?: number;
  /** Whether an earlier request of the same API key is, byte for byte of its tools and messages, a prefix of this one. */
  prefixOfPrevious?: boolean;
};

/** Keeps the latest requests, bounded by number and by bytes. The newest is always kept. */
export class RequestLog {
  readonly entries: RecordedRequest[] = [];
  readonly #maxCount: number;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(limits: { maxCount: number; maxBytes: number }) {
    this.#maxCount = limits.maxCount;
    this.#maxBytes = limits.maxBytes;
  }

  add(entry: RecordedRequest): void {
    this.entries.push(entry);
    this.#bytes += entry.bytes;
    while (this.entries.length > 1 && (this.entries.length > this.#maxCount || this.#bytes > this.#maxBytes)) {
      this.#bytes -= this.entries.shift()?.bytes ?? 0;
    }
  }

  clear(): void {
    this.entries.length = 0;
    this.#bytes = 0;
  }
}
