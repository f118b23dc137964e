import { describe, expect, test } from "vitest";
import { RequestError } from "../model/error.ts";
import { claudeCode197, claudeCode330, claudeCodeWebSearch } from "./__fixtures__/claude-code.ts";
import { decodeRequest } from "./decode-request.ts";

const hello = { role: "user", content: "hello" };
const decode = (body: object) => decodeRequest({ model: "m", max_tokens: 10, messages: [hello], ...body });
const cache = { ttl: "5m" };

describe("Claude Code", () => {
  test("2.1.197: billing block, instructions inside messages, failed and pictured results", () => {
    const request = decodeRequest(claudeCode197());
    expect(request).toMatchObject({
      model: "moonshotai/kimi-k2-thinking",
      maxOutputTokens: 32_000,
      stream: true,
      sampling: {},
      reasoning: { mode: "auto", effort: "high" },
      userId: expect.stringContaining("session_id"),
      extensions: {
        "anthropic-messages": { context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] } },
      },
    });
    expect(request.system.map((part) => [part.text.slice(0, 17), part.cache])).toEqual([
      ["x-anthropic-billi", undefined],
      ["You are an agent.", cache],
      ["Be brief.", cache],
    ]);
    expect(request.messages).toEqual([
      { role: "user", content: [{ type: "text", text: "create hello.txt" }] },
      { role: "system", content: [{ type: "text", text: "Working directory: /tmp/a" }] },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Write it.\n", signature: "sig" },
          { type: "text", text: "I write it." },
          {
            type: "tool-call",
            id: "toolu_01A09q90qw90lq917835lq9",
            name: "Write",
            arguments: '{"file_path":"hello.txt","content":"é"}',
          },
          { type: "tool-call", id: "toolu_01B19q90qw90lq917835lq9", name: "Read", arguments: '{"file_path":"a.png"}' },
        ],
      },
      {
        role: "user",
        content: [
          {
            type: "tool-result",
            callId: "toolu_01A09q90qw90lq917835lq9",
            content: [{ type: "text", text: "EACCES: permission denied" }],
            isError: true,
          },
          {
            type: "tool-result",
            callId: "toolu_01B19q90qw90lq917835lq9",
            content: [{ type: "image", source: { kind: "base64", mediaType: "image/png", data: "AAAA" } }],
            cache,
          },
        ],
      },
    ]);
    expect(request.tools.map((tool) => tool.name)).toEqual(["Write", "Read"]);
  });

  test("2.1.330: tool search and thoughts that are not shown", () => {
    const request = decodeRequest(claudeCode330());
    expect(request.reasoning).toEqual({ mode: "auto", effort: "high", display: "omitted" });
    expect(request.tools.map((tool) => [tool.name, tool.kind === "function" && tool.deferred])).toEqual([
      ["Bash", undefined],
      ["WebSearch", true],
      ["DeferredToolPlaceholder", true],
      ["ToolSearch", undefined],
    ]);
    expect(request.messages[3]?.content[0]).toMatchObject({ content: [{ type: "tool-reference", name: "WebSearch" }] });
    expect(request.messages[2]?.content[0]).toEqual({ type: "reasoning", text: "", signature: "sig" });
  });

  test("web search is a tool that the provider runs, in its own words", () => {
    const [tool] = decodeRequest(claudeCodeWebSearch()).tools;
    expect(tool).toEqual({
      kind: "hosted",
      name: "web_search",
      protocol: "anthropic-messages",
      hostedType: "web_search_20250305",
      value: { type: "web_search_20250305", name: "web_search", max_uses: 8 },
      service: { type: "web-search", maxUses: 8 },
    });
  });
});

test("a plain request: strings for system and content, nothing that was not said", () => {
  expect(
    decode({ system: "s", temperature: null, tools: null, metadata: null, stop_sequences: null, thinking: null }),
  ).toEqual({
    model: "m",
    system: [{ type: "text", text: "s" }],
    messages: [{ role: "user", content: [{ type: "text", text: "hello" }] }],
    tools: [],
    sampling: {},
    stream: false,
    extensions: {},
    maxOutputTokens: 10,
    reasoning: undefined,
    outputFormat: undefined,
  });
});

