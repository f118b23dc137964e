import fc from "fast-check";
import { expect, test } from "vitest";
import { createToolUseIds } from "./tool-use-ids.ts";

test("a legal id stays, a foreign one takes Anthropic's form, in call and result alike", () => {
  const ids = createToolUseIds();
  ids.startTurn();
  expect(["toolu_01A", "functions.Bash:0", "ü", "…"].map((id) => ids.ofCall(id))).toEqual([
    "toolu_01A",
    "functions_Bash_0",
    "_",
    "__2",
  ]);
  expect(["…", "functions.Bash:0", "toolu_01A", "ü"].map((id) => ids.ofResult(id))).toEqual([
    "__2",
    "functions_Bash_0",
    "toolu_01A",
    "_",
  ]);
});

test("the same id for several calls: each result takes the next of them", () => {
  const ids = createToolUseIds();
  ids.startTurn();
  expect([ids.ofCall("call_0"), ids.ofCall("call_0")]).toEqual(["call_0", "call_0_2"]);
  expect([ids.ofResult("call_0"), ids.ofResult("call_0"), ids.ofResult("call_0")]).toEqual([
    "call_0",
    "call_0_2",
    undefined,
  ]);
  ids.startTurn();
  expect(ids.ofCall("call_0")).toBe("call_0_3");
});

test("a call of an earlier turn has no result any more", () => {
  const ids = createToolUseIds();
  ids.startTurn();
  ids.ofCall("a");
  ids.startTurn();
  expect(ids.ofResult("a")).toBeUndefined();
  expect(ids.ofResult("never")).toBeUndefined();
});

test("any ids become different legal ones, the same for the same history", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.string({ minLength: 60 }), fc.constantFrom("a", "a.b", "a:b", "a_b"))),
      (list) => {
        const run = () => {
          const ids = createToolUseIds();
          return list.map((id) => ids.ofCall(id));
        };
        const given = run();
        expect(new Set(given).size).toBe(list.length);
        for (const id of given) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
        expect(run()).toEqual(given);
      },
    ),
  );
});
