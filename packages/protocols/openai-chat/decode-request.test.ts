import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RequestError } from "../model/error.ts";
import { decodeRequest } from "./decode-request.ts";

const hello = { role: "user", content: "hello" };
const decode = (body: object) => decodeRequest({ model: "m", messages: [hello], ...body });
const messages = (...list: object[]) => decodeRequest({ model: "m", messages: list });

test("reads a whole request", () => {
  const request = decodeRequest({
    model: "moonshotai/kimi-k2-thinking",
    messages: [
      { role: "system", content: "You are" },
      { role: "developer", content: [{ type: "text", text: "brief", cache_control: { type: "ephemeral" } }] },
      {
        role: "user",
        name: "ann",
        content: [
          { type: "text", text: "look" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
        ],
      },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "c1", type: "function", function: { name: "a", arguments: '{"x":1}' } },
          { id: "c2", type: "custom", custom: { name: "patch", input: "***" } },
        ],
      },
      { role: "tool", tool_call_id: "c2", content: [{ type: "text", text: "two" }] },
      { role: "tool", tool_call_id: "c1", content: "one" },
      { role: "system", content: "later" },
      { role: "assistant", content: "done", refusal: "no" },
    ],
    tools: [
      {
        type: "function",
        function: { name: "a", description: "d", parameters: { type: "object" }, strict: true },
        cache_control: { type: "ephemeral", ttl: "1h" },
      },
      { type: "custom", custom: { name: "patch", format: { type: "text" } } },
      { type: "builtin_function", function: { name: "$web_search" } },
    ],
    tool_choice: { type: "function", function: { name: "a" } },
    parallel_tool_calls: false,
    max_completion_tokens: 100,
    stop: "END",
    temperature: 0.5,
    top_p: 0.9,
    seed: 1,
    n: 1,
    reasoning_effort: "high",
    response_format: { type: "json_schema", json_schema: { name: "r", schema: { type: "object" }, strict: true } },
    stream: true,
    stream_options: { include_usage: true },
    user: "u1",
    logit_bias: { "1": 2 },
    provider: { order: ["moonshot"] },
    metadata: null,
  });
  expect(request).toEqual({
    model: "moonshotai/kimi-k2-thinking",
    system: [
      { type: "text", text: "You are" },
      { type: "text", text: "brief", cache: { ttl: "5m" } },
    ],
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "look" },
          { type: "image", source: { kind: "base64", mediaType: "image/png", data: "AAAA" }, detail: "low" },
        ],
        extensions: { "openai-chat": { name: "ann" } },
      },
      {
        role: "assistant",
        content: [
          { type: "tool-call", id: "c1", name: "a", arguments: '{"x":1}' },
          { type: "tool-call", id: "c2", name: "patch", arguments: "***", custom: true },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool-result", callId: "c2", content: [{ type: "text", text: "two" }] },
          { type: "tool-result", callId: "c1", content: [{ type: "text", text: "one" }] },
        ],
      },
      { role: "system", content: [{ type: "text", text: "later" }] },
      {
        role: "assistant",
        content: [
          { type: "text", text: "done" },
          { type: "refusal", text: "no" },
        ],
      },
    ],
    tools: [
      {
        kind: "function",
        name: "a",
        description: "d",
        parameters: { type: "object" },
        strict: true,
        cache: { ttl: "1h" },
      },
      { kind: "custom", name: "patch", format: { type: "text" } },
      {
        kind: "hosted",
        name: "$web_search",
        protocol: "openai-chat",
        hostedType: "builtin_function",
        value: { type: "builtin_function", function: { name: "$web_search" } },
      },
    ],
    toolChoice: { type: "tool", name: "a" },
    parallelToolCalls: false,
    maxOutputTokens: 100,
    stopSequences: ["END"],
    sampling: { temperature: 0.5, topP: 0.9, seed: 1 },
    reasoning: { mode: "auto", effort: "high" },
    outputFormat: { type: "json-schema", name: "r", schema: { type: "object" }, strict: true },
    stream: true,
    includeUsage: true,
    userId: "u1",
    extensions: { "openai-chat": { logit_bias: { "1": 2 }, provider: { order: ["moonshot"] } } },
  });
});

