import { describe, expect, test } from "vitest";
import { checkAnthropicStream } from "../grammar/check-anthropic-stream.ts";
import type { BlockStart, ChatEvent } from "../model/chat-event.ts";
import { noUsage } from "../model/usage.ts";
import type { EncodeAnswerContext } from "../protocol-contract.ts";
import { fold, replay } from "./__fixtures__/replay.ts";
import { encodeResponse } from "./encode-response.ts";
import { createStreamEncoder } from "./encode-stream.ts";

const context: EncodeAnswerContext = {
  requestedModel: "moonshotai/kimi-k2-thinking",
  id: "abc123",
  created: 1_700_000_000,
};
const usage = {
  inputTokens: 100,
  cacheReadTokens: 60,
  cacheWriteTokens: 20,
  cacheWrite1hTokens: 5,
  outputTokens: 30,
  reasoningTokens: 12,
};
const wireUsage = {
  input_tokens: 15,
  cache_creation_input_tokens: 25,
  cache_read_input_tokens: 60,
  cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 5 },
  output_tokens: 30,
  output_tokens_details: { thinking_tokens: 12 },
};

const block = (index: number, start: BlockStart, texts: string[], signature?: string): ChatEvent[] => [
  { type: "block-start", index, block: start },
  ...texts.map((text): ChatEvent => ({ type: "block-delta", index, text })),
  signature === undefined ? { type: "block-stop", index } : { type: "block-stop", index, signature },
];

const search = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "é" } };
const found = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
const citation = { type: "citations_delta", citation: { type: "char_location", cited_text: "c" } };
const own = (value: Record<string, unknown>): BlockStart => ({ type: "opaque", protocol: "anthropic-messages", value });

const events: ChatEvent[] = [
  { type: "start", id: "up", model: "up", usage: { ...noUsage, inputTokens: 100, cacheReadTokens: 60 } },
  ...block(0, { type: "reasoning" }, ["a", "b"], "sealed"),
  ...block(1, { type: "reasoning", redacted: "data" }, [], "sealed"),
  ...block(2, { type: "text" }, ['"quoted"\n']).toSpliced(1, 0, {
    type: "opaque-event",
    protocol: "anthropic-messages",
    value: citation,
  }),
  ...block(3, { type: "tool-call", id: "toolu_1", name: "Read" }, ['{"x":', "1}"]),
  ...block(4, { type: "tool-call", id: "toolu_2", name: "List" }, []),
  ...block(5, own(search), []),
  ...block(6, own(found), []),
  { type: "usage", usage },
  {
    type: "finish",
    reason: "tool-calls",
    usage,
    extensions: {
      "anthropic-messages": {
        container: { id: "c" },
        usage: { server_tool_use: { web_search_requests: 1 } },
        context_management: { applied_edits: [] },
      },
    },
  },
];

function encodeAll(list: readonly ChatEvent[], over: Partial<EncodeAnswerContext> = {}): string {
  const encoder = createStreamEncoder({ ...context, ...over });
  return list.map((event) => encoder.encode(event)).join("");
}

interface WireEvent {
  type: string;
  index?: number;
  [field: string]: unknown;
}

function eventsOf(stream: string): WireEvent[] {
  return stream
    .split("\n\n")
    .filter((one) => one.includes("data: "))
    .map((one) => JSON.parse(one.slice(one.indexOf("data: ") + "data: ".length)) as WireEvent);
}

