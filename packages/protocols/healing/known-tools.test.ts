import { expect, test } from "vitest";
import { createKnownTools } from "./known-tools.ts";

const schema = { type: "object" };
const known = createKnownTools(
  [
    { kind: "function", name: "Bash", parameters: schema },
    { kind: "function", name: "read_file", parameters: schema },
    { kind: "function", name: "spawn", namespace: "agents", parameters: schema },
    { kind: "function", name: "close", namespace: "agents", parameters: schema },
    { kind: "function", name: "close", namespace: "files", parameters: schema },
    { kind: "function", name: "a.very.odd/name", parameters: schema },
    { kind: "custom", name: "apply_patch" },
    {
      kind: "hosted",
      name: "find_tools",
      protocol: "openai-responses",
      hostedType: "tool_search",
      value: {},
      service: { type: "tool-search", method: "client", parameters: schema },
    },
  ],
  new Map([
    ["agents__spawn", { name: "spawn", namespace: "agents" }],
    ["a_very_odd_name_12345678", { name: "a.very.odd/name" }],
    ["apply_patch", { name: "apply_patch", custom: true }],
  ]),
);

test.each([
  ["Bash", "Bash"],
  ["bash", "Bash"],
  [" Bash\n", "Bash"],
  ["functions.Bash:12", "Bash"],
  ["function.Bash", "Bash"],
  ["readFile", "read_file"],
  ["read-file", "read_file"],
  ["agents__spawn", "spawn"],
  ["agents.spawn", "spawn"],
  ["agents/spawn", "spawn"],
  ["spawn", "spawn"],
  ["a_very_odd_name_12345678", "a.very.odd/name"],
  ["a.very.odd/name", "a.very.odd/name"],
  ["apply_patch", "apply_patch"],
  ["files__close", "close"],
])("%j means %s", (written, name) => {
  expect(known.resolve(written)?.name).toBe(name);
  for (let length = 0; length < written.length; length++) expect(known.hasPrefix(written.slice(0, length))).toBe(true);
});

test.each(["", "Bash2", "close", "functions.", "rm", "hasOwnProperty"])("%j means none, or several", (written) => {
  expect(known.resolve(written)).toBeUndefined();
});

test("a call that was decoded is known by the client's own name", () => {
  expect(known.get("spawn", "agents")?.schema).toBe(schema);
  expect(known.get("spawn", undefined)).toBeUndefined();
  expect(known.get("find_tools", undefined)).toMatchObject({ toolSearch: true, schema });
  expect(known.get("apply_patch", undefined)).toMatchObject({ custom: true });
});
