import { createHash } from "node:crypto";

/** OpenAI's limit; some vendors of other protocols have longer ones. */
const maxLength = 64;

/**
 * Makes the ids under which the upstream sees the calls of a conversation. They depend on nothing but the calls before them,
 * so that the same history always has the same bytes.
 */
export function createCallIds(): (id: string) => string {
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