test("writes Anthropic's events: named, typed, every block stopped, usage in full", () => {
  const stream = encodeAll(events);
  expect(checkAnthropicStream(stream)).toEqual([]);
  const start = (index: number, content_block: object) => ({ type: "content_block_start", index, content_block });
  const delta = (index: number, value: object) => ({ type: "content_block_delta", index, delta: value });
  const stop = (index: number) => ({ type: "content_block_stop", index });
  const json = (index: number, partial_json: string) => delta(index, { type: "input_json_delta", partial_json });
  expect(eventsOf(stream)).toEqual([
    {
      type: "message_start",
      message: {
        id: "msg_abc123",
        type: "message",
        role: "assistant",
        model: context.requestedModel,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: {
          input_tokens: 40,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 60,
          cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
          output_tokens: 0,
        },
      },
    },
    start(0, { type: "thinking", thinking: "", signature: "" }),
    delta(0, { type: "thinking_delta", thinking: "a" }),
    delta(0, { type: "thinking_delta", thinking: "b" }),
    delta(0, { type: "signature_delta", signature: "sealed" }),
    stop(0),
    start(1, { type: "redacted_thinking", data: "data" }),
    stop(1),
    start(2, { type: "text", text: "" }),
    delta(2, citation),
    delta(2, { type: "text_delta", text: '"quoted"\n' }),
    stop(2),
    start(3, { type: "tool_use", id: "toolu_1", name: "Read", input: {} }),
    json(3, '{"x":'),
    json(3, "1}"),
    stop(3),
    start(4, { type: "tool_use", id: "toolu_2", name: "List", input: {} }),
    json(4, "{}"),
    stop(4),
    start(5, { ...search, input: {} }),
    json(5, '{"query":"é"}'),
    stop(5),
    start(6, found),
    stop(6),
    {
      type: "message_delta",
      delta: { stop_reason: "tool_use", stop_sequence: null, container: { id: "c" } },
      usage: { ...wireUsage, server_tool_use: { web_search_requests: 1 } },
      context_management: { applied_edits: [] },
    },
    { type: "message_stop" },
  ]);
});

test("an answer as JSON says the same as its stream", () => {
  expect(encodeResponse(fold(events), context)).toEqual({
    id: "msg_abc123",
    type: "message",
    role: "assistant",
    model: context.requestedModel,
    content: [
      { type: "thinking", thinking: "ab", signature: "sealed" },
      { type: "redacted_thinking", data: "data" },
      { type: "text", text: '"quoted"\n', citations: [citation.citation] },
      { type: "tool_use", id: "toolu_1", name: "Read", input: { x: 1 } },
      { type: "tool_use", id: "toolu_2", name: "List", input: {} },
      search,
      found,
    ],
    stop_reason: "tool_use",
    stop_sequence: null,
    usage: { ...wireUsage, server_tool_use: { web_search_requests: 1 } },
    container: { id: "c" },
    context_management: { applied_edits: [] },
  });
});

describe("the start", () => {
  const inputOf = (event: ChatEvent, estimate?: number) => {
    const [start] = eventsOf(encodeAll([event], { inputTokensEstimate: estimate }));
    return (start as unknown as { message: { usage: { input_tokens: number } } }).message.usage.input_tokens;
  };

  test("estimates the prompt while the upstream has not counted it (vercel/ai#17326, T18)", () => {
    expect(inputOf({ type: "start", id: "", model: "" }, 42)).toBe(42);
    expect(inputOf({ type: "start", id: "", model: "", usage: noUsage }, 42)).toBe(42);
    expect(inputOf({ type: "start", id: "", model: "", usage: { ...noUsage, inputTokens: 7 } }, 42)).toBe(7);
    expect(inputOf({ type: "start", id: "", model: "" })).toBe(0);
  });

  test("is there even if the answer is only its end", () => {
    expect(checkAnthropicStream(encodeAll([{ type: "finish", reason: "stop", usage }]))).toEqual([]);
  });
});

describe("the end", () => {
  const endOf = (list: ChatEvent[]) => eventsOf(encodeAll(list)).find((event) => event.type === "message_delta")?.delta;

  test.each([
    ["stop", "end_turn"],
    ["length", "max_tokens"],
    ["stop-sequence", "stop_sequence"],
    ["tool-calls", "tool_use"],
    ["refusal", "refusal"],
    ["content-filter", "refusal"],
    ["pause", "pause_turn"],
    ["context-window", "model_context_window_exceeded"],
  ] as const)("%s is %s, streamed and whole", (reason, wire) => {
    const finish: ChatEvent = { type: "finish", reason, usage };
    expect(endOf([finish])).toEqual({ stop_reason: wire, stop_sequence: null });
    expect(encodeResponse(fold([finish]), context).stop_reason).toBe(wire);
  });

  test("the stop sequence is told", () => {
    expect(endOf([{ type: "finish", reason: "stop-sequence", stopSequence: "###", usage }])).toEqual({
      stop_reason: "stop_sequence",
      stop_sequence: "###",
    });
  });

  test("a refusal in words is text, and the reason says what it is", () => {
    const list: ChatEvent[] = [
      { type: "start", id: "", model: "" },
      ...block(0, { type: "refusal" }, ["No."]),
      { type: "finish", reason: "stop", usage },
    ];
    expect(checkAnthropicStream(encodeAll(list))).toEqual([]);
    expect(endOf(list)).toMatchObject({ stop_reason: "refusal" });
    expect(encodeResponse(fold(list), context)).toMatchObject({
      content: [{ type: "text", text: "No." }],
      stop_reason: "refusal",
    });
  });

  test("an error is an event of its own", () => {
    expect(encodeAll([{ type: "error", error: { code: "upstream_overloaded", message: "busy" } }])).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"busy"}}\n\n',
    );
  });
});

