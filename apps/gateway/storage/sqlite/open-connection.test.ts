import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "onerouter-open-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const opener = `
  import { openConnection } from ${JSON.stringify(join(import.meta.dirname, "open-connection.ts"))};
  for (const file of process.argv.slice(1)) {
    // All at the same moment, or the first one is done before the others begin.
    await new Promise((resolve) => process.stdin.once("data", resolve));
    const connection = openConnection(file);
    connection.exec("begin immediate; create table if not exists t (a); commit");
    connection.close();
    process.stdout.write("opened\\n");
  }
  process.exit();
`;

test("processes that make the same new database at the same moment wait for each other", async () => {
  const files = Array.from({ length: 30 }, (_, at) => join(folder, `${at}.db`));
  const processes = Array.from({ length: 4 }, () => {
    const child = spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", opener, ...files], {
      env: {},
      stdio: ["pipe", "pipe", "pipe"],
    });
    const heard = { opened: 0, errors: "" };
    child.stdout.on("data", (text) => (heard.opened += String(text).split("\n").length - 1));
    child.stderr.on("data", (text) => (heard.errors += String(text)));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    return { child, heard, ended };
  });
  for (const at of files.keys()) {
    for (const { child } of processes) if (child.exitCode === null) child.stdin.write("go\n");
    await expect
      .poll(() => processes.map(({ heard }) => heard.errors || heard.opened), { timeout: 20_000, interval: 5 })
      .toEqual(processes.map(() => at + 1));
  }
  await Promise.all(processes.map(({ ended }) => ended));
}, 60_000);
