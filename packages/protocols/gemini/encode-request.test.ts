import { expect, test } from "vitest";
import type { ChatRequest } from "../model/chat-request.ts";
import { encodeFor, text, toolOf, user } from "./__fixtures__/requests.ts";

const gemini3 = "gemini-3-pro-preview";
const flash25 = "gemini-2.5-flash";

function configFor(model: string, over: Partial<ChatRequest>): unknown {
  return encodeFor(model, over).body.generationConfig;
}

function thinkingFor(
  model: string,
  reasoning: ChatRequest["reasoning"],
  more: Partial<ChatRequest> = {},
): [unknown, string[]] {
  const { body, receipts } = encodeFor(model, { reasoning, ...more });
  return [(body.generationConfig as { thinkingConfig?: unknown } | undefined)?.thinkingConfig, receipts];
}

test("the model stands in the path, not in the body", () => {
  expect(encodeFor(gemini3, { stream: true }).body).toEqual({
    contents: [{ role: "user", parts: [{ text: "hello" }] }],
  });
});

test("everything in its place", () => {
  const { body, receipts } = encodeFor(gemini3, {
    system: [
      { type: "text", text: "x-anthropic-billing-header: a\nYou are" },
      { type: "text", text: "an agent.", cache: { ttl: "5m" } },
    ],
    maxOutputTokens: 900,
    stopSequences: ["1", "2", "3", "4", "5", "6"],
    sampling: { temperature: 0, topP: 0.5, topK: 3, seed: 7, presencePenalty: 1 },
    userId: "u",
    extensions: { gemini: { safetySettings: [], cachedContent: "c" }, "openai-chat": { logit_bias: {} } },
  });
  expect(body).toEqual({
    systemInstruction: { parts: [{ text: "You are" }, { text: "an agent." }] },
    contents: [{ role: "user", parts: [{ text: "hello" }] }],
    generationConfig: {
      maxOutputTokens: 900,
      stopSequences: ["1", "2", "3", "4", "5"],
      temperature: 0,
      topP: 0.5,
      topK: 3,
      seed: 7,
    },
    safetySettings: [],
    cachedContent: "c",
  });
  expect(receipts).toEqual([
    "dropped stop",
    "dropped presence_penalty",
    "dropped system",
    "dropped user",
    "approximated cache_control",
    "dropped logit_bias",
  ]);
});

test.each<[string, ChatRequest["reasoning"], object | undefined, string[]]>([
  [gemini3, undefined, undefined, []],
  [gemini3, { mode: "auto" }, { includeThoughts: true }, []],
  [gemini3, { mode: "auto", effort: "low", display: "omitted" }, { includeThoughts: false, thinkingLevel: "LOW" }, []],
  [
    gemini3,
    { mode: "auto", effort: "max" },
    { includeThoughts: true, thinkingLevel: "HIGH" },
    ["approximated reasoning.effort"],
  ],
  [gemini3, { mode: "off" }, { thinkingLevel: "LOW" }, ["approximated reasoning.mode"]],
  [
    gemini3,
    { mode: "budget", budgetTokens: 16_000 },
    { includeThoughts: true, thinkingLevel: "HIGH" },
    ["approximated reasoning.budget_tokens", "approximated reasoning.effort"],
  ],
  ["gemini-3-flash-preview", { mode: "off" }, { thinkingLevel: "MINIMAL" }, ["approximated reasoning.mode"]],
  ["gemini-4-pro", { mode: "auto", effort: "medium" }, { includeThoughts: true, thinkingLevel: "MEDIUM" }, []],
  [flash25, { mode: "auto" }, { includeThoughts: true, thinkingBudget: -1 }, []],
  [flash25, { mode: "off" }, { thinkingBudget: 0 }, []],
  [flash25, { mode: "budget", budgetTokens: 2000 }, { includeThoughts: true, thinkingBudget: 2000 }, []],
  [
    flash25,
    { mode: "budget", budgetTokens: 99_999 },
    { includeThoughts: true, thinkingBudget: 24_576 },
    ["approximated reasoning.budget_tokens"],
  ],
  [
    flash25,
    { mode: "auto", effort: "medium" },
    { includeThoughts: true, thinkingBudget: 8192 },
    ["approximated reasoning.effort"],
  ],
  ["gemini-2.5-pro", { mode: "off" }, { thinkingBudget: 128 }, ["approximated reasoning.mode"]],
  [
    "gemini-2.5-pro",
    { mode: "auto", effort: "max" },
    { includeThoughts: true, thinkingBudget: 32_768 },
    ["approximated reasoning.effort"],
  ],
  [
    flash25,
    { mode: "budget", budgetTokens: 2000, effort: "low" },
    { includeThoughts: true, thinkingBudget: 2000 },
    ["approximated reasoning.effort"],
  ],
  [
    gemini3,
    { mode: "budget", budgetTokens: 2000, effort: "low" },
    { includeThoughts: true, thinkingLevel: "LOW" },
    ["approximated reasoning.budget_tokens"],
  ],
  ["gemini-2.0-flash", { mode: "auto" }, undefined, ["dropped reasoning"]],
  ["gemini-2.0-flash", { mode: "off" }, undefined, []],
])("%s, asked to think %j, is told %j", (model, reasoning, config, receipts) => {
  expect(thinkingFor(model, reasoning, { maxOutputTokens: 32_000 })).toEqual([config, receipts]);
});

const schema = {
  $schema: "s",
  type: "object",
  properties: { a: { type: ["string", "null"] } },
  additionalProperties: false,
};

