import type { ServerResponse } from "node:http";
import { setImmediate as nextTick, setTimeout as sleep } from "node:timers/promises";
import type { Answer, Framing, WireEvent } from "../answer.ts";
import { estimateTokens } from "../estimate-tokens.ts";
import type { Fault } from "./fault.ts";
import { contentTypes, frameEvent } from "./frame-event.ts";

/**
 * Sends an answer, with whatever the fault does to it on the way. Resolves when the answer is over, however it ended.
 *
 * @returns what was sent last, if the fault cut the answer off
 */
export async function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  fault: Fault,
  errorEvent: (type: string) => WireEvent,
  signal: AbortSignal,
): Promise<string | undefined> {
  const asJson = answer.kind === "json" || fault.type === "json";
  const body = answer.kind === "json" ? answer.body : answer.whole;
  const framing = (answer.kind === "stream" && answer.framing) || "sse";
  const extra = answer.kind === "json" ? answer.headers : undefined;
  response.statusCode = answer.kind === "json" ? answer.status : 200;
  for (const [name, value] of Object.entries(extra ?? {})) response.setHeader(name, value);
  if (asJson && isUntouched(fault)) {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(body));
    return undefined;
  }
  response.setHeader("content-type", asJson ? "application/json" : streamType(fault, framing));
  if (!asJson) response.setHeader("cache-control", "no-cache");
  response.flushHeaders();
  const pieces = asJson
    ? cutJson(JSON.stringify(body))
    : frameAll(answer.kind === "stream" ? answer.events : [], fault, framing);
  const frameError = (type: string, isFirst: boolean) =>
    frameEvent(errorEvent(type), { framing, styles: fault.sse ?? [], isFirst, isLast: framing === "json-array" });
  const writer = new PieceWriter(response, fault.bytes, signal);
  await sendPieces(writer, pieces, fault, frameError, signal);
  return fault.cut === undefined ? undefined : writer.last.toString();
}

/** One write of the answer: an event of a stream, or a slice of a JSON body. */
type Piece = { bytes: string | Buffer; tokens: number };

async function sendPieces(
  writer: PieceWriter,
  pieces: Piece[],
  fault: Fault,
  frameError: (type: string, isFirst: boolean) => string | Buffer,
  signal: AbortSignal,
): Promise<void> {
  const { cut, silence, end, error } = fault;
  if (cut?.at === "headers") return writer.destroy();
  const cutAt = cut === undefined ? undefined : eventToCutAt(cut, pieces.length);
  let spoken = false;
  for (const [sent, piece] of pieces.entries()) {
    if (silence?.events === sent) await wait(silence.ms, signal);
    if (cutAt === sent) return writer.destroy();
    if (end === sent) return writer.end();
    if (error?.events === sent) {
      await writer.write(frameError(error.type, sent === 0));
      return writer.end();
    }
    if (piece.tokens > 0 && !spoken) {
      spoken = true;
      if (fault.ttft) await wait(fault.ttft, signal);
    }
    if (piece.tokens > 0 && fault.rate) await wait((piece.tokens / fault.rate) * 1000, signal);
    if (signal.aborted) return writer.destroy();
    if (cut?.at === "bytes" && writer.written + Buffer.byteLength(piece.bytes) > cut.count) {
      await writer.write(Buffer.from(piece.bytes).subarray(0, cut.count - writer.written));
      return writer.destroy();
    }
    await writer.write(piece.bytes);
  }
  // A fault that waits for more events than there are still happens, at the end.
  if (silence && silence.events >= pieces.length) await wait(silence.ms, signal);
  if (cut) return writer.destroy();
  writer.end();
}

function eventToCutAt(cut: NonNullable<Fault["cut"]>, events: number): number | undefined {
  if (cut.at === "events") return cut.count;
  // In the middle: something has been sent, and something is missing.
  return cut.at === "share" ? Math.min(events - 1, Math.max(1, Math.floor((events * cut.percent) / 100))) : undefined;
}

/** Writes to the response, splitting the bytes where the fault wants it and holding back when the client is slow. */
class PieceWriter {
  /** Bytes so far. */
  written = 0;
  /** What was written last. */
  last: string | Buffer = "";
  #flushed = Promise.resolve();
  readonly #response: ServerResponse;
  readonly #splitAt: number | undefined;
  readonly #signal: AbortSignal;

  constructor(response: ServerResponse, splitAt: number | undefined, signal: AbortSignal) {
    this.#response = response;
    this.#splitAt = splitAt;
    this.#signal = signal;
  }

  async write(piece: string | Buffer): Promise<void> {
    const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
    this.written += bytes.length;
    this.last = piece;
    const step = this.#splitAt ?? bytes.length;
    for (let at = 0; at < bytes.length && !this.#signal.aborted; at += step) {
      let isRoom = true;
      this.#flushed = new Promise((resolve) => {
        isRoom = this.#response.write(bytes.subarray(at, at + step), () => resolve());
      });
      // Letting the event loop turn keeps Node from gluing the slices together again.
      if (this.#splitAt !== undefined) await nextTick();
      else if (!isRoom) await this.#flushed;
    }
  }

  end(): void {
    if (!this.#signal.aborted) this.#response.end();
  }

  /** Destroys the socket once everything written has left, so that a cut is at the byte the fault names. */
  async destroy(): Promise<void> {
    await this.#flushed;
    this.#response.socket?.destroy();
  }
}

/** Waits, but no longer than the client or the server stays. An endless wait ends with them too. */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || ms <= 0) return;
  const longest = 2 ** 31 - 1;
  await sleep(Math.min(ms, longest), undefined, { signal }).catch(() => undefined);
}

function isUntouched(fault: Fault): boolean {
  const { cut, silence, end, ttft, rate, bytes } = fault;
  return [cut, silence, end, ttft, rate, bytes].every((one) => one === undefined);
}

function streamType(fault: Fault, framing: Framing): string {
  return fault.type === "text" ? "text/plain; charset=utf-8" : contentTypes[framing];
}

function frameAll(events: WireEvent[], fault: Fault, framing: Framing): Piece[] {
  const last = events.length - 1;
  return events.map((event, index) => ({
    bytes: frameEvent(event, { framing, styles: fault.sse ?? [], isFirst: index === 0, isLast: index === last }),
    tokens: event.content ? estimateTokens(event.data) : 0,
  }));
}

// A JSON body has no events; slices of it let the same faults cut or slow it.
function cutJson(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length; at += 64) {
    const bytes = text.slice(at, at + 64);
    pieces.push({ bytes, tokens: estimateTokens(bytes) });
  }
  return pieces;
}
