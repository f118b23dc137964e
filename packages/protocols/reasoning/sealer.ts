import { hash, timingSafeEqual } from "node:crypto";

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
  /** Whose envelope it says it is, unverified: for a remark, never to send what is in it. */
  originOf(envelope: string): string | undefined;
}

const prefix = "or1.";
const macLength = 16;

/** @param secret at least 16 random bytes, the same on every node that shares sessions. */
export function createSealer(secret: Uint8Array): Sealer {
  const mac = createMac(secret);
  // Nearly all thoughts of a conversation come from one origin, without a native signature.
  let lastSealed: SealedReasoning = { origin: "", native: "" };
  let lastPayload = encodePayload(lastSealed);

  return {
    seal(sealed, text) {
      if (sealed.origin !== lastSealed.origin || sealed.native !== lastSealed.native) {
        lastSealed = sealed;
        lastPayload = encodePayload(sealed);
      }
      return `${prefix}${lastPayload}.${mac(lastPayload, text).toString("base64url")}`;
    },
    open(envelope, text) {
      if (envelope === undefined || !envelope.startsWith(prefix)) return undefined;
      const dot = envelope.indexOf(".", prefix.length);
      if (dot < 0) return undefined;
      const payload = envelope.slice(prefix.length, dot);
      const given = Buffer.from(envelope.slice(dot + 1), "base64url");
      if (given.length !== macLength || !timingSafeEqual(given, mac(payload, text))) return undefined;
      return payload === lastPayload ? lastSealed : decodePayload(payload);
    },
    originOf(envelope) {
      const dot = envelope.indexOf(".", prefix.length);
      if (!envelope.startsWith(prefix) || dot < 0) return undefined;
      const payload = envelope.slice(prefix.length, dot);
      return payload === lastPayload ? lastSealed.origin : decodePayload(payload).origin;
    },
  };
}

function encodePayload({ origin, native }: SealedReasoning): string {
  return Buffer.from(`${origin}\n${native}`).toString("base64url");
}

function decodePayload(payload: string): SealedReasoning {
  const plain = Buffer.from(payload, "base64url").toString();
  const newline = plain.indexOf("\n");
  return { origin: plain.slice(0, newline), native: plain.slice(newline + 1) };
}

const blockLength = 64;
const hashLength = 32;
const bytesPerCharacter = 3;

/**
 * HMAC-SHA256 (RFC 2104) by one-shot hashes over a buffer that is used again: node's createHmac makes a key object and a
 * stream for every call, which costs ten times as much as the hash of a thought, and a long session has hundreds to verify
 * with each request.
 */
function createMac(secret: Uint8Array): (payload: string, text: string) => Buffer {
  const key = Buffer.alloc(blockLength);
  key.set(secret.length > blockLength ? hash("sha256", secret, "buffer") : secret);
  const innerPad = key.map((byte) => byte ^ 0x36);
  const outer = Buffer.alloc(blockLength + hashLength);
  outer.set(key.map((byte) => byte ^ 0x5c));
  const usual = Buffer.alloc(16 * 1024);
  usual.set(innerPad);

  return (payload, text) => {
    const message = `${payload}\0${text}`;
    const needed = blockLength + bytesPerCharacter * message.length;
    const inner = needed <= usual.length ? usual : Buffer.concat([innerPad], needed);
    const length = blockLength + inner.write(message, blockLength);
    outer.set(hash("sha256", inner.subarray(0, length), "buffer"), blockLength);
    return hash("sha256", outer, "buffer").subarray(0, macLength);
  };
}
