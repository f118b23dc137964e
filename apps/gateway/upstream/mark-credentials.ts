import { hash } from "node:crypto";

/** Hex digits of a mark: enough to tell credentials apart, far too few to find one by. */
const markLength = 12;

/** Tells credentials apart without naming them; the same one has the same mark at every provider. */
export function createCredentialMarks(): (credential: string) => string {
  const known = new Map<string, string>();
  return (credential) => {
    let mark = known.get(credential);
    if (mark === undefined) known.set(credential, (mark = hash("sha256", credential, "hex").slice(0, markLength)));
    return mark;
  };
}
