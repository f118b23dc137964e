import type { ReceiptEntry, RequestPath } from "@onerouter/protocols";
import type { Principal } from "../identity/api-key.ts";

/** The client's side of one exchange, as the pipeline sees it; http/ implements it over a socket. */
export interface Downstream {
  /** Sends a whole answer and ends. */
  send(status: number, headers: Record<string, string>, body: string | Buffer): void;
  /** Sends status 200 and the headers of an event stream, now. */
  startStream(headers: Record<string, string>): void;
  /** Sends a piece of the stream. @returns false when the client reads slower than we write: wait for onDrain. */
  write(piece: string | Buffer): boolean;
  /** Ends the stream cleanly. */
  end(): void;
  /** Cuts the connection, so that the client knows the answer is incomplete. */
  destroy(): void;
  readonly headersSent: boolean;
  /** The client is gone before the end. */
  readonly closed: boolean;
  onClose(listener: () => void): void;
  onDrain(listener: () => void): void;
}

/** One client request as it came in. */
export interface Exchange {
  /** Id of the generation it becomes. */
  id: string;
  /** The same, as the client is told. */
  requestId: string;
  /** Milliseconds, Unix. */
  receivedAt: number;
  /** Whose key it came with. */
  principal: Principal;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Emptied when nobody needs it any more, see Generation.forgetPrompt. */
  body: Buffer;
  /** What the path says of the request, for protocols that put it there. */
  path?: RequestPath;
  /** What had to be left out before the request was decoded. */
  losses?: readonly ReceiptEntry[];
  downstream: Downstream;
}

/** The first value of a header. */
export function headerValue(headers: Exchange["headers"], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
