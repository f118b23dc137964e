import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import { createKeyRing } from "../identity/key-ring.ts";
import { openStorage } from "./open-storage.ts";

const folder = mkdtempSync(join(tmpdir(), "onerouter-migrate-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A database file of an older OneRouter. */
function makeOld(name: string): string {
  const file = join(folder, name);
  const db = new DatabaseSync(file);
  db.exec(readFileSync(new URL("__fixtures__/before-key-settings.sql", import.meta.url), "utf8"));
  db.close();
  return file;
}

test("keys of a database without settings are as they were, without restrictions, and can be given some", async () => {
  const url = `sqlite:${makeOld("keys.db")}`;
  const storage = await openStorage({ url, baseDir: folder });
  const unset = { models: null, resume: null };
  expect(await storage.keys.list()).toMatchObject([
    { id: "key_1", name: "ci", label: "sk-or-v1-...abab", createdAt: 1_800_000_000_000, revokedAt: null, ...unset },
    { id: "key_2", revokedAt: 1_800_000_000_009, ...unset },
    { id: "key_3", expiresAt: 1_900_000_000_000, ...unset },
  ]);
  const ring = await createKeyRing(storage.keys);
  const key = `sk-or-v1-${"ab".repeat(32)}`;
  expect(ring.authenticate(key)).toEqual({ keyId: "key_1", keyName: "ci", models: undefined, resume: undefined });
  ring.close();
  expect(await storage.settings.getOrCreate("sealing_secret", "another")).toBe("c2VjcmV0");
  expect(await storage.generations.find("gen-1")).toMatchObject({ costPicodollars: 9_007_199_254_740_993n });
  await storage.keys.update("ci", { models: ["a/*"], resume: false });
  await storage.close();

  const again = await openStorage({ url, baseDir: folder });
  expect((await again.keys.list())[0]).toMatchObject({ id: "key_1", models: ["a/*"], resume: false });
  await again.close();
});

test("two processes that open an old database at once migrate it once", async () => {
  const file = makeOld("two.db");
  const open = () => openStorage({ url: `sqlite:${file}`, baseDir: folder });
  const both = await Promise.all([open(), open()]);
  await Promise.all(both.map((storage) => storage.close()));
  const db = new DatabaseSync(file, { readOnly: true });
  const names = db.prepare("select name from migrations order by position").all();
  db.close();
  expect(names.map(({ name }) => name)).toEqual(["first-tables", "route-plans", "key-settings"]);
});

test("a database that a newer OneRouter has changed is left alone", async () => {
  const file = makeOld("newer.db");
  const db = new DatabaseSync(file);
  db.exec("insert into migrations values (2, 'key-settings'), (3, 'of tomorrow')");
  db.close();
  const opening = openStorage({ url: `sqlite:${file}`, baseDir: folder });
  await expect(opening).rejects.toThrow("made by another version of OneRouter (migration of tomorrow)");
});
