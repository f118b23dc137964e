import { createKnownTools, maxHeld, noUsage, type ChatEvent } from "@onerouter/protocols";
import { checkEvents } from "@onerouter/protocols/grammar/index";
import { beforeEach, expect, test } from "vitest";
import { checkCalls } from "./check-calls.ts";
import { createSchemaCompiler } from "./compile-schema.ts";

const tools = createKnownTools([
  { kind: "function", name: "run", parameters: { type: "object", properties: { n: { type: "number" } } } },
  { kind: "custom", name: "patch" },
]);
let passed: ChatEvent[];
let said: string[];
let filter: (event: ChatEvent) => void;
beforeEach(() => {
  passed = [];
  said = [];
  filter = checkCalls(
    {
      tools,
      compiler: createSchemaCompiler(),
      onMending: (mending) => said.push(mending),
      onCall: (how) => said.push(how),
      onHopeless: (reason) => said.push(reason),
    },
    (event) => passed.push(event),
  );
  filter({ type: "start", id: "a", model: "m" });
});

function send(index: number, block: Extract<ChatEvent, { type: "block-start" }>["block"], ...pieces: string[]): void {
  filter({ type: "block-start", index, block });
  for (const text of pieces) filter({ type: "block-delta", index, text });
  filter({ type: "block-stop", index });
}

const call = (name: string) => ({ type: "tool-call", id: `call_abcd${name}`, name }) as const;
const finish = (reason: "tool-calls" | "length" = "tool-calls"): void =>
  filter({ type: "finish", reason, usage: noUsage });

test("what comes before the first call passes at once, what comes behind it with the end, in order", () => {
  send(0, { type: "text" }, "I run.");
  expect(passed).toHaveLength(4);
  send(1, call("run"), '{"n"', ":1}");
  send(2, { type: "text" }, "And more.");
  send(3, call("patch"), "*** not JSON");
  filter({ type: "usage", usage: noUsage });
  expect(passed).toHaveLength(5);
  finish();
  expect(checkEvents(passed)).toEqual([]);
  expect(passed.flatMap((event) => (event.type === "block-delta" ? [event.text] : []))).toEqual([
    "I run.",
    '{"n"',
    ":1}",
    "And more.",
    "*** not JSON",
  ]);
  expect(said).toEqual(["fine", "fine"]);
});

test("one that is of no use: no call at all", () => {
  send(0, { type: "text" }, "I run.");
  send(1, call("run"), '{"n":"1"}');
  send(2, call("run"), '{"n":[1,2]}');
  finish();
  expect(
    passed.some((event) => event.type === "finish" || ("block" in event && event.block.type === "tool-call")),
  ).toBe(false);
  expect(said).toEqual(["type", "mended", "hopeless", "its arguments do not fit the tool's schema"]);
});

test("the last one, cut off by the limit, is left out", () => {
  send(0, call("run"), '{"n":1}');
  send(1, call("run"), '{"n":');
  finish("length");
  expect(checkEvents(passed)).toEqual([]);
  expect(passed.filter((event) => event.type === "block-start")).toHaveLength(1);
  expect(said).toEqual(["fine", "hopeless", "cut-off-call"]);
});

test("an answer too long to be held goes on as it comes", () => {
  const piece = "x".repeat(maxHeld / 4);
  send(0, call("run"), ...Array.from({ length: 5 }, () => piece));
  send(1, call("run"), "{");
  finish();
  expect(checkEvents(passed)).toEqual([]);
  expect(passed.filter((event) => event.type === "block-delta")).toHaveLength(6);
});