test("an empty string is no content, as Claude Code sends it for an empty answer", () => {
  expect(decode({ system: "", messages: [hello, { role: "assistant", content: "" }] })).toMatchObject({
    system: [],
    messages: [{}, { content: [] }],
  });
});

test.each<[string, object, object | undefined]>([
  ["nothing", {}, undefined],
  ["switched off", { thinking: { type: "disabled" } }, { mode: "off" }],
  ["switched off in Sonnet 5.5's words", { thinking: { type: "between_tools" } }, { mode: "off" }],
  [
    "switched off, with an effort",
    { thinking: { type: "disabled" }, output_config: { effort: "low" } },
    { mode: "off", effort: "low" },
  ],
  ["adaptive", { thinking: { type: "adaptive" } }, { mode: "auto" }],
  ["a budget", { thinking: { type: "enabled", budget_tokens: 500 } }, { mode: "budget", budgetTokens: 500 }],
  ["switched on without a budget", { thinking: { type: "enabled" } }, { mode: "auto" }],
  ["only an effort", { output_config: { effort: "max" } }, { mode: "auto", effort: "max", effortOnly: true }],
  ["how to show it", { thinking: { type: "adaptive", display: "updates" } }, { mode: "auto", display: "updates" }],
])("reads how much to think from %s (T16)", (_, body, expected) => {
  expect(decode(body).reasoning).toEqual(expected);
});

test("what a newer client says of thinking and effort is kept for upstreams that know it", () => {
  const request = decode({
    thinking: { type: "adaptive", pace: "slow" },
    output_config: { effort: "ultra", task_budget: { total: 5 } },
    metadata: { user_id: "u", team: "t" },
    speed: "fast",
  });
  expect(request.reasoning).toEqual({ mode: "auto" });
  expect(request.userId).toBe("u");
  expect(request.extensions["anthropic-messages"]).toEqual({
    speed: "fast",
    output_config: { effort: "ultra", task_budget: { total: 5 } },
    thinking: { pace: "slow" },
    metadata: { team: "t" },
  });
});

test.each<[object, object]>([
  [{ output_config: { format: { type: "json_schema", schema: { type: "object" } } } }, { name: "answer" }],
  [{ output_format: { type: "json_schema", name: "person", schema: { type: "object" } } }, { name: "person" }],
])("structured output: %j", (body, expected) => {
  expect(decode(body).outputFormat).toEqual({
    type: "json-schema",
    schema: { type: "object" },
    strict: true,
    ...expected,
  });
  expect(decode(body).extensions).toEqual({});
});

test.each<[object, unknown, boolean | undefined]>([
  [{ type: "auto" }, { type: "auto" }, undefined],
  [{ type: "any", disable_parallel_tool_use: true }, { type: "required" }, false],
  [{ type: "tool", name: "a", disable_parallel_tool_use: false }, { type: "tool", name: "a" }, true],
  [{ type: "none" }, { type: "none" }, undefined],
])("tool_choice %j", (choice, expected, parallel) => {
  const request = decode({ tool_choice: choice });
  expect(request.toolChoice).toEqual(expected);
  expect(request.parallelToolCalls).toBe(parallel);
});

test("sampling and stop sequences", () => {
  expect(decode({ temperature: 0, top_p: 0.9, top_k: 5, stop_sequences: ["a", "b"], max_tokens: 0 })).toMatchObject({
    sampling: { temperature: 0, topP: 0.9, topK: 5 },
    stopSequences: ["a", "b"],
    maxOutputTokens: 0,
  });
});

