import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { ApiKeyStore } from "./api-key.ts";
import { createKey, hashKey } from "./create-key.ts";

/** The key with which the command line on this machine uses its own gateway. */
export interface LocalKey {
  key: string;
  created: boolean;
}

/** The name the key has in `keys list`. */
export const localKeyName = "local";

/**
 * Gives the key in `file`, or makes one when there is none or the one there is not valid any more (revoked, expired, or
 * of another database). The file is readable by its owner only.
 *
 * @param now Unix milliseconds.
 */
export async function ensureLocalKey(
  file: string,
  store: ApiKeyStore,
  now: () => number = Date.now,
): Promise<LocalKey> {
  const found = await findLocalKey(file, store, now);
  if (found !== undefined) return { key: found, created: false };

  const { key, record } = createKey(localKeyName, now());
  await store.insert(record);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, `${key}\n`, { mode: 0o600, flag: "wx" });
  try {
    if (!(await linkIfAbsent(draft, file))) {
      const other = await findLocalKey(file, store, now);
      if (other !== undefined) {
        // Another process made one at the same moment: one is enough.
        await store.revoke(record.id, now());
        return { key: other, created: false };
      }
      await rename(draft, file);
    }
  } finally {
    await rm(draft, { force: true });
  }
  return { key, created: true };
}

/** The key in `file` if it is there and valid. */
export async function findLocalKey(
  file: string,
  store: ApiKeyStore,
  now: () => number = Date.now,
): Promise<string | undefined> {
  const key = await readFile(file, "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
  if (key === undefined || key === "") return undefined;
  const digest = hashKey(key);
  const record = (await store.list()).find((candidate) => candidate.hash === digest);
  const valid = record !== undefined && record.revokedAt === null && (record.expiresAt ?? Infinity) > now();
  return valid ? key : undefined;
}

/** A hard link appears at once and whole, and only one process can make it. */
async function linkIfAbsent(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}
