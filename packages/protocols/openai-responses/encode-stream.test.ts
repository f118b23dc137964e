import { describe, expect, test } from "vitest";
import { clientContext, encodeEvents } from "../contract/__fixtures__/answers.ts";
import { checkResponsesStream } from "../grammar/check-responses-stream.ts";
import type { BlockStart, ChatEvent } from "../model/chat-event.ts";
import type { ErrorCode } from "../model/error.ts";
import { noUsage } from "../model/usage.ts";
import { openaiResponses } from "./index.ts";

interface Event {
  type: string;
  item?: Record<string, unknown>;
  response?: Record<string, unknown>;
  [field: string]: unknown;
}

const start: ChatEvent = { type: "start", id: "a", model: "m" };
const finish: Extract<ChatEvent, { type: "finish" }> = {
  type: "finish",
  reason: "stop",
  usage: { ...noUsage, inputTokens: 3, outputTokens: 1 },
};

function block(index: number, block: BlockStart, texts: readonly string[] = [], signature?: string): ChatEvent[] {
  return [
    { type: "block-start", index, block },
    ...texts.map((text): ChatEvent => ({ type: "block-delta", index, text })),
    { type: "block-stop", index, ...(signature === undefined ? {} : { signature }) },
  ];
}

function encode(...events: ChatEvent[]): Event[] {
  const stream = encodeEvents(openaiResponses, events);
  expect(checkResponsesStream(stream)).toEqual([]);
  return [...stream.matchAll(/^data: (.*)$/gm)].map(([, json = ""]) => JSON.parse(json) as Event);
}

function itemsOf(events: readonly Event[]): unknown[] {
  return events.flatMap(({ type, item }) => (type === "response.output_item.done" ? [item] : []));
}

test("a thought is a summary with the envelope, a text a message, in the order in which they came", () => {
  const events = encode(
    start,
    ...block(0, { type: "reasoning" }, ["Think", "ing."], "or1.a.b"),
    ...block(1, { type: "text" }, ["Hel", "lo – 😀"]),
    finish,
  );
  expect(events.map(({ type }) => type.replace("response.", ""))).toEqual([
    "created",
    "in_progress",
    "output_item.added",
    "reasoning_summary_part.added",
    "reasoning_summary_text.delta",
    "reasoning_summary_text.delta",
    "reasoning_summary_text.done",
    "reasoning_summary_part.done",
    "output_item.done",
    "output_item.added",
    "content_part.added",
    "output_text.delta",
    "output_text.delta",
    "output_text.done",
    "content_part.done",
    "output_item.done",
    "completed",
  ]);
  expect(itemsOf(events)).toEqual([
    {
      id: "rs_abc123_0",
      type: "reasoning",
      summary: [{ type: "summary_text", text: "Thinking." }],
      encrypted_content: "or1.a.b",
    },
    {
      id: "msg_abc123_1",
      type: "message",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: "Hello – 😀", annotations: [], logprobs: [] }],
    },
  ]);
});

test("hidden thoughts are items with nothing to read", () => {
  expect(
    itemsOf(encode(start, ...block(0, { type: "reasoning", redacted: "or1.a.b" }, [], "or1.a.b"), finish)),
  ).toEqual([{ id: "rs_abc123_0", type: "reasoning", summary: [], encrypted_content: "redacted.or1.a.b" }]);
});

test("texts that follow each other are parts of one message, a phase makes a message of its own", () => {
  const phase: ChatEvent = {
    type: "opaque-event",
    protocol: "openai-responses",
    value: { message: { phase: "final_answer" } },
  };
  const events = encode(
    start,
    ...block(0, { type: "text" }, ["a"]),
    ...block(1, { type: "refusal" }, ["b"]),
    phase,
    ...block(2, { type: "text" }, ["c"]),
    finish,
  );
  expect(itemsOf(events)).toMatchObject([
    { content: [{ text: "a" }, { refusal: "b" }] },
    { phase: "final_answer", content: [{ text: "c" }] },
  ]);
});

test("calls of every kind; one without arguments has the JSON of an empty object", () => {
  const call = { type: "tool-call" as const, name: "f" };
  const events = encode(
    start,
    ...block(0, { ...call, id: "c1", namespace: "ns" }),
    ...block(1, { ...call, id: "c2", custom: true }, ["free"]),
    ...block(2, { ...call, id: "c3", toolSearch: true }, ['{"query":"q"}']),
    { ...finish, reason: "tool-calls" },
  );
  expect(itemsOf(events)).toEqual([
    {
      id: "fc_abc123_0",
      type: "function_call",
      status: "completed",
      call_id: "c1",
      namespace: "ns",
      name: "f",
      arguments: "{}",
    },
    { id: "ctc_abc123_1", type: "custom_tool_call", status: "completed", call_id: "c2", name: "f", input: "free" },
    {
      id: "tsc_abc123_2",
      type: "tool_search_call",
      status: "completed",
      call_id: "c3",
      execution: "client",
      arguments: { query: "q" },
    },
  ]);
});

