import { expect, test } from "vitest";
import { createReceipt } from "./receipt.ts";

test("every loss is noted once, in order", () => {
  const receipt = createReceipt();
  receipt.note("dropped", "seed", "the protocol has no such field");
  receipt.note("approximated", "seed", "rounded");
  receipt.note("dropped", "seed", "again");
  receipt.note("dropped", "user", "no such field");
  expect(receipt.entries).toEqual([
    { action: "dropped", field: "seed", reason: "the protocol has no such field" },
    { action: "approximated", field: "seed", reason: "rounded" },
    { action: "dropped", field: "user", reason: "no such field" },
  ]);
});

test("a request of a thousand losses does not fill the journal, and says that there were more", () => {
  const receipt = createReceipt();
  for (let at = 0; at < 1000; at++) receipt.note("dropped", `field${at}`, "unknown");
  expect(receipt.entries).toHaveLength(64);
  expect(receipt.entries.at(-1)).toEqual({
    action: "dropped",
    field: "*",
    reason: "more fields than a receipt names",
  });
});

test("neither does a field with a name of a megabyte", () => {
  const receipt = createReceipt();
  receipt.note("dropped", "x".repeat(1_000_000), "y".repeat(1_000_000));
  expect(JSON.stringify(receipt.entries).length).toBeLessThan(500);
});

test("each attempt begins with what was lost before the first, and nothing of the one before", () => {
  const receipt = createReceipt();
  receipt.note("dropped", "a", "lost by the gateway");
  receipt.beginAttempt();
  receipt.note("dropped", "b", "lost by the first upstream");
  receipt.beginAttempt();
  expect(receipt.entries.map(({ field }) => field)).toEqual(["a"]);
  receipt.note("dropped", "b", "lost by the second upstream");
  expect(receipt.entries.map(({ reason }) => reason)).toEqual(["lost by the gateway", "lost by the second upstream"]);
  // The second upstream's turn is a part of the answer, and a third call goes on with it.
  receipt.keepAttempt();
  receipt.beginAttempt();
  expect(receipt.entries.map(({ field }) => field)).toEqual(["a", "b"]);
});
