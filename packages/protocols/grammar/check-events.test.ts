import { expect, test } from "vitest";
import type { BlockStart, ChatEvent } from "../model/chat-event.ts";
import { noUsage } from "../model/usage.ts";
import { checkEvents } from "./check-events.ts";

const start: ChatEvent = { type: "start", id: "a", model: "m" };
const finish: ChatEvent = { type: "finish", reason: "stop", usage: noUsage };
const error: ChatEvent = { type: "error", error: { code: "internal", message: "m" } };
const begin = (index: number, block: BlockStart = { type: "text" }): ChatEvent => ({
  type: "block-start",
  index,
  block,
});
const delta = (index: number, text = "a"): ChatEvent => ({ type: "block-delta", index, text });
const stop = (index: number): ChatEvent => ({ type: "block-stop", index });

test.each<[string, ChatEvent[]]>([
  ["an empty answer", [start, finish]],
  ["an error at once", [error]],
  ["an error within a block", [start, begin(0), delta(0), error]],
  [
    "blocks of every kind",
    [
      { ...start, usage: noUsage },
      begin(0, { type: "reasoning" }),
      delta(0),
      { type: "block-stop", index: 0, signature: "s" },
      begin(1, { type: "reasoning", redacted: "data" }),
      { type: "block-stop", index: 1, signature: "s" },
      begin(2),
      delta(2),
      { type: "opaque-event", protocol: "anthropic-messages", value: {} },
      stop(2),
      begin(3, { type: "tool-call", id: "c", name: "n" }),
      stop(3),
      begin(4, { type: "opaque", protocol: "anthropic-messages", value: {} }),
      stop(4),
      begin(5, { type: "refusal" }),
      delta(5),
      stop(5),
      { type: "usage", usage: noUsage },
      finish,
    ],
  ],
])("%s is legal", (_, events) => {
  expect(checkEvents(events)).toEqual([]);
});

test.each<[string, ChatEvent[], string]>([
  ["nothing at all", [], "the answer has no end"],
  ["no end", [start], "the answer has no end"],
  ["no start", [finish], "event 0 (finish): before the start"],
  ["content before the start", [begin(0), stop(0), start, finish], "event 0 (block-start): before the start"],
  ["two starts", [start, start, finish], "event 1 (start): a second start"],
  ["something after the finish", [start, finish, { type: "usage", usage: noUsage }], "event 2 (usage): after the end"],
  ["something after an error", [start, error, finish], "event 2 (finish): after the end"],
  ["blocks that overlap", [start, begin(0), begin(1), stop(1), finish], "event 2 (block-start): block 0 is still open"],
  ["a gap between indices", [start, begin(1), stop(1), finish], "event 1 (block-start): index 1 instead of 0"],
  [
    "an index twice",
    [start, begin(0), stop(0), begin(0), stop(0), finish],
    "event 3 (block-start): index 0 instead of 1",
  ],
  [
    "a call without an id",
    [start, begin(0, { type: "tool-call", id: "", name: "n" }), stop(0), finish],
    "event 1 (block-start): a call without an id",
  ],
  ["a delta without a block", [start, delta(0), finish], "event 1 (block-delta): block 0 is not open"],
  [
    "a delta of another block",
    [start, begin(0), delta(1), stop(0), finish],
    "event 2 (block-delta): block 1 is not open",
  ],
  ["an empty delta", [start, begin(0), delta(0, ""), stop(0), finish], "event 2 (block-delta): an empty delta"],
  [
    "a delta of a redacted thought",
    [start, begin(0, { type: "reasoning", redacted: "data" }), delta(0), stop(0), finish],
    "event 2 (block-delta): a delta of a block that is whole",
  ],
  [
    "a delta of an opaque block",
    [start, begin(0, { type: "opaque", protocol: "openai-chat", value: {} }), delta(0), stop(0), finish],
    "event 2 (block-delta): a delta of a block that is whole",
  ],
  ["a stop without a block", [start, stop(0), finish], "event 1 (block-stop): block 0 is not open"],
  [
    "a signature of text",
    [start, begin(0), { type: "block-stop", index: 0, signature: "s" }, finish],
    "event 2 (block-stop): a signature of what is no thought",
  ],
  ["a finish within a block", [start, begin(0), finish], "event 2 (finish): block 0 is still open"],
  ["a finish with an error", [start, { ...finish, reason: "error" }], "event 1 (finish): finished with an error"],
  [
    "a negative count at the start",
    [{ ...start, usage: { ...noUsage, inputTokens: -1 } }, finish],
    "event 0 (start): inputTokens is -1",
  ],
  [
    "half a token",
    [start, { type: "usage", usage: { ...noUsage, outputTokens: 0.5 } }, finish],
    "event 1 (usage): outputTokens is 0.5",
  ],
  [
    "no number at the end",
    [start, { ...finish, usage: { ...noUsage, cacheReadTokens: Number.NaN } }],
    "event 1 (finish): cacheReadTokens is NaN",
  ],
])("%s is a fault", (_, events, fault) => {
  expect(checkEvents(events)).toContain(fault);
});
