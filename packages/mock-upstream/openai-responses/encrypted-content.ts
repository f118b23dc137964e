import { hash } from "node:crypto";

/** What binds encrypted content: the server's secret, the API key (OpenAI: the organisation) and the model. */
export type EncryptionScope = { seed: string; apiKey: string; model: string };

const head = "gAAAAA";

/** Seals a text (a reasoning item's id, a compaction's summary) for one credential and model. */
export function encrypt(scope: EncryptionScope, text: string): string {
  return `${head}${Buffer.from(text).toString("base64url")}.${sealOf(scope, text)}`;
}

/** The text that was sealed here for this credential and model, or undefined. */
export function decrypt(scope: EncryptionScope, sealed: string): string | undefined {
  const [start = "", seal] = sealed.split(".", 2);
  if (!start.startsWith(head)) return undefined;
  const text = Buffer.from(start.slice(head.length), "base64url").toString();
  return seal === sealOf(scope, text) ? text : undefined;
}

function sealOf(scope: EncryptionScope, text: string): string {
  return hash("sha256", JSON.stringify([scope.seed, scope.apiKey, scope.model, text]), "base64url");
}