describe("reasoning that comes back", () => {
  const thoughts = (fields: object) =>
    messages(hello, { role: "assistant", content: "x", ...fields }).messages[1]?.content.slice(0, -1);

  test.each<[string, object, object[]]>([
    ["reasoning_content", { reasoning_content: " a\n" }, [{ text: " a\n" }]],
    ["reasoning", { reasoning: "a" }, [{ text: "a" }]],
    ["both", { reasoning_content: "a", reasoning: "a" }, [{ text: "a" }]],
    [
      "all three",
      {
        reasoning_content: "a",
        reasoning: "a",
        reasoning_details: [{ type: "reasoning.text", text: "a", signature: "s", index: 0 }],
      },
      [{ text: "a", signature: "s" }],
    ],
    [
      "details cut like the stream",
      {
        reasoning_details: [
          { type: "reasoning.text", text: "a", index: 0 },
          { type: "reasoning.text", text: "b", index: 0 },
          { type: "reasoning.text", signature: "s", index: 0 },
          { type: "reasoning.text", text: "c", index: 1 },
        ],
      },
      [{ text: "ab", signature: "s" }, { text: "c" }],
    ],
    [
      "a signature without text, beside the text",
      { reasoning: "a", reasoning_details: [{ type: "reasoning.text", signature: "s" }] },
      [{ text: "a", signature: "s" }],
    ],
    ["encrypted", { reasoning_details: [{ type: "reasoning.encrypted", data: "d" }] }, [{ text: "", redacted: "d" }]],
    ["a summary", { reasoning_details: [{ type: "reasoning.summary", summary: "a" }] }, [{ text: "a" }]],
    ["nothing", { reasoning_content: "", reasoning: null, reasoning_details: [] }, []],
  ])("as %s", (_, fields, expected) => {
    expect(thoughts(fields)).toEqual(expected.map((part) => ({ type: "reasoning", ...part })));
  });
});

test.each<[object, object | undefined]>([
  [{}, undefined],
  [{ reasoning_effort: "none" }, { mode: "off" }],
  [{ reasoning_effort: "ultra" }, { mode: "auto", effort: "max" }],
  [{ reasoning: { effort: "low" } }, { mode: "auto", effort: "low" }],
  [{ reasoning: { max_tokens: 500, exclude: true } }, { mode: "budget", budgetTokens: 500, display: "omitted" }],
  [{ reasoning: { enabled: false } }, { mode: "off" }],
  [{ reasoning: { enabled: true } }, { mode: "auto" }],
  [{ thinking: { type: "disabled" } }, { mode: "off" }],
  [
    { thinking: { type: "enabled" }, reasoning_effort: "high" },
    { mode: "auto", effort: "high" },
  ],
  [{ thinking: { type: "enabled", budget_tokens: 100 } }, { mode: "budget", budgetTokens: 100 }],
])("reads how much to think from %j", (body, expected) => {
  expect(decode(body).reasoning).toEqual(expected);
});

test("functions and function_call of before 2023-11 are read", () => {
  const request = decodeRequest({
    model: "m",
    messages: [
      hello,
      { role: "assistant", content: null, function_call: { name: "a", arguments: "{}" } },
      { role: "function", name: "a", content: "one" },
    ],
    functions: [{ name: "a" }],
    function_call: { name: "a" },
  });
  expect(request.tools).toMatchObject([{ kind: "function", name: "a" }]);
  expect(request.toolChoice).toEqual({ type: "tool", name: "a" });
  expect(request.messages[2]?.content).toMatchObject([{ type: "tool-result", callId: "call_function_0" }]);
});

