import { createHmac, timingSafeEqual } from "node:crypto";

/** What a sealed signature holds: who made the thought, and that provider's native signature (or encrypted data), if any. */
export interface SealedReasoning {
  /** Signatures are good only for the origin that made them, for example `anthropic/claude-sonnet-4-5`. */
  origin: string;
  native: string;
}

/**
 * Seals what an upstream needs back with its reasoning into the signature that every client returns unchanged.
 * Nothing is stored: the envelope is the state. It is bound by HMAC to the thought's text, so that a signature moved to
 * another thought, altered, foreign or empty does not open.
 */
export interface Sealer {
  seal(sealed: SealedReasoning, text: string): string;
  open(envelope: string | undefined, text: string): SealedReasoning | undefined;
}

const prefix = "or1.";
const macLength = 16;

/** @param secret at least 16 random bytes, the same on every node that shares sessions. */
export function createSealer(secret: Uint8Array): Sealer {
  function mac(payload: string, text: string): Buffer {
    return createHmac("sha256", secret).update(payload).update("\0").update(text).digest().subarray(0, macLength);
  }
  return {
    seal(sealed, text) {
      const payload = Buffer.from(`${sealed.origin}\n${sealed.native}`).toString("base64url");
      return `${prefix}${payload}.${mac(payload, text).toString("base64url")}`;
    },
    open(envelope, text) {
      if (envelope === undefined || !envelope.startsWith(prefix)) return undefined;
      const dot = envelope.indexOf(".", prefix.length);
      if (dot < 0) return undefined;
      const payload = envelope.slice(prefix.length, dot);
      const given = Buffer.from(envelope.slice(dot + 1), "base64url");
      if (given.length !== macLength || !timingSafeEqual(given, mac(payload, text))) return undefined;
      const plain = Buffer.from(payload, "base64url").toString();
      const newline = plain.indexOf("\n");
      return { origin: plain.slice(0, newline), native: plain.slice(newline + 1) };
    },
  };
}
