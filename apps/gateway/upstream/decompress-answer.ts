import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress, constants } from "node:zlib";
import type { Transform } from "node:stream";

/** Takes the content-encoding off an answer, piece by piece, on zlib's own threads. */
export interface Decompressor {
  write(chunk: Buffer): void;
  /** Everything was written. @param then when it has been given out; a cut answer is given out as far as it goes */
  end(then: () => void): void;
  pause(): void;
  resume(): void;
  destroy(): void;
}

// An answer that was cut is still worth what came of it: its reader tells whether it is whole.
const zlibOptions = { finishFlush: constants.Z_SYNC_FLUSH };
const openers: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(zlibOptions),
  "x-gzip": () => createGunzip(zlibOptions),
  deflate: () => createInflate(zlibOptions),
  br: () => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: () => createZstdDecompress({ finishFlush: constants.ZSTD_e_flush }),
};

/**
 * We ask for `identity`, but some servers and the proxies in front of them compress all the same.
 * @param encoding the header `content-encoding`
 * @returns undefined for an answer that is not compressed, or in a way that nobody knows
 */
export function createDecompressor(
  encoding: string | string[] | undefined,
  onData: (chunk: Buffer) => void,
  onError: () => void,
): Decompressor | undefined {
  const name = typeof encoding === "string" ? encoding.trim().toLowerCase() : "";
  if (!Object.hasOwn(openers, name)) return undefined;
  const stream = openers[name]?.();
  if (stream === undefined) return undefined;
  stream.on("error", onError).on("data", (chunk: Buffer) => {
    try {
      onData(chunk);
    } catch {
      // Thrown from here it would end the process.
      stream.destroy();
      onError();
    }
  });
  return {
    write: (chunk) => void stream.write(chunk),
    end: (then) => void stream.once("end", then).end(),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    destroy: () => void stream.destroy(),
  };
}
