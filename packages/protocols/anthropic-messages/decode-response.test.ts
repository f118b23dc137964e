import { describe, expect, test } from "vitest";
import { checkEvents } from "../grammar/check-events.ts";
import type { ChatEvent } from "../model/chat-event.ts";
import { countingContext, fold } from "./__fixtures__/replay.ts";
import { decodeResponse } from "./decode-response.ts";

function decode(body: unknown): ChatEvent[] {
  const events: ChatEvent[] = [];
  decodeResponse(body, countingContext(), (event) => events.push(event));
  expect(checkEvents(events)).toEqual([]);
  return events;
}

const message = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5",
  stop_reason: "tool_use",
  stop_sequence: null,
  usage: { input_tokens: 7, cache_read_input_tokens: 5, output_tokens: 3 },
};

test("a whole message is read as the stream it would have been", () => {
  const content = [
    { type: "thinking", thinking: "a", signature: "s" },
    { type: "thinking", thinking: "", signature: "t" },
    { type: "redacted_thinking", data: "d" },
    { type: "text", text: "b", citations: [{ url: "u" }] },
    { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
    { type: "tool_use", id: "toolu_01A09q", name: "Read", input: { path: "é" } },
    { type: "tool_use", id: "toolu_01B09q", name: "List", input: {} },
  ];
  expect(fold(decode({ ...message, content, container: { id: "c" }, stop_details: null }))).toEqual({
    id: "msg_1",
    model: "claude-sonnet-4-5",
    parts: [
      { type: "reasoning", text: "a", signature: "s" },
      { type: "reasoning", text: "", signature: "t" },
      { type: "reasoning", text: "", redacted: "d" },
      { type: "text", text: "b" },
      { type: "opaque", protocol: "anthropic-messages", value: content[4] },
      { type: "tool-call", id: "toolu_01A09q", name: "Read", arguments: '{"path":"é"}' },
      { type: "tool-call", id: "toolu_01B09q", name: "List", arguments: "" },
    ],
    finishReason: "tool-calls",
    usage: {
      inputTokens: 12,
      cacheReadTokens: 5,
      cacheWriteTokens: 0,
      cacheWrite1hTokens: 0,
      outputTokens: 3,
      reasoningTokens: 0,
    },
    extensions: { "anthropic-messages": { container: { id: "c" } } },
    opaqueEvents: [
      { part: 3, protocol: "anthropic-messages", value: { type: "citations_delta", citation: { url: "u" } } },
    ],
  });
});

describe("from an upstream, instead of a message", () => {
  test.each<[string, unknown, string]>([
    ["an error", { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "upstream_overloaded"],
    ["an error without a type", { error: { message: "boom" } }, "upstream_error"],
    ["an error in a word", { error: "boom" }, "upstream_error"],
    ["an object without content", { id: "msg_1" }, "upstream_invalid_response"],
    ["content that is a string", { ...message, content: "a" }, "upstream_invalid_response"],
    ["a list", [], "upstream_invalid_response"],
    ["text", "text", "upstream_invalid_response"],
    ["null", null, "upstream_invalid_response"],
  ])("%s is an error", (_, body, code) => {
    expect(decode(body)).toMatchObject([{ type: "error", error: { code } }]);
  });

  test("a message without a stop reason is complete, blocks that are none are passed over", () => {
    expect(decode({ ...message, content: [], stop_reason: null }).at(-1)).toMatchObject({
      type: "finish",
      reason: "stop",
    });
    expect(fold(decode({ ...message, content: [7, null, {}], stop_reason: "end_turn" })).parts).toEqual([]);
  });

  test("usage that is not there is marked as missing", () => {
    expect(decode({ ...message, content: [], usage: undefined }).at(-1)).toMatchObject({ usageMissing: true });
  });
});
