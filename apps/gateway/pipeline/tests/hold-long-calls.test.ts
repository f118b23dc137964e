import { maxHeld, type ChatEvent } from "@onerouter/protocols";
import { expect, test } from "vitest";
import { holdToolCalls } from "../answer/hold-tool-calls.ts";

const open: ChatEvent = { type: "block-start", index: 0, block: { type: "tool-call", id: "toolu_1", name: "Write" } };
const stop: ChatEvent = { type: "block-stop", index: 0 };

test("a call is passed on when it is whole", () => {
  const seen: ChatEvent[] = [];
  const take = holdToolCalls((event) => void seen.push(event));
  const piece: ChatEvent = { type: "block-delta", index: 0, text: "{}" };
  take(open);
  take(piece);
  expect(seen).toEqual([]);
  take(stop);
  expect(seen).toEqual([open, piece, stop]);
});

test("a call that is too long to be held goes on as it comes, in order", () => {
  const seen: ChatEvent[] = [];
  const take = holdToolCalls((event) => void seen.push(event));
  const piece: ChatEvent = { type: "block-delta", index: 0, text: "x".repeat(maxHeld / 2) };
  take(open);
  take(piece);
  take(piece);
  expect(seen).toEqual([]);
  take(piece);
  expect(seen).toEqual([open, piece, piece, piece]);
  take(piece);
  take(stop);
  expect(seen.slice(4)).toEqual([piece, stop]);
});
