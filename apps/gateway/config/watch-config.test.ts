import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchConfig } from "./watch-config.ts";

let folder: string;
let file: string;
let seen: string[];
let stop: () => void = () => {};

function text(port: number | string): string {
  return `server: { port: ${port} }
providers: { p: { protocol: openai-chat, base_url: http://x.test, api_keys: ["\${K}"], models: { a/b: {} } } }
`;
}

function start(): void {
  stop = watchConfig(
    file,
    { K: "k" },
    (config) => seen.push(`port ${config.server.port}`),
    (error) => seen.push(error instanceof Error ? error.name : "?"),
  );
}

async function expectSeen(expected: string[]): Promise<void> {
  await vi.waitFor(() => expect(seen).toEqual(expected), { timeout: 5000, interval: 20 });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "onerouter-watch-"));
  file = join(folder, "onerouter.yaml");
  seen = [];
  writeFileSync(file, text(1));
});

afterEach(() => {
  stop();
  rmSync(folder, { recursive: true });
});

test("a file written in place, replaced and written again is taken up each time", async () => {
  start();
  writeFileSync(file, text(2));
  await expectSeen(["port 2"]);
  writeFileSync(join(folder, "draft"), text(3));
  renameSync(join(folder, "draft"), file);
  await expectSeen(["port 2", "port 3"]);
  writeFileSync(file, text(4));
  await expectSeen(["port 2", "port 3", "port 4"]);
});

test("a file that cannot be used is reported, and the next good one is taken up", async () => {
  start();
  writeFileSync(file, text("oops"));
  await expectSeen(["ConfigError"]);
  rmSync(file);
  await expectSeen(["ConfigError", "ConfigError"]);
  writeFileSync(file, text(5));
  await expectSeen(["ConfigError", "ConfigError", "port 5"]);
});

test("a swapped link, as a ConfigMap mount makes it, is taken up; an untouched text is not", async () => {
  for (const [name, port] of [
    ["one", 1],
    ["two", 2],
  ] as const) {
    writeFileSync(join(folder, name), text(port));
  }
  rmSync(file);
  symlinkSync("..data", file);
  symlinkSync("one", join(folder, "..data"));
  start();
  writeFileSync(join(folder, "one"), text(1));
  symlinkSync("two", join(folder, "next"));
  renameSync(join(folder, "next"), join(folder, "..data"));
  await expectSeen(["port 2"]);
});

test("after stop nothing is called", async () => {
  start();
  stop();
  writeFileSync(file, text(9));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(seen).toEqual([]);
});