test("a schema for the answer is JSON Schema, and Google's own for older models", () => {
  const outputFormat = { type: "json-schema", name: "n", schema, strict: true } as const;
  const { $schema: _, ...plain } = schema;
  expect(configFor(gemini3, { outputFormat, tools: [toolOf("f")] })).toEqual({
    responseMimeType: "application/json",
    responseJsonSchema: { ...plain, title: "n" },
  });
  expect(configFor("gemini-2.0-flash", { outputFormat })).toEqual({
    responseMimeType: "application/json",
    responseSchema: { type: "OBJECT", title: "n", properties: { a: { type: "STRING", nullable: true } } },
  });
  expect(configFor(flash25, { outputFormat: { type: "json-object" } })).toEqual({
    responseMimeType: "application/json",
  });
});

test("where a schema and tools exclude each other the system text asks for it", () => {
  const { body, receipts } = encodeFor(flash25, {
    outputFormat: { type: "json-schema", name: "n", schema },
    tools: [toolOf("f")],
  });
  expect(body.generationConfig).toBeUndefined();
  expect(JSON.stringify(body.systemInstruction)).toContain("JSON Schema");
  expect(receipts).toEqual(["emulated response_format"]);
});

test("tools and the choice among them", () => {
  const tools = [
    toolOf("read", { description: "d", parameters: schema }),
    toolOf("mcp server/" + "x".repeat(80)),
    toolOf("later", { deferred: true }),
    toolOf("named", { deferred: true, namespace: "ns" }),
  ];
  const {
    body,
    receipts,
    tools: origins,
  } = encodeFor(gemini3, {
    tools: [
      ...tools,
      {
        kind: "hosted",
        name: "googleSearch",
        protocol: "gemini",
        hostedType: "googleSearch",
        value: { googleSearch: {} },
      },
    ],
    toolChoice: { type: "tool", name: "read" },
    parallelToolCalls: false,
    messages: [user({ type: "tool-reference", name: "named" }, text("go"))],
  });
  const { $schema: _, ...parametersJsonSchema } = schema;
  const none = { type: "object", properties: {} };
  const long = expect.stringMatching(/^mcp_server_x+_[0-9a-f]{8}$/);
  expect(body.tools).toEqual([
    {
      functionDeclarations: [
        { name: "read", description: "d", parametersJsonSchema },
        { name: long, parametersJsonSchema: none },
        { name: "ns__named", parametersJsonSchema: none },
      ],
    },
    { googleSearch: {} },
  ]);
  expect(body.toolConfig).toEqual({ functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["read"] } });
  expect([...(origins ?? [])].map(([, origin]) => origin)).toEqual([
    { name: tools[1]?.name },
    { name: "named", namespace: "ns" },
  ]);
  expect(receipts).toEqual(["emulated tools.defer_loading", "repaired tools.name", "dropped parallel_tool_calls"]);
});

test("free-text tools and a client's own search are shown as functions", () => {
  const { body, tools: origins } = encodeFor(gemini3, {
    tools: [
      {
        kind: "custom",
        name: "patch",
        description: "d",
        format: { type: "grammar", syntax: "lark", definition: "start: X" },
      },
      {
        kind: "hosted",
        name: "tool_search",
        protocol: "openai-responses",
        hostedType: "tool_search",
        value: {},
        service: { type: "tool-search", method: "client", description: "finds tools", parameters: { type: "object" } },
      },
      { kind: "hosted", name: "w", protocol: "openai-responses", hostedType: "web_search", value: {} },
    ],
  });
  expect(body.tools).toEqual([
    {
      functionDeclarations: [
        {
          name: "patch",
          description: "d\n\n`input` must follow this lark grammar:\nstart: X",
          parametersJsonSchema: { type: "object", properties: { input: { type: "string" } }, required: ["input"] },
        },
        { name: "tool_search", description: "finds tools", parametersJsonSchema: { type: "object" } },
      ],
    },
  ]);
  expect([...(origins ?? [])]).toEqual([
    ["patch", { name: "patch", custom: true }],
    ["tool_search", { name: "tool_search", toolSearch: true }],
  ]);
});

test("a choice among some functions goes back to Google as it was, calls come whole", () => {
  const functionCallingConfig = {
    mode: "VALIDATED",
    allowedFunctionNames: ["a", "b"],
    streamFunctionCallArguments: true,
  };
  const { body, receipts } = encodeFor(gemini3, {
    tools: [toolOf("a"), toolOf("b")],
    toolChoice: { type: "auto" },
    extensions: { gemini: { toolConfig: { functionCallingConfig, retrievalConfig: { languageCode: "de" } } } },
  });
  expect(body.toolConfig).toEqual({
    retrievalConfig: { languageCode: "de" },
    functionCallingConfig: { mode: "VALIDATED", allowedFunctionNames: ["a", "b"] },
  });
  expect(receipts).toEqual(["dropped toolConfig.functionCallingConfig.streamFunctionCallArguments"]);
});

test("too many tools, or the choice of one that is not there, is refused by name", () => {
  const many = Array.from({ length: 513 }, (_, at) => toolOf(`t${at}`));
  expect(() => encodeFor(gemini3, { tools: many })).toThrow("513 tools are more than the 512");
  expect(() => encodeFor(gemini3, { tools: [toolOf("a")], toolChoice: { type: "tool", name: "b" } })).toThrow(
    "no tool is named b",
  );
});
