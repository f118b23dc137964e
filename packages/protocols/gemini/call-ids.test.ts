import { expect, test } from "vitest";
import { createCallIds } from "./call-ids.ts";

test("without ids the name counts, and among calls of one name the order", () => {
  const ids = createCallIds();
  ids.beginTurn();
  const calls = ["read", "write", "read"].map((name) => ids.ofCall(undefined, name));
  expect(new Set(calls).size).toBe(3);
  expect(["read", "read", "write"].map((name) => ids.ofResult(undefined, name))).toEqual([
    calls[0],
    calls[2],
    calls[1],
  ]);
  expect(ids.ofResult(undefined, "read")).toBeUndefined();
});

test("the same history always has the same ids", () => {
  const run = (): string[] => {
    const ids = createCallIds();
    return ["a", "b", "a"].map((name) => ids.ofCall(name === "b" ? "mine" : undefined, name));
  };
  expect(run()).toEqual(run());
  expect(run()[1]).toBe("mine");
});

test("an id is kept, and one that is there already gets another", () => {
  const ids = createCallIds();
  ids.beginTurn();
  const calls = [ids.ofCall("x", "a"), ids.ofCall("x", "a")];
  expect(calls[0]).toBe("x");
  expect(calls[1]).not.toBe("x");
  expect([ids.ofResult("x", "a"), ids.ofResult("x", "a")]).toEqual(calls);
});

test("a client that gives results ids of its own is understood by name", () => {
  const ids = createCallIds();
  ids.beginTurn();
  const call = ids.ofCall(undefined, "a");
  expect(ids.ofResult("own-id", "a")).toBe(call);
});

test("a call of an earlier turn that was never answered is not mistaken for the latest", () => {
  const ids = createCallIds();
  ids.beginTurn();
  ids.ofCall(undefined, "a");
  ids.beginTurn();
  const latest = ids.ofCall(undefined, "a");
  expect(ids.ofResult(undefined, "a")).toBe(latest);
});