describe("what has no place in Messages", () => {
  test("a block of another protocol takes its index as an empty text", () => {
    const foreign: BlockStart = { type: "opaque", protocol: "openai-chat", value: { type: "audio" } };
    const list: ChatEvent[] = [
      { type: "start", id: "", model: "" },
      ...block(0, foreign, []),
      ...block(1, { type: "text" }, ["a"]),
      { type: "finish", reason: "stop", usage },
    ];
    expect(checkAnthropicStream(encodeAll(list))).toEqual([]);
    expect(encodeResponse(fold(list), context).content).toEqual([{ type: "text", text: "a" }]);
  });

  test("events of another protocol, and deltas outside of a block, are left out", () => {
    expect(encodeAll([{ type: "opaque-event", protocol: "openai-chat", value: { logprobs: {} } }])).toBe("");
    expect(encodeAll([{ type: "opaque-event", protocol: "anthropic-messages", value: citation }])).toBe("");
    expect(encodeAll([{ type: "usage", usage }])).toBe("");
  });
});

test("a sign of life is a ping, before the start a comment", () => {
  const encoder = createStreamEncoder(context);
  expect(encoder.keepAlive()).toMatch(/^:.*\n\n$/);
  encoder.encode({ type: "start", id: "", model: "" });
  expect(encoder.keepAlive()).toBe('event: ping\ndata: {"type":"ping"}\n\n');
});

test("arguments that are no JSON object reach a client of whole answers under one name", () => {
  const whole = (args: string) =>
    encodeResponse(
      {
        id: "",
        model: "",
        parts: [{ type: "tool-call", id: "toolu_1", name: "a", arguments: args }],
        finishReason: "tool-calls",
        usage,
      },
      context,
    ).content;
  expect(whole('{"a":')).toMatchObject([{ input: { _raw: '{"a":' } }]);
  expect(whole("")).toMatchObject([{ input: {} }]);
});

describe("a thinking block of nothing but a signature", () => {
  const write = (...blocks: ChatEvent[][]): unknown[] => {
    const encoder = createStreamEncoder(context);
    const written = [
      { type: "start", id: "up", model: "up" } as const,
      ...blocks.flat(),
      { type: "finish", reason: "stop", usage: noUsage } as const,
    ].map((event) => encoder.encode(event));
    const text = written.join("");
    expect(checkAnthropicStream(text)).toEqual([]);
    return fold(replay(text)).parts;
  };
  const spoken = block(0, { type: "text" }, ["done"]);
  const signature = block(1, { type: "reasoning" }, [], "sealed");
  const call = { type: "tool-call", id: "toolu_1", name: "List" } as const;

  test("is left out at the end, where Claude Code would take it for the result", () => {
    expect(write(spoken, signature)).toEqual([{ type: "text", text: "done" }]);
    const parts = [
      { type: "text" as const, text: "done" },
      { type: "reasoning" as const, text: "", signature: "sealed" },
    ];
    const whole = encodeResponse({ id: "", model: "", parts, finishReason: "stop", usage: noUsage }, context);
    expect(whole.content).toEqual([{ type: "text", text: "done" }]);
  });

  test("stays before a call, and where it is all there is", () => {
    const thought = { type: "reasoning", text: "", signature: "sealed" };
    expect(write(spoken, signature, block(2, call, []))).toMatchObject([
      { type: "text", text: "done" },
      thought,
      { type: "tool-call", name: "List" },
    ]);
    expect(write(block(0, { type: "reasoning" }, [], "sealed"))).toEqual([thought]);
  });
});
