import { expect, test } from "vitest";
import { createAnswerAccumulator } from "./chat-answer.ts";
import type { ChatEvent } from "./chat-event.ts";
import { noUsage } from "./usage.ts";

function fold(events: readonly ChatEvent[]) {
  const accumulator = createAnswerAccumulator();
  for (const event of events) accumulator.add(event);
  return accumulator.answer();
}

const usage = { ...noUsage, inputTokens: 7, outputTokens: 3 };

test("a stream adds up to its answer", () => {
  const citation = { type: "citations_delta", citation: { url: "https://example.com" } };
  expect(
    fold([
      { type: "start", id: "a", model: "m", usage: { ...noUsage, inputTokens: 7 } },
      { type: "block-start", index: 0, block: { type: "reasoning" } },
      { type: "block-delta", index: 0, text: "th" },
      { type: "block-delta", index: 0, text: "ought" },
      { type: "block-stop", index: 0, signature: "s" },
      { type: "block-start", index: 1, block: { type: "reasoning", redacted: "data" } },
      { type: "block-stop", index: 1 },
      { type: "block-start", index: 2, block: { type: "text" } },
      { type: "opaque-event", protocol: "anthropic-messages", value: citation },
      { type: "block-delta", index: 2, text: "text" },
      { type: "block-stop", index: 2 },
      { type: "block-start", index: 3, block: { type: "tool-call", id: "c", name: "n", namespace: "s", custom: true } },
      { type: "block-delta", index: 3, text: "***" },
      { type: "block-stop", index: 3 },
      { type: "block-start", index: 4, block: { type: "refusal" } },
      { type: "block-delta", index: 4, text: "no" },
      { type: "block-stop", index: 4 },
      {
        type: "block-start",
        index: 5,
        block: { type: "opaque", protocol: "anthropic-messages", value: { type: "x" } },
      },
      { type: "block-stop", index: 5 },
      { type: "usage", usage: { ...noUsage, inputTokens: 9 } },
      {
        type: "finish",
        reason: "stop-sequence",
        stopSequence: "END",
        usage,
        extensions: { "anthropic-messages": { container: "c" } },
      },
    ]),
  ).toEqual({
    id: "a",
    model: "m",
    parts: [
      { type: "reasoning", text: "thought", signature: "s" },
      { type: "reasoning", text: "", redacted: "data" },
      { type: "text", text: "text" },
      { type: "tool-call", id: "c", name: "n", namespace: "s", custom: true, arguments: "***" },
      { type: "refusal", text: "no" },
      { type: "opaque", protocol: "anthropic-messages", value: { type: "x" } },
    ],
    finishReason: "stop-sequence",
    stopSequence: "END",
    usage,
    extensions: { "anthropic-messages": { container: "c" } },
    opaqueEvents: [{ part: 2, protocol: "anthropic-messages", value: citation }],
  });
});

test("a stream that breaks keeps what has come, with its error", () => {
  expect(
    fold([
      { type: "start", id: "a", model: "m" },
      { type: "block-start", index: 0, block: { type: "text" } },
      { type: "block-delta", index: 0, text: "half" },
      { type: "usage", usage },
      { type: "error", error: { code: "upstream_overloaded", message: "busy" } },
    ]),
  ).toEqual({
    id: "a",
    model: "m",
    parts: [{ type: "text", text: "half" }],
    finishReason: "error",
    usage,
    error: { code: "upstream_overloaded", message: "busy" },
  });
});
