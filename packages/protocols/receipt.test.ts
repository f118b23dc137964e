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

test("a request of a thousand losses does not fill the journal", () => {
  const receipt = createReceipt();
  for (let at = 0; at < 1000; at++) receipt.note("dropped", `field${at}`, "unknown");
  expect(receipt.entries).toHaveLength(64);
});
