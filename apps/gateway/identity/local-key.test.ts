import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStorage } from "../storage/open-storage.ts";
import type { Storage } from "../storage/storage.ts";
import { ensureLocalKey, findLocalKey } from "./local-key.ts";

let folder: string;
let file: string;
let storage: Storage;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "onerouter-local-key-"));
  file = join(folder, "data", "local-key");
  storage = await openStorage({ url: "sqlite:onerouter.db", baseDir: folder });
});

afterEach(async () => {
  await storage.close();
  rmSync(folder, { recursive: true });
});

test("the key is made once, kept for its owner only, and found again", async () => {
  const made = await ensureLocalKey(file, storage.keys);
  expect(made).toEqual({ key: expect.stringMatching(/^sk-or-v1-/), created: true });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await ensureLocalKey(file, storage.keys)).toEqual({ key: made.key, created: false });
  expect(await findLocalKey(file, storage.keys)).toBe(made.key);
  expect((await storage.keys.list()).map(({ name }) => name)).toEqual(["local"]);
  expect(readdirSync(join(folder, "data"))).toEqual(["local-key"]);
});

test("a revoked, foreign or spoilt key is replaced", async () => {
  const first = await ensureLocalKey(file, storage.keys);
  await storage.keys.revoke("local", Date.now());
  expect(await findLocalKey(file, storage.keys)).toBeUndefined();
  const second = await ensureLocalKey(file, storage.keys);
  expect(second).toEqual({ key: expect.not.stringMatching(first.key), created: true });
  writeFileSync(file, "spoilt");
  const third = await ensureLocalKey(file, storage.keys);
  expect(third.created).toBe(true);
  expect(readFileSync(file, "utf8").trim()).toBe(third.key);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("several processes starting at once agree on one valid key", async () => {
  const made = await Promise.all(Array.from({ length: 5 }, () => ensureLocalKey(file, storage.keys)));
  expect(new Set(made.map(({ key }) => key)).size).toBe(1);
  expect((await storage.keys.list()).filter(({ revokedAt }) => revokedAt === null)).toHaveLength(1);
});
