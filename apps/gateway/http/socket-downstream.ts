import type { ServerResponse } from "node:http";
import type { Downstream } from "../pipeline/downstream.ts";

/** A Downstream over node's response. */
export class SocketDownstream implements Downstream {
  readonly #raw: ServerResponse;
  readonly #onDrain: Array<() => void> = [];

  constructor(raw: ServerResponse) {
    this.#raw = raw;
  }

  send(status: number, headers: Record<string, string>, body: string | Buffer): void {
    const raw = this.#raw;
    if (raw.headersSent || raw.destroyed) return;
    raw.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    raw.end(body);
  }

  startStream(headers: Record<string, string>): void {
    const raw = this.#raw;
    if (raw.headersSent || raw.destroyed) return;
    raw.writeHead(200, headers);
    raw.flushHeaders();
  }

  write(piece: string | Buffer): boolean {
    const raw = this.#raw;
    if (raw.destroyed || raw.writableEnded || raw.write(piece)) return true;
    // Most answers never wait, so nobody listens before one does.
    if (raw.listenerCount("drain") === 0) raw.once("drain", () => this.#drained());
    return false;
  }

  end(): void {
    if (!this.#raw.destroyed) this.#raw.end();
  }

  destroy(): void {
    this.#raw.destroy();
  }

  get headersSent(): boolean {
    return this.#raw.headersSent;
  }

  get closed(): boolean {
    return this.#raw.destroyed || this.#raw.closed;
  }

  onClose(listener: () => void): void {
    const raw = this.#raw;
    const tell = (): void => void (raw.writableFinished || listener());
    // It may have gone while its body was decompressed.
    if (this.closed) tell();
    else raw.once("close", tell);
  }

  /** Several attempts may be under way, each with an upstream of its own to wake. */
  onDrain(listener: () => void): void {
    this.#onDrain.push(listener);
  }

  #drained(): void {
    for (const listener of this.#onDrain) listener();
  }
}
