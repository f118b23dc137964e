/** The most that is kept of one answer, in bytes. */
const mostKept = 2 * 1024 * 1024;

/** What the express lane has forwarded of a stream, for the case that somebody else has to go on with it. */
export class ForwardedBytes {
  #pieces: Array<Buffer | string> | undefined = [];
  #length = 0;

  /** @returns false when it has grown too long to be kept */
  add(piece: Buffer | string): boolean {
    if (this.#pieces === undefined) return false;
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length > mostKept) this.#pieces = undefined;
    return this.#pieces !== undefined;
  }

  /** Undefined when not all of it was kept. */
  text(): string | undefined {
    const pieces = this.#pieces?.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece));
    return pieces === undefined ? undefined : Buffer.concat(pieces).toString("utf8");
  }
}
