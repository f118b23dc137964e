import { expect, test } from "vitest";
import { checkAnthropicStream } from "./check-anthropic-stream.ts";

type Event = Record<string, unknown> & { type: string };

const usage = { input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
const message = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage,
};
const start: Event = { type: "message_start", message };
const begin = (index: number, block: object = { type: "text", text: "" }): Event => ({
  type: "content_block_start",
  index,
  content_block: block,
});
const delta = (index: number, value: object = { type: "text_delta", text: "a" }): Event => ({
  type: "content_block_delta",
  index,
  delta: value,
});
const stop = (index: number): Event => ({ type: "content_block_stop", index });
const end: Event = { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage };
const done: Event = { type: "message_stop" };
const thinking = { type: "thinking", thinking: "", signature: "" };
const call = { type: "tool_use", id: "toolu_1", name: "n", input: {} };
const json = (text: string) => ({ type: "input_json_delta", partial_json: text });
const sign = { type: "signature_delta", signature: "s" };

function write(events: readonly Event[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

test.each<[string, Event[]]>([
  ["an empty answer", [start, end, done]],
  [
    "blocks of every kind",
    [
      start,
      { type: "ping" },
      begin(0, thinking),
      delta(0, { type: "thinking_delta", thinking: "a" }),
      delta(0, sign),
      stop(0),
      begin(1, { type: "redacted_thinking", data: "d" }),
      stop(1),
      begin(2),
      delta(2, { type: "citations_delta", citation: {} }),
      delta(2),
      stop(2),
      begin(3, call),
      delta(3, json('{"a"')),
      delta(3, json(":1}")),
      stop(3),
      begin(4, { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} }),
      delta(4, json("{}")),
      stop(4),
      begin(5, { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] }),
      stop(5),
      end,
      { type: "ping" },
      done,
    ],
  ],
  [
    "an error within a block",
    [start, begin(0), delta(0), { type: "error", error: { type: "api_error", message: "m" } }],
  ],
  ["an error at once", [{ type: "error", error: { type: "api_error", message: "m" } }]],
])("%s is legal", (_, events) => {
  expect(checkAnthropicStream(write(events))).toEqual([]);
});

test("comments may stand anywhere", () => {
  const stream = write([start, end, done]);
  expect(
    checkAnthropicStream(
      `: keep-alive\n\n${stream.replace("event: message_delta", ": keep-alive\n\nevent: message_delta")}`,
    ),
  ).toEqual([]);
});

