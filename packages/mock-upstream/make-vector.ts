import { createHash } from "node:crypto";

/** A vector of length 1 that the text decides: signed bytes of a chain of hashes, the first `dimensions` of so many. */
export function makeVector(text: string, most: number, dimensions: number): number[] {
  const vector: number[] = [];
  for (let block = 0; vector.length < most; block++) {
    const digest = createHash("sha256").update(`${block} ${text}`).digest();
    vector.push(...Array.from(digest, (byte) => byte - 127.5));
  }
  const cut = vector.slice(0, dimensions);
  const norm = Math.hypot(...cut);
  return cut.map((value) => Math.fround(value / norm));
}
