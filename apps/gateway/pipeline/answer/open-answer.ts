import type { ChatError, ChatEvent } from "@onerouter/protocols";

/**
 * The answer the client is waiting for, whoever ends up giving it. Attempts write into it; as long as `contentStarted` is
 * false another attempt may take over without the client noticing.
 */
export interface OpenAnswer {
  /** A byte of content has been given to the client, or is about to be. */
  readonly contentStarted: boolean;
  /** The client has been told that an answer begins, in our words: no upstream's own beginning may follow. */
  readonly begun: boolean;
  /** What follows has to agree with what was forwarded before, and be it an error. */
  readonly numbersEvents: boolean;
  /**
   * An upstream has accepted the request. What it says is still to come, and may be an error.
   * @param forwards the upstream's own bytes will be forwarded, its beginning among them
   */
  accept(forwards: boolean): void;
  emit(event: ChatEvent): void;
  /** Hands what was emitted to the client. @returns false when the client is slow: wait for its drain. */
  flush(): boolean;
  /** Express lane: the upstream's own bytes, content among them if `content`. */
  forward(piece: Buffer | string, content: boolean): boolean;
  /**
   * Express lane: what is emitted meanwhile has been forwarded, and the client is not told it again.
   * @param forwarded the bytes it has
   * @returns false when nothing but an error can follow
   */
  catchUp(forwarded: string, emitForwarded: () => void): boolean;
  /** Express lane: the upstream's answer is complete. */
  complete(): void;
  /** No attempt will finish this answer: end it in the way that makes this client try again. */
  fail(error: ChatError): void;
  /** Stops timers. */
  dispose(): void;
}