test("a search of the gateway's, and the pages that the text names", () => {
  const results = [
    { url: "https://a.example/x", title: "A" },
    { url: "https://b.example/", title: "B" },
  ];
  const events = encode(
    start,
    ...block(0, { type: "web-search", id: "q1", query: "q", results }),
    ...block(1, { type: "text" }, ["See https://a.", "example/x."]),
    finish,
  );
  expect(itemsOf(events)).toMatchObject([
    { type: "web_search_call", id: "ws_or1q1", status: "completed", action: { type: "search", query: "q" } },
    { content: [{ annotations: [{ type: "url_citation", title: "A", start_index: 4, end_index: 23 }] }] },
  ]);
  expect(events.filter(({ type }) => type === "response.output_text.annotation.added")).toHaveLength(1);
});

test.each<[ChatEvent & { type: "finish" }, string, object]>([
  [
    { type: "finish", reason: "length", usage: noUsage },
    "response.incomplete",
    { incomplete_details: { reason: "max_output_tokens" } },
  ],
  [
    { type: "finish", reason: "content-filter", usage: noUsage },
    "response.incomplete",
    { incomplete_details: { reason: "content_filter" } },
  ],
  [
    { type: "finish", reason: "refusal", usage: noUsage },
    "response.incomplete",
    { incomplete_details: { reason: "content_filter" } },
  ],
  [{ type: "finish", reason: "pause", usage: noUsage }, "response.completed", { incomplete_details: null }],
])("an answer that ended like %j", (end, type, fields) => {
  const last = encode(start, ...block(0, { type: "text" }, ["a"]), end).at(-1);
  expect(last?.type).toBe(type);
  expect(last?.response).toMatchObject(fields);
});

describe("a failure says what Codex decides by", () => {
  test.each<[ErrorCode, string]>([
    ["upstream_error", "server_error"],
    ["upstream_overloaded", "server_error"],
    ["upstream_rate_limited", "rate_limit_exceeded"],
    ["rate_limited", "rate_limit_exceeded"],
    ["context_length_exceeded", "context_length_exceeded"],
    ["payment_required", "insufficient_quota"],
    ["content_filtered", "invalid_prompt"],
    ["invalid_request", "invalid_prompt"],
  ])("%s is %s", (code, wire) => {
    const events = encode(start, ...block(0, { type: "text" }, ["a"]), {
      type: "error",
      error: { code, message: "m" },
    });
    expect(events.at(-1)).toMatchObject({
      type: "response.failed",
      response: { status: "failed", error: { code: wire } },
    });
  });

  test("how long to wait stands in the words", () => {
    const error = { code: "rate_limited" as const, message: "Slow down.", retryAfterSeconds: 1.5 };
    expect(encode(start, { type: "error", error }).at(-1)?.response?.error).toEqual({
      code: "rate_limit_exceeded",
      message: "Slow down. Please try again in 2s.",
    });
  });

  test("also before the answer has begun: helpers of SDKs expect a beginning", () => {
    const events = encode({ type: "error", error: { code: "upstream_error", message: "m" } });
    expect(events.map(({ type }) => type)).toEqual(["response.created", "response.in_progress", "response.failed"]);
  });
});

test("what the client asked for is repeated, the conversation is not", () => {
  const request = openaiResponses.decodeRequest({
    model: "m",
    input: "secret",
    instructions: "Be brief.",
    tools: [{ type: "function", name: "f", parameters: { type: "object" }, strict: true }],
    tool_choice: "required",
    temperature: 0.5,
    reasoning: { effort: "low" },
    text: { verbosity: "low" },
    metadata: { a: "b" },
    previous_response_id: "resp_0",
  });
  const echo = openaiResponses.echo?.(request);
  expect(JSON.stringify(echo)).not.toContain("secret");
  const body = openaiResponses.encodeResponse(
    { id: "a", model: "m", parts: [], finishReason: "stop", usage: noUsage },
    { ...clientContext, echo },
  );
  expect(body).toMatchObject({
    instructions: "Be brief.",
    tools: [{ type: "function", name: "f", parameters: { type: "object" }, strict: true }],
    tool_choice: "required",
    temperature: 0.5,
    reasoning: { effort: "low", summary: null },
    text: { format: { type: "text" }, verbosity: "low" },
    metadata: { a: "b" },
    previous_response_id: "resp_0",
    model: clientContext.requestedModel,
  });
  const long = openaiResponses.echo?.({ ...request, system: [{ type: "text", text: "x".repeat(5000) }] });
  expect(long).not.toHaveProperty("instructions");
});