test("files, audio and unknown parts are kept", () => {
  const parts = [
    { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } },
    { type: "file", file: { file_id: "file-1" } },
    { type: "input_audio", input_audio: { data: "AA", format: "wav" } },
    { type: "image_url", image_url: { url: "https://example.com/a.png" } },
  ];
  expect(messages({ role: "user", content: parts }).messages[0]?.content).toEqual([
    { type: "document", title: "a.pdf", source: { kind: "base64", mediaType: "application/pdf", data: "AAAA" } },
    { type: "document", source: { kind: "file", fileId: "file-1" } },
    { type: "opaque", protocol: "openai-chat", value: parts[2] },
    { type: "image", source: { kind: "url", url: "https://example.com/a.png" } },
  ]);
});

test("allowed_tools becomes its mode, and travels on for upstreams that know it", () => {
  const choice = { type: "allowed_tools", allowed_tools: { mode: "required", tools: [] } };
  const request = decode({ tool_choice: choice });
  expect(request.toolChoice).toEqual({ type: "required" });
  expect(request.extensions["openai-chat"]).toEqual({ tool_choice: choice });
});

const call = (over: object) => ({
  role: "assistant",
  tool_calls: [{ id: "c", type: "function", function: { name: "a", arguments: "{}" }, ...over }],
});
let deep: unknown = {};
for (let level = 0; level < 70; level++) deep = { properties: { a: deep } };

