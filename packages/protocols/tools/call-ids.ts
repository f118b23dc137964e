import { createHash } from "node:crypto";

/**
 * Makes the ids under which an upstream sees the calls of a conversation; to be asked once for each call, in order. They
 * depend on nothing but the calls before them, so that the same history always has the same bytes.
 * @param maxLength OpenAI's limits are shorter than the ids of some vendors
 */
export function createCallIds(maxLength: number): (id: string) => string {
  const used = new Set<string>();
  return (id) => {
    let wireId = id.length > maxLength ? shorten(id) : id;
    // Some vendors number the calls of each answer from 0, so that a history holds the same id several times.
    for (let copy = 2; used.has(wireId); copy++) wireId = shorten(`${id}#${copy}`);
    used.add(wireId);
    return wireId;
  };
}

function shorten(id: string): string {
  return `call_${createHash("sha256").update(id).digest("hex").slice(0, 24)}`;
}
