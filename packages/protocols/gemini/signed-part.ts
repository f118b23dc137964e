/**
 * On which kind of part Google put a signature: a thought, a function call, visible text, the end of a streamed text (a part
 * of its own, without text), or anything else. It has to come back on the same kind, so this is kept with it, in the native
 * form that travels sealed. Chat clients keep all thoughts of a message before its text, so the place alone does not tell.
 */
export type SignedKind = "thought" | "call" | "text" | "end" | "other";

const kinds: ReadonlySet<string> = new Set<SignedKind>(["thought", "call", "text", "end", "other"]);

/** @example markSignature("call", "EqQB==") // "call:EqQB==" */
export function markSignature(kind: SignedKind, signature: string): string {
  return `${kind}:${signature}`;
}

/** No kind: it was sealed by another protocol's decoder. */
export function readMarkedSignature(native: string): { kind: SignedKind; signature: string } | undefined {
  const colon = native.indexOf(":");
  const kind = native.slice(0, Math.max(0, colon));
  return kinds.has(kind) ? { kind: kind as SignedKind, signature: native.slice(colon + 1) } : undefined;
}
