import { expect, test } from "vitest";
import { checkEvents } from "../grammar/check-events.ts";
import { createAnswerAccumulator } from "../model/chat-answer.ts";
import type { ChatEvent } from "../model/chat-event.ts";
import { noUsage } from "../model/usage.ts";
import { splitThoughts } from "./split-thoughts.ts";

function split(pieces: readonly string[], tags: "whole" | "opened" = "whole"): { shown: string[]; faults: string[] } {
  const events: ChatEvent[] = [];
  const filter = splitThoughts(tags, (event) => events.push(event));
  filter({ type: "start", id: "a", model: "m" });
  filter({ type: "block-start", index: 0, block: { type: "text" } });
  for (const text of pieces) if (text !== "") filter({ type: "block-delta", index: 0, text });
  filter({ type: "block-stop", index: 0 });
  filter({ type: "block-start", index: 1, block: { type: "tool-call", id: "c", name: "n" } });
  filter({ type: "block-delta", index: 1, text: "{}" });
  filter({ type: "block-stop", index: 1 });
  filter({ type: "finish", reason: "tool-calls", usage: noUsage });
  const accumulator = createAnswerAccumulator();
  for (const event of events) accumulator.add(event);
  const shown = accumulator.answer().parts.map((part) => {
    if (part.type === "text" || part.type === "reasoning") return `${part.type}: ${part.text}`;
    return part.type;
  });
  return { shown, faults: checkEvents(events) };
}

test.each([
  ["<think>Well.</think>Four.", ["reasoning: Well.", "text: Four.", "tool-call"]],
  ["\n<think>\nWell <b>.\n</think>\n\nFour </think>.", ["reasoning: Well <b>.\n", "text: Four </think>.", "tool-call"]],
  ["<think>Well.</think>\n\n", ["reasoning: Well.", "tool-call"]],
  ["<think>\n\n</think>\n\nFour.", ["text: Four.", "tool-call"]],
  ["<think>Well, it breaks off", ["reasoning: Well, it breaks off", "tool-call"]],
  ["<think>Well, it breaks off</thi", ["reasoning: Well, it breaks off</thi", "tool-call"]],
  ["The tag <think> is text.</think>", ["text: The tag <think> is text.</think>", "tool-call"]],
  ["<thinking> is text", ["text: <thinking> is text", "tool-call"]],
  ["<thi", ["text: <thi", "tool-call"]],
  ["", ["text: ", "tool-call"]],
])("%j, cut anywhere", (text, shown) => {
  for (const pieces of waysToCut(text)) expect(split(pieces)).toEqual({ shown, faults: [] });
});

test.each([
  ["Well.</think>\n\nFour.", ["reasoning: Well.", "text: Four.", "tool-call"]],
  [
    "\nWell <b> </thin.\n</think>Four </think>.",
    ["reasoning: Well <b> </thin.\n", "text: Four </think>.", "tool-call"],
  ],
  ["<think>Well.</think>Four.", ["reasoning: Well.", "text: Four.", "tool-call"]],
  ["</think>Four.", ["text: Four.", "tool-call"]],
  ["Well.</think>", ["reasoning: Well.", "tool-call"]],
  ["Four, and no thought.", ["text: Four, and no thought.", "tool-call"]],
  ["<thi", ["text: <thi", "tool-call"]],
  ["Four.</thi", ["text: Four.</thi", "tool-call"]],
])("%j after an opening tag in the prompt, cut anywhere (vllm-project/vllm#12999)", (text, shown) => {
  for (const pieces of waysToCut(text)) expect(split(pieces, "opened")).toEqual({ shown, faults: [] });
});

test("tags are text where a thought has come by itself", () => {
  for (const tags of ["whole", "opened"] as const) {
    const events: ChatEvent[] = [];
    const filter = splitThoughts(tags, (event) => events.push(event));
    filter({ type: "start", id: "a", model: "m" });
    filter({ type: "block-start", index: 0, block: { type: "reasoning" } });
    filter({ type: "block-delta", index: 0, text: "Well." });
    filter({ type: "block-stop", index: 0 });
    filter({ type: "block-start", index: 1, block: { type: "text" } });
    filter({ type: "block-delta", index: 1, text: "<think>a</think>" });
    filter({ type: "block-stop", index: 1 });
    expect(events.slice(4)).toEqual([
      { type: "block-start", index: 1, block: { type: "text" } },
      { type: "block-delta", index: 1, text: "<think>a</think>" },
      { type: "block-stop", index: 1 },
    ]);
  }
});

function waysToCut(text: string): string[][] {
  const ways = [[text], text.split("")];
  for (let at = 1; at < text.length; at++) ways.push([text.slice(0, at), text.slice(at)]);
  return ways;
}
