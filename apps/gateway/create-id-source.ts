import { randomFillSync } from "node:crypto";

const randomLength = 10;
const poolLength = 400 * randomLength;

/**
 * Makes ids of 32 letters and digits: milliseconds since 1970, then 80 random bits. Ids made one after the other sort in
 * that order, so that a table of them grows at its end: random ones would touch a page of the database each.
 * @param now Unix milliseconds
 */
export function createIdSource(now: () => number): () => string {
  const pool = Buffer.alloc(poolLength);
  let at = poolLength;
  let time = -1;
  let prefix = "";
  return () => {
    if (at === poolLength) {
      randomFillSync(pool);
      at = 0;
    }
    const current = now();
    if (current !== time) {
      time = current;
      prefix = time.toString(16).padStart(12, "0");
    }
    const id = prefix + pool.toString("hex", at, at + randomLength);
    at += randomLength;
    return id;
  };
}
