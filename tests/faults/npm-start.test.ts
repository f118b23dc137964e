import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { call } from "../../apps/gateway/testing/call.ts";

/* `npm start` is a chain of processes: npm, a shell, the launcher, the server. The last must not outlive the first. */

const repository = fileURLToPath(new URL("../..", import.meta.url));

let folder: string;
let npm: ChildProcess;
let server: { url: string; pid: number };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "onerouter-npm-"));
  npm = spawn("npm", ["start", "--silent", "--", "--json", "--port", "0", "--data", folder], {
    cwd: repository,
    env: { PATH: process.env.PATH, HOME: folder },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let output = "";
  npm.stdout?.on("data", (chunk) => (output += String(chunk)));
  while (!output.includes("\n")) await once(npm.stdout ?? npm, "data");
  server = JSON.parse(output) as typeof server;
});

afterEach(() => {
  npm.kill("SIGKILL");
  if (isAlive(server.pid)) process.kill(server.pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

test.each(["SIGTERM", "SIGKILL"] as const)("when npm is ended by %s the server ends too", async (signal) => {
  expect((await call(`${server.url}/healthz`).done).status).toBe(200);
  const ended = once(npm, "exit");
  npm.kill(signal);
  await ended;
  await expect.poll(() => isAlive(server.pid), { timeout: 15_000 }).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
