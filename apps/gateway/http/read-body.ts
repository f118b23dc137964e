import type { IncomingMessage } from "node:http";
import { RequestError } from "@onerouter/protocols";
import { decodeBody } from "./decode-body.ts";

/** Pieces kept apart: one costs some hundred bytes beside its own, and a client may send single bytes. */
const mostPieces = 16_384;

/**
 * Reads a request body whole and takes its content-encoding off. Nothing is called when the client goes away meanwhile.
 * @param limit bytes, before and after decoding
 * @param take gets the body, or the RequestError 400, 413 or 415
 */
export function readBody(request: IncomingMessage, limit: number, take: (body: Buffer | Error) => void): void {
  if (Number(request.headers["content-length"]) > limit) {
    take(tooLarge());
    return;
  }
  let chunks: Buffer[] = [];
  let length = 0;
  request.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length <= limit) {
      chunks.push(chunk);
      if (chunks.length > mostPieces) chunks = [Buffer.concat(chunks, length)];
    } else {
      chunks = [];
      request.removeAllListeners("data").removeAllListeners("end").resume();
      take(tooLarge());
    }
  });
  request.on("end", () => {
    const [first] = chunks;
    const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, length);
    chunks = [];
    const encoding = request.headers["content-encoding"];
    if (encoding === undefined) take(body);
    else decodeBody(body, encoding, limit).then(take, take);
  });
}

function tooLarge(): RequestError {
  return new RequestError({ code: "request_too_large", message: "the request body is too large" });
}
