import { hash } from "node:crypto";

/** What binds a signature: the server's secret and the model. */
export type SignatureScope = { seed: string; model: string };

/** Google's ways to say that a history comes from elsewhere (ai.google.dev/gemini-api/docs/thought-signatures, FAQ). */
export const sentinels = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

const nonceLength = 12;

/** Makes the signature of a part. The nonce (12 letters) makes every one different. */
export function makeSignature(scope: SignatureScope, nonce: string): string {
  const padded = nonce.padEnd(nonceLength, "0").slice(0, nonceLength);
  return (
    btoa(`mock-thought-${padded}`).replace(/=+$/, "") +
    hash("sha256", JSON.stringify([scope.seed, scope.model, padded]), "base64url")
  );
}

/** Whether a signature was made here for this model. */
export function isOurs(scope: SignatureScope, signature: string): boolean {
  const start = Buffer.from(signature.slice(0, 34), "base64").toString("latin1");
  const nonce = start.slice("mock-thought-".length, "mock-thought-".length + nonceLength);
  return signature === makeSignature(scope, nonce);
}
