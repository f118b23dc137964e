import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { createWorkplace } from "./testing/run-onerouter.ts";

const place = createWorkplace();
afterAll(() => place.remove());

/** Commands that only hold others, or do something by themselves beside. */
const groups = ["keys", "models", "route"];

test("README.md has every command, and the options of those that it spells out", async () => {
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
  const rows = new Map(
    [...readme.matchAll(/^\| `([a-z]+(?: [a-z]+)?)(.*?)` \|/gm)].map(([, name = "", rest = ""]) => [name, rest]),
  );
  const commands = await commandsOf([]);
  const below = await Promise.all(
    groups.map(async (group) => (await commandsOf([group])).map((name) => `${group} ${name}`)),
  );
  const expected = [...commands.filter((name) => name !== "keys" && name !== "route"), ...below.flat()];
  expect([...rows.keys()].toSorted()).toEqual(expected.toSorted());
  for (const [name, usage] of rows) {
    const options = [...usage.matchAll(/--[a-z-]+/g)].map(([option]) => option);
    const help = options.length === 0 ? "" : (await place.run([...name.split(" "), "--help"])).stdout;
    expect([name, options.filter((option) => !help.includes(option))]).toEqual([name, []]);
  }
});

async function commandsOf(group: readonly string[]): Promise<string[]> {
  const { stdout } = await place.run([...group, "--help"]);
  const listed = stdout.slice(stdout.indexOf("\nCommands:\n"));
  return [...listed.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = ""]) => name).filter((name) => name !== "help");
}
