import { hash, randomBytes } from "node:crypto";
import type { ApiKeyRecord, KeySettings } from "./api-key.ts";

const prefix = "sk-or-v1-";

/** A new key: the text, shown once, and what is stored of it. */
export interface CreatedKey {
  key: string;
  record: ApiKeyRecord;
}

/**
 * Makes an API key of 256 random bits: `sk-or-v1-` and 64 hex digits.
 *
 * @param now Unix milliseconds.
 * @param options.expiresAt Unix milliseconds.
 * @param options.random the source of randomness, for tests.
 */
export function createKey(
  name: string,
  now: number,
  options: Partial<KeySettings> & { expiresAt?: number; random?: (bytes: number) => Buffer } = {},
): CreatedKey {
  const random = options.random ?? randomBytes;
  const key = prefix + random(32).toString("hex");
  const record: ApiKeyRecord = {
    id: `key_${random(12).toString("hex")}`,
    name,
    hash: hashKey(key),
    label: `${prefix}...${key.slice(-4)}`,
    createdAt: now,
    revokedAt: null,
    expiresAt: options.expiresAt ?? null,
    models: options.models ?? null,
    resume: options.resume ?? null,
  };
  return { key, record };
}

/** Hex SHA-256. Plain is enough: there is no guessing 256 random bits, so slow hashing would only slow us down. */
export function hashKey(key: string): string {
  return hash("sha256", key, "hex");
}
