import { randomUUID } from "node:crypto";

/**
 * A fresh id of 32 letters and digits: milliseconds since 1970, then 80 random bits. Ids made one after the other sort in
 * that order, so that a table of them grows at its end: random ones would touch a page of the database each.
 * @param now Unix milliseconds
 */
export function createId(now: number): string {
  return now.toString(16).padStart(12, "0") + randomUUID().replaceAll("-", "").slice(12);
}
