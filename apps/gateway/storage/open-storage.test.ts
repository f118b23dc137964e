import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test, vi } from "vitest";
import { databaseFile, openStorage } from "./open-storage.ts";
import { describeStorageContract, makeKey } from "./storage-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "onerouter-storage-"));
afterAll(() => rmSync(folder, { recursive: true }));

describeStorageContract("SQLite", () => openStorage({ url: "sqlite:contract/onerouter.db", baseDir: folder }));

test("a sqlite URL is relative to the base folder or absolute; other databases are refused", () => {
  expect(databaseFile("sqlite:./data/a.db", "/base")).toBe("/base/data/a.db");
  expect(databaseFile("sqlite:/abs/a.db", "/base")).toBe("/abs/a.db");
  expect(() => databaseFile("postgres://x", "/base")).toThrow("sqlite:PATH");
});

test("folder and files are for their owner only, also a file that was there with other rights", async () => {
  const file = join(folder, "open", "onerouter.db");
  const first = await openStorage({ url: `sqlite:${file}`, baseDir: folder });
  await first.keys.insert(makeKey());
  expect(statSync(join(folder, "open")).mode & 0o777).toBe(0o700);
  for (const name of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(name).mode & 0o777).toBe(0o600);
  await first.close();

  const lax = join(folder, "lax.db");
  writeFileSync(lax, "", { mode: 0o644 });
  await (await openStorage({ url: `sqlite:${lax}`, baseDir: folder })).close();
  expect(statSync(lax).mode & 0o777).toBe(0o600);
});

test("a file that is no database, or cannot be made, is a plain error", async () => {
  const file = join(folder, "text.db");
  writeFileSync(file, "this is not a database, just a text that is long enough to be looked at as one.".repeat(10));
  await expect(openStorage({ url: `sqlite:${file}`, baseDir: folder })).rejects.toThrow("cannot be opened");
  await expect(openStorage({ url: `sqlite:${file}/below/x.db`, baseDir: folder })).rejects.toThrow("cannot be opened");
});

describe("with a second process", { timeout: 30_000 }, () => {
  const children: ChildProcess[] = [];
  afterAll(() => {
    for (const child of children) child.kill("SIGKILL");
  });

  /** A process that runs `body` with `storage` open on the file and `tell(line)`. */
  function startProcess(file: string, body: string): { child: ChildProcess; lines: string[] } {
    const program = `
      const { openStorage } = await import(${JSON.stringify(new URL("open-storage.ts", import.meta.url).href)});
      const storage = await openStorage({ url: "sqlite:${file}", baseDir: "/" });
      const tell = (line) => process.stdout.write(line + "\\n");
      ${body}`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      env: { PATH: process.env.PATH },
      stdio: ["pipe", "pipe", "inherit"],
    });
    children.push(child);
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
    return { child, lines };
  }

  test("keys that one process writes are known to the other, both ways", async () => {
    const file = join(folder, "two.db");
    const { child, lines } = startProcess(
      file,
      `storage.keys.onChange(async () => tell((await storage.keys.list()).map((key) => key.name + (key.revokedAt ? "!" : "")).join()));
       await storage.keys.list();
       tell("watching");
       process.stdin.once("data", () => storage.keys.revoke("shared", 5).then(() => storage.close()).then(() => process.exit()));`,
    );
    await vi.waitFor(() => expect(lines).toEqual(["watching"]), { timeout: 10_000 });
    const storage = await openStorage({ url: `sqlite:${file}`, baseDir: "/" });
    const told = vi.fn<() => void>();
    storage.keys.onChange(told);
    await storage.keys.insert(makeKey({ name: "shared" }));
    await vi.waitFor(() => expect(lines).toEqual(["watching", "shared"]), { timeout: 5000 });
    child.stdin?.write("now\n");
    await once(child, "exit");
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(2), { timeout: 5000 });
    expect((await storage.keys.list())[0]?.revokedAt).toBe(5);
    await storage.close();
  });

  test("what was acknowledged before kill -9 is there afterwards", async () => {
    const file = join(folder, "killed.db");
    const { child, lines } = startProcess(
      file,
      `const key = (id) => ({ id, name: id, hash: id, label: id, createdAt: 1, revokedAt: null, expiresAt: null, models: null, resume: null });
       for (let n = 0; ; n++) { await storage.keys.insert(key("k" + n)); tell("k" + n); }`,
    );
    await vi.waitFor(() => expect(lines.length).toBeGreaterThan(50), { timeout: 10_000 });
    child.kill("SIGKILL");
    await once(child, "close");
    const storage = await openStorage({ url: `sqlite:${file}`, baseDir: "/" });
    const stored = new Set((await storage.keys.list()).map(({ id }) => id));
    expect(lines.filter((id) => !stored.has(id))).toEqual([]);
    await storage.close();
  });
});
