import {
  createAnswerAccumulator,
  type ChatError,
  type EncodeAnswerContext,
  type EncodedError,
  type ClientProtocol,
} from "@onerouter/protocols";
import type { Downstream } from "../downstream.ts";
import type { OpenAnswer } from "./open-answer.ts";

export interface FoldedAnswerOptions {
  downstream: Downstream;
  protocol: ClientProtocol;
  context: EncodeAnswerContext;
  encodeError(error: ChatError): EncodedError;
  /** Asked for once, when they are sent. */
  headers(): Record<string, string>;
}

/** An answer that is sent whole: the events of a stream, folded. Nothing reaches the client before the end. */
export function createFoldedAnswer(options: FoldedAnswerOptions): OpenAnswer {
  const { downstream } = options;
  let accumulator = createAnswerAccumulator();
  let ended = false;
  const forwarded: Array<Buffer | string> = [];

  function send(status: number, headers: Record<string, string>, body: string | Buffer): void {
    ended = true;
    downstream.send(status, headers, body);
  }

  return {
    // A failed attempt leaves nothing behind: the client has seen nothing of it.
    contentStarted: false,
    begun: false,
    numbersEvents: false,
    accept() {
      forwarded.length = 0;
    },
    emit(event) {
      if (ended) return;
      if (event.type === "start") accumulator = createAnswerAccumulator();
      accumulator.add(event);
      if (event.type !== "finish") return;
      send(
        200,
        options.headers(),
        JSON.stringify(options.protocol.encodeResponse(accumulator.answer(), options.context)),
      );
    },
    flush: () => true,
    forward(piece) {
      forwarded.push(piece);
      return true;
    },
    // The client has nothing before the end.
    catchUp: () => false,
    complete() {
      if (ended) return;
      const pieces = forwarded.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece));
      send(200, options.headers(), pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces));
    },
    fail(error) {
      if (ended) return;
      const encoded = options.encodeError(error);
      send(encoded.status, encoded.headers, JSON.stringify(encoded.body));
    },
    dispose() {
      ended = true;
    },
  };
}
