import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, zstdDecompress, type InputType } from "node:zlib";
import { RequestError } from "@onerouter/protocols";

type Decompress = (body: InputType, options: { maxOutputLength: number }) => Promise<Buffer>;

/** The encodings of RFC 9110 and those that HTTP clients compress requests with today. */
const decompressors: Readonly<Record<string, Decompress>> = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

/** What a 415 offers instead (RFC 9110, 15.5.16). */
export const acceptedEncodings = "gzip, deflate, br, zstd";

/**
 * Takes the content-encoding off a request body, on zlib's own threads.
 *
 * @param limit bytes that it may have afterwards; a bomb is given up there.
 * @throws RequestError 413, 415, or 400 for what is not encoded as it says.
 */
export async function decodeBody(body: Buffer, encoding: string, limit: number): Promise<Buffer> {
  const name = encoding.trim().toLowerCase();
  if (name === "" || name === "identity") return body;
  const decompress = Object.hasOwn(decompressors, name) ? decompressors[name] : undefined;
  if (decompress === undefined) {
    const message = `content-encoding: only one of ${acceptedEncodings} is possible`;
    throw new RequestError({ code: "invalid_request", status: 415, message, param: "content-encoding" });
  }
  try {
    return await decompress(body, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new RequestError({ code: "request_too_large", message: "the request body is too large" });
    }
    const message = `content-encoding: the body is not ${name}`;
    throw new RequestError({ code: "invalid_request", message, param: "content-encoding" });
  }
}