test.each<[string, Event[], string | RegExp]>([
  ["nothing", [], "the stream has no end"],
  ["no message_stop", [start, end], "the stream has no end"],
  ["two starts (BerriAI/litellm#32357)", [start, start, end, done], 'event 1: not possible in the state "content"'],
  ["no start", [begin(0), stop(0), end, done], 'event 0: not possible in the state "before"'],
  ["a ping before the start", [{ type: "ping" }, start, end, done], 'event 0: not possible in the state "before"'],
  [
    "a message without an id",
    [{ ...start, message: { ...message, id: "" } }, end, done],
    "event 0: the message has no id",
  ],
  [
    "a message without a model",
    [{ ...start, message: { ...message, model: undefined } }, end, done],
    "event 0: the message has no model",
  ],
  [
    "a message of the user",
    [{ ...start, message: { ...message, role: "user" } }, end, done],
    "event 0: no assistant's message",
  ],
  [
    "a message with content",
    [{ ...start, message: { ...message, content: [{}] } }, end, done],
    "event 0: content is not an empty list",
  ],
  [
    "a message that has ended",
    [{ ...start, message: { ...message, stop_reason: "end_turn" } }, end, done],
    "event 0: the stop reason is not null",
  ],
  [
    "no usage at the start (vercel/ai#17326)",
    [{ ...start, message: { ...message, usage: undefined } }, end, done],
    "event 0: usage.input_tokens is undefined",
  ],
  [
    "a negative count (QuantumNous/new-api#5003)",
    [start, { ...end, usage: { ...usage, input_tokens: -1 } }, done],
    "event 1: usage.input_tokens is -1",
  ],
  [
    "half a token (zai-org/GLM-4.5#41)",
    [start, { ...end, usage: { ...usage, output_tokens: 1.5 } }, done],
    "event 1: usage.output_tokens is 1.5",
  ],
  [
    "a gap between indices (QuantumNous/new-api#5482)",
    [start, begin(1), stop(1), end, done],
    "event 1: index 1 instead of 0",
  ],
  [
    "an index twice (router-for-me/CLIProxyAPI#539)",
    [start, begin(0), stop(0), begin(0), stop(0), end, done],
    "event 3: index 0 instead of 1",
  ],
  ["blocks that overlap", [start, begin(0), begin(1), stop(1), end, done], "event 2: block 0 is still open"],
  ["a block that is never stopped", [start, begin(0), end, done], "event 2: block 0 is still open"],
  [
    "text at the start of a block",
    [start, begin(0, { type: "text", text: "a" }), stop(0), end, done],
    "event 1: a text block does not begin empty",
  ],
  [
    "a thought without the field of its signature",
    [start, begin(0, { type: "thinking", thinking: "" }), stop(0), end, done],
    "event 1: a thought does not begin empty",
  ],
  [
    "a redacted thought without data",
    [start, begin(0, { type: "redacted_thinking" }), stop(0), end, done],
    "event 1: a redacted thought without data",
  ],
  [
    "an id that Anthropic refuses",
    [start, begin(0, { ...call, id: "functions.n:0" }), delta(0, json("{}")), stop(0), end, done],
    "event 1: the id functions.n:0",
  ],
  [
    "a call without a name",
    [start, begin(0, { ...call, name: undefined }), delta(0, json("{}")), stop(0), end, done],
    "event 1: a call without a name",
  ],
  [
    "a call with input at its start",
    [start, begin(0, { ...call, input: { a: 1 } }), delta(0, json("{}")), stop(0), end, done],
    "event 1: a call does not begin with empty input",
  ],
  ["a call without input", [start, begin(0, call), stop(0), end, done], "event 2: the input is not a JSON object"],
  [
    "broken input",
    [start, begin(0, call), delta(0, json('{"a":')), stop(0), end, done],
    "event 3: the input is not a JSON object",
  ],
  [
    "thinking in a text block (BerriAI/litellm#32357)",
    [start, begin(0), delta(0, { type: "thinking_delta", thinking: "a" }), stop(0), end, done],
    "event 2: thinking_delta in a text block",
  ],
  [
    "text in a call (sgl-project/sglang#24294)",
    [start, begin(0, call), delta(0), delta(0, json("{}")), stop(0), end, done],
    "event 2: text_delta in a tool_use block",
  ],
  [
    "a signature of text (BerriAI/litellm#33224)",
    [start, begin(0), delta(0, sign), stop(0), end, done],
    "event 2: signature_delta in a text block",
  ],
  [
    "a thought that goes on after its signature",
    [
      start,
      begin(0, thinking),
      delta(0, sign),
      delta(0, { type: "thinking_delta", thinking: "a" }),
      stop(0),
      end,
      done,
    ],
    "event 3: a delta after the signature",
  ],
  [
    "a delta without text",
    [start, begin(0), delta(0, { type: "text_delta" }), stop(0), end, done],
    "event 2: a delta without text",
  ],
  [
    "a delta without a thought",
    [start, begin(0, thinking), delta(0, { type: "thinking_delta" }), stop(0), end, done],
    "event 2: a delta without a thought",
  ],
  ["a delta of no block", [start, delta(0), end, done], "event 1: block 0 is not open"],
  ["a delta of another block", [start, begin(0), delta(1), stop(0), end, done], "event 2: block 1 is not open"],
  ["a stop of no block", [start, stop(0), end, done], "event 1: block 0 is not open"],
  ["no stop reason", [start, { ...end, delta: { stop_sequence: null } }, done], "event 1: the stop reason undefined"],
  [
    "an unknown stop reason",
    [start, { ...end, delta: { stop_reason: "eos", stop_sequence: null } }, done],
    "event 1: the stop reason eos",
  ],
  ["no stop_sequence", [start, { ...end, delta: { stop_reason: "end_turn" } }, done], "event 1: no stop_sequence"],
  ["two ends", [start, end, end, done], 'event 2: not possible in the state "finishing"'],
  ["content after the end", [start, end, begin(0), stop(0), done], 'event 2: not possible in the state "finishing"'],
  ["message_stop without message_delta", [start, done], 'event 1: not possible in the state "content"'],
  ["anything after message_stop", [start, end, done, { type: "ping" }], "event 3: after the end"],
  [
    "anything after an error",
    [start, { type: "error", error: { type: "a", message: "b" } }, end],
    "event 2: after the end",
  ],
  [
    "an error without a message",
    [start, { type: "error", error: { type: "a" } }],
    "event 1: an error without type or message",
  ],
  ["an unknown event", [start, { type: "message_pause" }, end, done], "event 1: an unknown event"],
])("%s is a fault", (_, events, fault) => {
  expect(checkAnthropicStream(write(events))).toContain(fault);
});

test("the name of an event and its type are the same, its data an object, its end a blank line", () => {
  const stream = write([start, end, done]);
  expect(checkAnthropicStream(stream.replace("event: message_stop", "event: done"))).toContain(
    "event 2: event is done, data.type is message_stop",
  );
  expect(checkAnthropicStream(stream.replace(/data: \{"type":"message_stop"\}/, "data: [DONE]"))).toContain(
    "event 2: data is not a JSON object",
  );
  expect(checkAnthropicStream(stream.slice(0, -1))).toEqual(["the last event has no end"]);
});
