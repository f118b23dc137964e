import { expect, test } from "vitest";
import { decodeJson, decodeText, fold, gist } from "../contract/__fixtures__/answers.ts";
import { loadRecording } from "../contract/__fixtures__/recordings.ts";
import type { ChatAnswer } from "../model/chat-answer.ts";
import { openaiResponses } from "./index.ts";

type Event = { type: string; [field: string]: unknown };

function streamOf(...events: readonly Event[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

function read(...events: readonly Event[]): ChatAnswer {
  return fold(decodeText(openaiResponses, streamOf(...events)));
}

function recorded(name: string): ChatAnswer {
  return fold(decodeText(openaiResponses, loadRecording("openai-responses", name).bytes.toString()));
}

const created = { type: "response.created", response: { id: "resp_1", model: "m" } };
const usage = { input_tokens: 5, output_tokens: 2 };
const completed = { type: "response.completed", response: { id: "resp_1", status: "completed", usage } };
const messageDone = (text: string, id?: string): Event => ({
  type: "response.output_item.done",
  output_index: 0,
  item: { type: "message", ...(id === undefined ? {} : { id }), content: [{ type: "output_text", text }] },
});
const delta = (text: string, more: object = {}): Event => ({
  type: "response.output_text.delta",
  output_index: 0,
  item_id: "msg_1",
  content_index: 0,
  delta: text,
  ...more,
});

test("a thought keeps its id, its encrypted content at the end and how it was cut into parts, and is never text (T13)", () => {
  const { parts } = recorded("openai-reasoning-tools");
  expect(parts[0]).toEqual({
    type: "reasoning",
    text: "**Looking** at – “both” files\n\nThen answer. 🚀",
    signature: '["rs_0a1b01","gAAAAABpK3xv_R-Zq0w7==",29,15]',
  });
  expect(gist(recorded("openai-reasoning-tools")).text).toBe("");
});

test("parallel calls whose arguments come mixed, under other ids in every event, with a text between them (T7)", () => {
  expect(recorded("generic-mixed").parts).toEqual([
    { type: "tool-call", id: "call_X7bK2mQz81", name: "a", arguments: '{"a":"é"}' },
    { type: "tool-call", id: "call_Y7bK2mQz81", name: "b", arguments: '{"b":2}' },
    { type: "text", text: "meanwhile" },
  ]);
});

test("free-text calls, namespaces, phases and a citation", () => {
  const { parts, opaqueEvents } = recorded("openai-custom-tools");
  expect(parts.slice(2)).toMatchObject([
    { name: "apply_patch", custom: true },
    { name: "spawn", namespace: "multi_agent_v1", arguments: "{}" },
  ]);
  expect(opaqueEvents).toEqual([
    { part: 0, protocol: "openai-responses", value: { message: { phase: "commentary" } } },
  ]);
  expect(recorded("openai-web-search")).toMatchObject({
    parts: [{ type: "opaque", value: { type: "web_search_call" } }, { type: "text" }],
    opaqueEvents: [{ part: 1, value: { annotation: { type: "url_citation" } } }],
  });
});

test.each<[string, Event[], string]>([
  ["deltas alone", [delta("a"), delta("b")], "ab"],
  ["a whole item alone", [messageDone("ab")], "ab"],
  ["a whole item that knows more than the deltas", [delta("a"), messageDone("ab", "msg_1")], "ab"],
  [
    "a done event that knows more than the deltas",
    [delta("a"), { ...delta(""), type: "response.output_text.done", text: "ab" }],
    "ab",
  ],
  ["the same item twice", [messageDone("ab", "msg_1"), messageDone("ab", "msg_1")], "ab"],
  [
    "a done event after the item",
    [messageDone("ab", "msg_1"), { ...delta(""), type: "response.output_text.done", text: "ab" }],
    "ab",
  ],
  ["a delta without any place", [{ type: "response.output_text.delta", delta: "ab" }], "ab"],
])("a text told by %s", (_, events, text) => {
  expect(read(created, ...events, completed).parts).toEqual([{ type: "text", text }]);
});

test.each([
  ["in its last event only", ["", '{"a":1}', '{"a":1}']],
  ["in one delta and nowhere else", ['{"a":1}', undefined, undefined]],
  ["as an object", ["", undefined, { a: 1 }]],
])("the arguments of a call told %s (T8)", (_, [piece, told, whole]) => {
  const place = { output_index: 0, item_id: "fc_1" };
  const item = { type: "function_call", id: "fc_1", call_id: "call_A7bK2mQz81", name: "f" };
  const events: Event[] = [
    { type: "response.output_item.added", ...place, item: { ...item, arguments: "" } },
    { type: "response.function_call_arguments.delta", ...place, delta: piece },
    ...(told === undefined ? [] : [{ type: "response.function_call_arguments.done", ...place, arguments: told }]),
    {
      type: "response.output_item.done",
      ...place,
      item: { ...item, ...(whole === undefined ? {} : { arguments: whole }) },
    },
  ];
  expect(read(created, ...events, completed).parts).toEqual([
    { type: "tool-call", id: "call_A7bK2mQz81", name: "f", arguments: '{"a":1}' },
  ]);
});

test("a function that stands for a free-text tool, a renamed tool and the client's search come back as what they were", () => {
  const tools = new Map([
    ["patch", { name: "patch", custom: true }],
    ["ns__f", { name: "f", namespace: "ns" }],
    ["tool_search", { name: "tool_search", toolSearch: true }],
  ]);
  const done = (name: string, args: string, at: number): Event => ({
    type: "response.output_item.done",
    output_index: at,
    item: { type: "function_call", id: `fc_${at}`, call_id: `call_${at}7bK2mQz81`, name, arguments: args },
  });
  const events = [
    done("patch", '{"input":"free"}', 0),
    done("ns__f", "{}", 1),
    done("tool_search", '{"query":"q"}', 2),
  ];
  expect(fold(decodeText(openaiResponses, streamOf(created, ...events, completed), { tools })).parts).toMatchObject([
    { name: "patch", custom: true, arguments: "free" },
    { name: "f", namespace: "ns" },
    { name: "tool_search", toolSearch: true, arguments: '{"query":"q"}' },
  ]);
});

test("call ids that cannot stand in a client's history are replaced", () => {
  const { parts } = recorded("generic-open-thoughts");
  expect(parts[1]).toMatchObject({ id: "call_new1000", name: "ls" });
});

test("log probabilities and how the request was served are told to those who know them", () => {
  const logprobs = [{ token: "a", logprob: -0.1 }];
  const response = { ...completed.response, service_tier: "priority" };
  const answer = read(created, delta("a", { logprobs }), { ...completed, response });
  expect(answer.opaqueEvents).toMatchObject([{ part: 0, value: { logprobs } }]);
  expect(answer.extensions).toEqual({ "openai-responses": { service_tier: "priority" } });
});

test.each<[string, Event[], string, string]>([
  [
    "response.failed",
    [
      {
        type: "response.failed",
        response: { status: "failed", error: { code: "rate_limit_exceeded", message: "slow down" } },
      },
    ],
    "upstream_rate_limited",
    "slow down",
  ],
  [
    "an error event",
    [{ type: "error", code: "server_error", message: "broken", param: null, sequence_number: 3 }],
    "upstream_error",
    "broken",
  ],
  [
    "an error event of an older form",
    [{ type: "error", error: { type: "server_error", message: "broken" } }],
    "upstream_error",
    "broken",
  ],
  [
    "a context too long",
    [{ type: "response.failed", response: { error: { code: "context_length_exceeded", message: "too long" } } }],
    "context_length_exceeded",
    "too long",
  ],
  [
    "a response that failed without a word",
    [{ type: "response.completed", response: { status: "failed" } }],
    "upstream_error",
    "failed",
  ],
  [
    "a call without a name",
    [{ type: "response.output_item.done", output_index: 0, item: { type: "function_call", call_id: "c" } }],
    "upstream_invalid_response",
    "without a name",
  ],
  ["a stream that breaks off", [], "upstream_invalid_response", "before the answer was complete"],
])("%s is an error", (_, events, code, words) => {
  const answer = read(created, delta("a"), ...events);
  expect(answer.error?.code).toBe(code);
  expect(answer.error?.message).toContain(words);
});

test("a server that ends with [DONE] only has ended", () => {
  const answer = fold(decodeText(openaiResponses, `${streamOf(created, messageDone("a"))}data: [DONE]\n\n`));
  expect(answer).toMatchObject({ finishReason: "stop", parts: [{ text: "a" }] });
});

test.each<[object, string]>([
  [{ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }, "length"],
  [{ status: "incomplete", incomplete_details: { reason: "content_filter" } }, "content-filter"],
  [{ status: "incomplete" }, "length"],
  [{ status: "completed" }, "stop"],
])("a response that is %j ends with %s, streamed and whole", (fields, reason) => {
  const type = "status" in fields && fields.status === "incomplete" ? "response.incomplete" : "response.completed";
  expect(read(created, delta("a"), { type, response: fields }).finishReason).toBe(reason);
  expect(fold(decodeJson(openaiResponses, { ...fields, output: [] })).finishReason).toBe(reason);
});

test.each<[unknown, string]>([
  [[], "not a JSON object"],
  [{ id: "a" }, "no output"],
  [{ error: { message: "no such thing" } }, "no such thing"],
  [{ output: [], status: "failed", error: { code: "server_error", message: "oops" } }, "oops"],
  [{ detail: "x", message: "not here" }, "not here"],
])("%j for an answer is an error", (body, words) => {
  expect(fold(decodeJson(openaiResponses, body)).error?.message).toContain(words);
});