test.each<[string, unknown]>([
  ["body", null],
  ["body", []],
  ["model", { messages: [hello] }],
  ["model", { model: 7, messages: [hello] }],
  ["model", { model: "", messages: [hello] }],
  ["messages", { model: "m" }],
  ["messages", { model: "m", messages: {} }],
  ["messages", { model: "m", messages: [] }],
  ["messages[0]", { model: "m", messages: ["hi"] }],
  ["messages[0].role", { model: "m", messages: [{ content: "hi" }] }],
  ["messages[0].role", { model: "m", messages: [{ role: "robot", content: "hi" }] }],
  ["messages[0].content", { model: "m", messages: [{ role: "user" }] }],
  ["messages[0].content", { model: "m", messages: [{ role: "user", content: null }] }],
  ["messages[0].content", { model: "m", messages: [{ role: "user", content: "\ud83d" }] }],
  [
    "messages[0].content[1].text",
    { model: "m", messages: [{ role: "user", content: [{ type: "text", text: "a" }, { type: "text" }] }] },
  ],
  ["messages[0].content[0].type", { model: "m", messages: [{ role: "user", content: [{}] }] }],
  ["messages[0].content[0].type", { model: "m", messages: [{ role: "system", content: [{ type: "image_url" }] }] }],
  ["messages[0].content[0].image_url", { model: "m", messages: [{ role: "user", content: [{ type: "image_url" }] }] }],
  [
    "messages[0].content[0].image_url.url",
    {
      model: "m",
      messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "file:///etc/passwd" } }] }],
    },
  ],
  [
    "messages[0].content[0].image_url.url",
    {
      model: "m",
      messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png,abc" } }] }],
    },
  ],
  ["messages[0].content[0].file", { model: "m", messages: [{ role: "user", content: [{ type: "file", file: {} }] }] }],
  ["messages[1].tool_calls", { model: "m", messages: [hello, { role: "assistant", tool_calls: {} }] }],
  ["messages[1].tool_calls[0].id", { model: "m", messages: [hello, call({ id: undefined })] }],
  ["messages[1].tool_calls[0].function", { model: "m", messages: [hello, call({ function: null })] }],
  [
    "messages[1].tool_calls[0].function.name",
    { model: "m", messages: [hello, call({ function: { arguments: "{}" } })] },
  ],
  [
    "messages[1].tool_calls[0].function.arguments",
    { model: "m", messages: [hello, call({ function: { name: "a", arguments: 7 } })] },
  ],
  ["messages[1].content", { model: "m", messages: [hello, { role: "assistant", content: 7 }] }],
  [
    "messages[1].reasoning_content",
    { model: "m", messages: [hello, { role: "assistant", content: "a", reasoning_content: 7 }] },
  ],
  ["messages[1].tool_call_id", { model: "m", messages: [hello, { role: "tool", content: "x" }] }],
  [
    "messages[2].tool_call_id",
    { model: "m", messages: [hello, call({}), { role: "tool", tool_call_id: "zz", content: "x" }] },
  ],
  ["messages[2].content", { model: "m", messages: [hello, call({}), { role: "tool", tool_call_id: "c" }] }],
  ["messages[1].name", { model: "m", messages: [hello, { role: "function", name: "a", content: "x" }] }],
  ["tools", { model: "m", messages: [hello], tools: {} }],
  ["tools[0]", { model: "m", messages: [hello], tools: [7] }],
  ["tools[0].type", { model: "m", messages: [hello], tools: [{ function: { name: "a" } }] }],
  ["tools[0].function", { model: "m", messages: [hello], tools: [{ type: "function" }] }],
  [
    "tools[1].function.name",
    {
      model: "m",
      messages: [hello],
      tools: [
        { type: "function", function: { name: "a" } },
        { type: "function", function: {} },
      ],
    },
  ],
  [
    "tools[0].function.parameters",
    { model: "m", messages: [hello], tools: [{ type: "function", function: { name: "a", parameters: [] } }] },
  ],
  [
    "tools[0].function.parameters",
    { model: "m", messages: [hello], tools: [{ type: "function", function: { name: "a", parameters: deep } }] },
  ],
  ["tool_choice", { model: "m", messages: [hello], tool_choice: "any" }],
  ["tool_choice.type", { model: "m", messages: [hello], tool_choice: {} }],
  ["tool_choice.function.name", { model: "m", messages: [hello], tool_choice: { type: "function", function: {} } }],
  ["max_tokens", { model: "m", messages: [hello], max_tokens: 0 }],
  ["max_tokens", { model: "m", messages: [hello], max_tokens: "100" }],
  ["temperature", { model: "m", messages: [hello], temperature: "hot" }],
  ["stop", { model: "m", messages: [hello], stop: 7 }],
  ["stop[1]", { model: "m", messages: [hello], stop: ["a", 7] }],
  ["stream", { model: "m", messages: [hello], stream: "yes" }],
  ["stream_options", { model: "m", messages: [hello], stream_options: true }],
  ["n", { model: "m", messages: [hello], n: 2 }],
  ["reasoning_effort", { model: "m", messages: [hello], reasoning_effort: "huge" }],
  ["reasoning", { model: "m", messages: [hello], reasoning: true }],
  ["reasoning.max_tokens", { model: "m", messages: [hello], reasoning: { max_tokens: -1 } }],
  ["response_format.type", { model: "m", messages: [hello], response_format: { type: "xml" } }],
  [
    "response_format.json_schema.name",
    { model: "m", messages: [hello], response_format: { type: "json_schema", json_schema: {} } },
  ],
  ["metadata", { model: "m", messages: [hello], metadata: deep }],
])("refuses what is wrong with %s by its name", (param, body) => {
  let refused: unknown;
  try {
    decodeRequest(body);
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(RequestError);
  const { error } = refused as RequestError;
  expect(error.param).toBe(param);
  expect(error.message.startsWith(`${param}: `)).toBe(true);
});

test("whatever comes is read or refused, never a crash", () => {
  const fields = [
    "model",
    "messages",
    "tools",
    "tool_choice",
    "stop",
    "reasoning",
    "response_format",
    "stream_options",
    "functions",
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...fields), fc.jsonValue()), fc.jsonValue(), (body, message) => {
      for (const value of [
        body,
        { model: "m", messages: [message] },
        { model: "m", messages: [{ role: "user", content: message }] },
        {
          model: "m",
          messages: [{ role: "assistant", content: "a", tool_calls: message, reasoning_details: message }],
        },
      ]) {
        try {
          decodeRequest(value);
        } catch (error) {
          expect(error).toBeInstanceOf(RequestError);
        }
      }
    }),
    { numRuns: 300 },
  );
});
