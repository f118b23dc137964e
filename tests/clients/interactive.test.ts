import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openKeyless, type Place } from "./harness/open-scene.ts";
import { openTerminal, type Terminal } from "./harness/open-terminal.ts";
import { claudeVersions, onerouter, searchPath, type ClaudeVersion } from "./harness/places.ts";
import { clientFolders } from "./harness/run-claude.ts";
import { seedHome } from "./harness/seed-home.ts";
import { commandEnvironment } from "./harness/start-gateway.ts";

const patience = { timeout: 60_000, interval: 200 };

let place: Place;
let terminal: Terminal | undefined;
beforeEach(async () => {
  place = await openKeyless("interactive");
});
afterEach(async () => {
  terminal?.close();
  terminal = undefined;
  await place.close();
});

test.each(["2.1.197", "2.1.330"] as const)(
  "onerouter claude in a terminal, Claude Code %s on PATH: names the model, does what is typed, knows the context window",
  async (version) => {
    const { home, work } = clientFolders(place.folder);
    seedHome(home, work);
    const shown = openTerminal({
      folder: place.folder,
      cwd: work,
      command: [onerouter, "claude", ...place.gateway.options, "--dangerously-skip-permissions"],
      env: {
        ...commandEnvironment(home),
        PATH: pathWith(version),
        TERM: "xterm-256color",
        LANG: "C.UTF-8",
        IS_SANDBOX: "1",
      },
    });
    terminal = shown;
    const see = (text: string | RegExp): Promise<void> =>
      vi.waitFor(() => expect(shown.screen()).toMatch(text), patience);

    await see("kimi-k2-thinking");
    await see(`v${version}`);
    await see("bypass permissions on");
    shown.type("create hello.txt containing hi from the terminal");
    await see("create hello.txt");
    shown.press("Enter");
    await see(/\(mock\) Done: created hello\.txt/);
    expect(existsSync(join(work, "hello.txt"))).toBe(true);
    expect(readFileSync(join(work, "hello.txt"), "utf8").trim()).toBe("hi from the terminal");

    // Asks for 25 token counts at once.
    shown.type("/context");
    await see("/context");
    shown.press("Enter");
    await see(/kimi-k2-thinking\s[^]*k\/262\.1k tokens/);
  },
);

function pathWith(version: ClaudeVersion): string {
  const bin = join(place.folder, "bin");
  mkdirSync(bin);
  symlinkSync(claudeVersions[version], join(bin, "claude"));
  return [bin, searchPath].join(delimiter);
}
