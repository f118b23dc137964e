import { hash } from "node:crypto";

/** What binds a signature: the server's secret and the model. */
export type SignatureScope = { seed: string; model: string };

const nonceLength = 9;
const signedMark = "mock-signature:";
const redactedMark = "mock-redacting:";
const headLength = 32;

/** Signs a thinking text for one model. The nonce makes signatures differ even where the text is hidden or repeated. */
export function signThinking(scope: SignatureScope, text: string, nonce: string): string {
  return seal(scope, signedMark, text, nonce);
}

/** Whether the signature was made here, for this model, over this text. */
export function isSigned(scope: SignatureScope, text: string, signature: string): boolean {
  return isSealed(scope, signedMark, text, signature);
}

/** The opaque data of a redacted_thinking block. */
export function makeRedacted(scope: SignatureScope, nonce: string): string {
  return seal(scope, redactedMark, "", nonce);
}

/** Whether the data of a redacted_thinking block was made here, for this model. */
export function isRedacted(scope: SignatureScope, data: string): boolean {
  return isSealed(scope, redactedMark, "", data);
}

// The head (mark and nonce, 24 bytes) fills 32 characters of base64 exactly, the keyed hash follows. A long session brings
// hundreds of signatures with every request, so this is one call of the hash where an HMAC object would be several.
function seal(scope: SignatureScope, mark: string, text: string, nonce: string): string {
  const padded = nonce.padEnd(nonceLength, "0").slice(0, nonceLength);
  return btoa(mark + padded) + hash("sha256", JSON.stringify([scope.seed, mark, scope.model, padded, text]), "base64");
}

function isSealed(scope: SignatureScope, mark: string, text: string, sealed: string): boolean {
  const head = Buffer.from(sealed.slice(0, headLength), "base64").toString("latin1");
  return head.startsWith(mark) && seal(scope, mark, text, head.slice(mark.length)) === sealed;
}
