import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openKeyless, type Place } from "./harness/open-scene.ts";
import { repository } from "./harness/places.ts";
import { clientFolders } from "./harness/run-claude.ts";
import { commandEnvironment } from "./harness/start-gateway.ts";
import { startProgram } from "./harness/start-program.ts";

let place: Place;
beforeEach(async () => {
  place = await openKeyless("keyless");
});
afterEach(() => place.close());

test("npm start, then npx onerouter claude -p makes the file: no key, no configuration", async () => {
  const { gateway, folder } = place;
  const { work } = clientFolders(folder);
  const claude = ["onerouter", "claude", ...gateway.options, "-p", "create hello.txt containing hi"];
  const { code, stdout, stderr } = await startProgram("npx", ["--prefix", repository, "--no", ...claude], {
    cwd: work,
    env: commandEnvironment(folder),
    timeoutMs: 60_000,
  }).done;

  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toContain("(mock) Done: created hello.txt");
  expect(readFileSync(join(work, "hello.txt"), "utf8").trim()).toBe("hi");
  const labels = { protocol: "anthropic-messages", model: "moonshotai/kimi-k2-thinking", status: "200" };
  expect(await gateway.counter("onerouter_requests_total", labels)).toBe(2);
});
