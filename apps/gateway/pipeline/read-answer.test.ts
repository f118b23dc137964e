import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createAnswerAccumulator, type ChatAnswer, type ChatEvent, type Protocol } from "@onerouter/protocols";
import { checkEvents } from "@onerouter/protocols/grammar/check-events";
import { protocols } from "@onerouter/protocols/protocols";
import { generic } from "@onerouter/protocols/vendors/generic";
import { createAnswerReader } from "./read-answer.ts";

const responsesItem =
  '{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"é🚀","annotations":[]}]}';
const responsesAnswer = `{"id":"resp_1","object":"response","model":"m","status":"completed","output":[${responsesItem}],"usage":{"input_tokens":7,"output_tokens":3,"total_tokens":10}}`;
const geminiAnswer =
  '{"candidates":[{"content":{"role":"model","parts":[{"text":"é🚀"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":3,"totalTokenCount":10},"modelVersion":"m"}';

/** What a protocol's upstream sends for the answer "é🚀", as a stream and whole. */
const wires: Readonly<Record<string, { stream: string; whole: string }>> = {
  "anthropic-messages": {
    stream:
      'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","model":"m","usage":{"input_tokens":7,"output_tokens":0}}}\n\n' +
      'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n' +
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"é🚀"}}\n\n' +
      'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n' +
      'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}\n\n' +
      'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    whole:
      '{"id":"msg_1","type":"message","model":"m","content":[{"type":"text","text":"é🚀"}],"stop_reason":"end_turn","usage":{"input_tokens":7,"output_tokens":3}}',
  },
  "openai-chat": {
    stream:
      'data: {"id":"c1","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"é🚀"}}]}\n\n' +
      'data: {"id":"c1","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3}}\n\n' +
      "data: [DONE]\n\n",
    whole:
      '{"id":"c1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"é🚀"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3}}',
  },
  "openai-responses": {
    stream:
      'event: response.created\ndata: {"type":"response.created","response":{"id":"resp_1","model":"m","status":"in_progress","output":[]}}\n\n' +
      'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","item_id":"msg_1","output_index":0,"content_index":0,"delta":"é🚀"}\n\n' +
      `event: response.output_item.done\ndata: {"type":"response.output_item.done","output_index":0,"item":${responsesItem}}\n\n` +
      `event: response.completed\ndata: {"type":"response.completed","response":${responsesAnswer}}\n\n`,
    whole: responsesAnswer,
  },
  gemini: {
    stream:
      'data: {"candidates":[{"content":{"role":"model","parts":[{"text":"é🚀"}]}}],"modelVersion":"m"}\n\n' +
      `data: ${geminiAnswer.replace("é🚀", "")}\n\n`,
    whole: geminiAnswer,
  },
};

function read(protocol: Protocol, pieces: ReadonlyArray<Buffer | string>): { answer: ChatAnswer; events: ChatEvent[] } {
  const events: ChatEvent[] = [];
  const reader = createAnswerReader(protocol, { profile: generic, newId: (prefix) => `${prefix}new` }, (event) =>
    events.push(event),
  );
  for (const piece of pieces) reader.write(Buffer.from(piece));
  reader.end();
  expect(checkEvents(events)).toEqual([]);
  const accumulator = createAnswerAccumulator();
  for (const event of events) accumulator.add(event);
  return { answer: accumulator.answer(), events };
}

function inBytes(text: string): Buffer[] {
  return [...Buffer.from(text)].map((byte) => Buffer.of(byte));
}

describe.each(protocols)("an upstream of $name", (protocol) => {
  const { stream = "", whole = "" } = wires[protocol.name] ?? {};
  const expected = {
    parts: [{ type: "text", text: "é🚀" }],
    finishReason: "stop",
    usage: { inputTokens: 7, outputTokens: 3 },
  };

  test.each<[string, Array<Buffer | string>]>([
    ["a stream", [stream]],
    ["a stream in single bytes (musistudio/claude-code-router#1672, T4)", inBytes(stream)],
    ["JSON, whatever was asked for (BerriAI/litellm#14315, T5)", [whole]],
    ["JSON in single bytes", inBytes(whole)],
    ["JSON after blanks", [" \r\n", "\t", whole, "\n"]],
    ["a stream after blank lines", ["\n\n", stream]],
    ["a stream behind a byte order mark", [`\uFEFF${stream}`]],
    ["JSON behind a byte order mark", [`\uFEFF${whole}`]],
    ["JSON behind a byte order mark of its own", ["\uFEFF", whole]],
    ["a stream behind comments", [": ping\n\n: ping\n\n", stream]],
  ])("that sends %s", (_, pieces) => {
    expect(read(protocol, pieces).answer).toMatchObject(expected);
  });

  test.each<[string, Array<Buffer | string>, string]>([
    ["nothing", [], "upstream_invalid_response"],
    ["blanks", [" \n", "\r\n"], "upstream_invalid_response"],
    ["a web page (T5)", ["<!DOCTYPE html><html><title>502</title></html>"], "upstream_invalid_response"],
    ["half of a JSON answer", [whole.slice(0, -20)], "upstream_invalid_response"],
    ["a JSON list", ["[]"], "upstream_invalid_response"],
    ["an empty object", ["{}"], "upstream_invalid_response"],
    [
      "an error as JSON with status 200 (Portkey-AI/gateway#722)",
      ['{"error":{"message":"Rate limit reached","code":429,"type":"rate_limit_error"}}'],
      "upstream_rate_limited",
    ],
    [
      "a stream that is cut (Portkey-AI/gateway#267, T5)",
      [stream.slice(0, Math.floor(stream.length / 2))],
      "upstream_invalid_response",
    ],
    ["a stream of something else", ["hello\n\nworld\n\n"], "upstream_invalid_response"],
    [
      "an error event",
      ['event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n'],
      "upstream_overloaded",
    ],
  ])("that sends %s fails with one error", (_, pieces, code) => {
    const { events } = read(protocol, pieces);
    expect(events.filter((event) => event.type === "error")).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code } });
  });

  test("that was compressed unasked is told apart: the operator can look for who does it", () => {
    expect(read(protocol, [gzipSync(stream)]).events).toMatchObject([
      { type: "error", error: { message: expect.stringContaining("compressed") } },
    ]);
  });

  test("that goes on after a page or an endless answer is not listened to", () => {
    expect(read(protocol, ["<html>", stream]).events).toHaveLength(1);
    const chunk = Buffer.alloc(40 * 1024 * 1024, " ");
    const { events } = read(protocol, ["{", chunk, chunk, whole]);
    expect(events).toMatchObject([{ type: "error", error: { code: "upstream_invalid_response" } }]);
  });

  test("that sends an event without end is stopped", () => {
    const chunk = Buffer.alloc(40 * 1024 * 1024, "x");
    const { events } = read(protocol, ["data: ", chunk, chunk]);
    expect(events).toMatchObject([{ type: "error", error: { code: "upstream_invalid_response" } }]);
  });
});