test("tools: strict, cached, deferred and with fields of their own", () => {
  const schema = { type: "object" };
  const tools = [
    {
      name: "a",
      input_schema: schema,
      strict: true,
      cache_control: { type: "ephemeral", ttl: "1h" },
      eager_input_streaming: true,
    },
    { type: "custom", name: "b", description: "d", input_schema: schema, defer_loading: false },
    { type: "mcp_toolset", mcp_server_name: "s" },
    { type: "bash_20250124", name: "bash" },
  ];
  expect(decode({ tools }).tools).toEqual([
    {
      kind: "function",
      name: "a",
      parameters: schema,
      strict: true,
      cache: { ttl: "1h" },
      extensions: { "anthropic-messages": { eager_input_streaming: true } },
    },
    { kind: "function", name: "b", description: "d", parameters: schema },
    { kind: "hosted", name: "", protocol: "anthropic-messages", hostedType: "mcp_toolset", value: tools[2] },
    { kind: "hosted", name: "bash", protocol: "anthropic-messages", hostedType: "bash_20250124", value: tools[3] },
  ]);
});

test("a refusal names the field and keeps the caller's words out of it", () => {
  let deep: unknown = {};
  for (let level = 0; level < 70; level++) deep = { a: deep };
  const cases: Array<[string, unknown]> = [
    ["body", null],
    ["body", "text"],
    ["model", { max_tokens: 1, messages: [hello] }],
    ["model", { model: "", max_tokens: 1, messages: [hello] }],
    ["max_tokens", { model: "m", messages: [hello] }],
    ["max_tokens", { model: "m", max_tokens: "10", messages: [hello] }],
    ["max_tokens", { model: "m", max_tokens: -1, messages: [hello] }],
    ["max_tokens", { model: "m", max_tokens: 1.5, messages: [hello] }],
    ["messages", { model: "m", max_tokens: 1 }],
    ["messages", { model: "m", max_tokens: 1, messages: [] }],
    ...Object.entries({
      system: 7,
      "system[0].type": [{ type: "image" }],
      "system[0].text": [{ type: "text" }],
      temperature: "hot",
      top_p: "1",
      top_k: [],
      stream: "yes",
      stop_sequences: "END",
      "stop_sequences[1]": ["a", 7],
      metadata: "me",
      "metadata.user_id": { user_id: 7 },
      thinking: true,
      "thinking.type": { type: "sometimes" },
      "thinking.budget_tokens": { type: "enabled", budget_tokens: 0 },
      "thinking.display": { type: "adaptive", display: 1 },
      output_config: "high",
      "output_config.effort": { effort: 3 },
      "output_config.format.type": { format: { type: "xml" } },
      "output_config.format.schema": { format: { type: "json_schema" } },
      "output_format.type": { type: "text" },
      tool_choice: "auto",
      "tool_choice.type": { type: "required" },
      "tool_choice.name": { type: "tool" },
      "tool_choice.disable_parallel_tool_use": { type: "auto", disable_parallel_tool_use: 1 },
      tools: {},
      "tools[0]": ["a"],
      "tools[0].name": [{ input_schema: {} }],
      "tools[0].type": [{ type: 7, name: "a" }],
      "tools[0].input_schema": [{ name: "a" }],
      "tools[0].strict": [{ name: "a", input_schema: {}, strict: "yes" }],
      "tools[1].name": [
        { name: "a", input_schema: {} },
        { name: "a", input_schema: {} },
      ],
      context_management: deep,
    }).map(([param, value]): [string, unknown] => {
      const [field = ""] = param.split(/[.[]/, 1);
      return [param, { model: "m", max_tokens: 1, messages: [hello], [field]: value }];
    }),
    [
      "tools[0].input_schema",
      { model: "m", max_tokens: 1, messages: [hello], tools: [{ name: "a", input_schema: deep }] },
    ],
  ];
  for (const [param, body] of cases) {
    let refused: unknown;
    try {
      decodeRequest(body);
    } catch (error) {
      refused = error;
    }
    expect([param, refused instanceof RequestError]).toEqual([param, true]);
    const { error } = refused as RequestError;
    expect(error.param).toBe(param);
    expect(error.message.startsWith(`${param}: `)).toBe(true);
  }
});
