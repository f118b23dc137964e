import { describe, expect, test } from "vitest";
import { origin, testSealer } from "../contract/__fixtures__/answers.ts";
import { encodeFor as encodeForProtocol, requestOf } from "../contract/__fixtures__/requests.ts";
import type { ChatRequest } from "../model/chat-request.ts";
import type { ContentPart } from "../model/content.ts";
import { RequestError } from "../model/error.ts";
import type { FunctionTool, Tool } from "../model/tool.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { openaiResponses } from "./index.ts";

function encodeFor(vendor: string, model: string, over: Partial<ChatRequest>, target: Partial<EncodeTarget> = {}) {
  return encodeForProtocol(openaiResponses, vendor, model, requestOf(over), target);
}

/** The body without what every body has, and the receipt. */
function fieldsFor(model: string, over: Partial<ChatRequest>): [object, string[]] {
  const { body, receipts } = encodeFor("openai", model, over);
  const { model: _model, input: _input, store: _store, prompt_cache_key: _key, include: _include, ...fields } = body;
  return [fields, receipts];
}

const fn: FunctionTool = { kind: "function", name: "f", parameters: { type: "object" } };

test("nothing stays at the provider, and thoughts travel encrypted where the model has them", () => {
  expect(encodeFor("openai", "gpt-5.2", {}).body).toEqual({
    model: "gpt-5.2",
    input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "hello" }] }],
    store: false,
    include: ["reasoning.encrypted_content"],
    prompt_cache_key: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(encodeFor("openai", "gpt-4.1", {}).body).not.toHaveProperty("include");
  const own = { "openai-responses": { store: true, include: ["message.output_text.logprobs"], prompt_cache_key: "k" } };
  expect(encodeFor("openai", "gpt-4.1", { extensions: own }).body).toMatchObject(own["openai-responses"]);
});

test("fields that a server refuses are not sent, and a loss only for those who asked for them", () => {
  const silent = encodeFor("groq", "openai/gpt-oss-120b", {});
  expect(Object.keys(silent.body)).toEqual(["model", "input"]);
  expect(silent.receipts).toEqual([]);
  const own = { "openai-responses": { store: true, include: ["message.output_text.logprobs"], metadata: { a: "b" } } };
  const asked = encodeFor("groq", "openai/gpt-oss-120b", { extensions: own });
  expect(asked.body).toMatchObject({ metadata: { a: "b" } });
  expect(asked.body).not.toHaveProperty("store");
  expect(asked.receipts).toEqual(["dropped store", "dropped include"]);
});

test("a conversation keeps its cache key, another has another", () => {
  const key = (over: Partial<ChatRequest>) => encodeFor("openai", "gpt-5.2", over).body.prompt_cache_key;
  const [first] = requestOf({}).messages;
  const longer = [...requestOf({}).messages, { role: "assistant" as const, content: [] }];
  expect(key({ messages: longer })).toBe(key({}));
  expect(key({ system: [{ type: "text", text: "a" }] })).not.toBe(key({}));
  expect(encodeFor("groq", "m", {}).body).not.toHaveProperty("prompt_cache_key");
  expect(key({ userId: "session" })).toBe(
    key({ userId: "session", messages: first === undefined ? [] : [first, first] }),
  );
});

describe("fields", () => {
  test.each<[string, string, Partial<ChatRequest>, object, string[]]>([
    [
      "effort and summary",
      "gpt-5.2",
      { reasoning: { mode: "auto", effort: "high" } },
      { reasoning: { effort: "high", summary: "auto" } },
      [],
    ],
    [
      "no summary for those who want none",
      "gpt-5.2",
      { reasoning: { mode: "auto", effort: "low", display: "omitted" } },
      { reasoning: { effort: "low" } },
      [],
    ],
    [
      "an effort the model has not",
      "gpt-5.2",
      { reasoning: { mode: "auto", effort: "max", effortOnly: true } },
      { reasoning: { effort: "xhigh" } },
      ["approximated reasoning.effort"],
    ],
    ["no thinking", "gpt-5.2", { reasoning: { mode: "off" } }, { reasoning: { effort: "none" } }, []],
    [
      "no thinking of a model that always thinks",
      "o4-mini",
      { reasoning: { mode: "off" } },
      {},
      ["dropped reasoning.mode"],
    ],
    [
      "a budget",
      "gpt-5.2",
      { maxOutputTokens: 1000, reasoning: { mode: "budget", budgetTokens: 600 } },
      { max_output_tokens: 1000, reasoning: { effort: "medium", summary: "auto" } },
      ["approximated reasoning.budget_tokens"],
    ],
    ["thinking of a model that cannot", "gpt-4.1", { reasoning: { mode: "auto" } }, {}, ["dropped reasoning"]],
    ["a limit too low", "gpt-4.1", { maxOutputTokens: 1 }, { max_output_tokens: 16 }, ["approximated max_tokens"]],
    ["sampling", "gpt-4.1", { sampling: { temperature: 0.5, topP: 0.9 } }, { temperature: 0.5, top_p: 0.9 }, []],
    ["sampling of a model that thinks", "gpt-5.2", { sampling: { temperature: 0.5 } }, {}, ["dropped temperature"]],
    [
      "what the protocol has no word for",
      "gpt-4.1",
      { sampling: { topK: 1, frequencyPenalty: 1, presencePenalty: 1, seed: 1 }, stopSequences: ["a"] },
      {},
      ["dropped top_k", "dropped frequency_penalty", "dropped presence_penalty", "dropped seed", "dropped stop"],
    ],
    [
      "JSON that the input does not speak of",
      "gpt-4.1",
      { outputFormat: { type: "json-object", unsaid: true } },
      { instructions: "Answer with one JSON object and nothing else." },
      ["emulated response_format"],
    ],
    ["JSON", "gpt-4.1", { outputFormat: { type: "json-object" } }, { text: { format: { type: "json_object" } } }, []],
    ["a user", "gpt-4.1", { userId: "u" }, { safety_identifier: "u" }, []],
    [
      "a long user",
      "gpt-4.1",
      { userId: "u".repeat(65) },
      { safety_identifier: expect.stringMatching(/^[0-9a-f]{64}$/) },
      ["approximated user"],
    ],
    [
      "another protocol's own",
      "gpt-4.1",
      { extensions: { "anthropic-messages": { context_management: {} } } },
      {},
      ["dropped context_management"],
    ],
    [
      "its own, but for where the conversation lies",
      "gpt-4.1",
      {
        extensions: {
          "openai-responses": { metadata: { a: "b" }, previous_response_id: "r", text: { verbosity: "low" } },
        },
      },
      { metadata: { a: "b" }, text: { verbosity: "low" } },
      [],
    ],
  ])("%s", (_, model, over, fields, receipts) => {
    expect(fieldsFor(model, over)).toEqual([fields, receipts]);
  });
});

describe("tools", () => {
  const toolsFor = (vendor: string, model: string, tools: Tool[], over: Partial<ChatRequest> = {}) =>
    encodeFor(vendor, model, { tools, ...over });

  test("chat's functions are not strict unless they say so, those of a Responses client keep what they said", () => {
    const kept = { ...fn, name: "g", extensions: { "openai-responses": { strict: null } } };
    const parameters = { type: "object", properties: {}, required: [], additionalProperties: false };
    const strict = { ...fn, name: "s", strict: true, parameters };
    expect(toolsFor("openai", "gpt-5.2", [fn, strict, kept]).body.tools).toMatchObject([
      { name: "f", strict: false },
      { name: "s", strict: true },
      { name: "g", strict: null },
    ]);
  });

  test("namespaces are native where they are known, part of the name elsewhere, and come back", () => {
    const tools: Tool[] = [{ ...fn, namespace: "ns" }, fn, { ...fn, name: "g", namespace: "ns" }];
    expect(toolsFor("openai", "gpt-5.5", tools).body.tools).toMatchObject([
      { type: "namespace", name: "ns", tools: [{ name: "f" }, { name: "g" }] },
      { type: "function", name: "f" },
    ]);
    const flat = toolsFor("openai", "gpt-5.2", tools);
    expect(flat.body.tools).toMatchObject([{ name: "ns__f" }, { name: "f" }, { name: "ns__g" }]);
    expect(flat.tools?.get("ns__f")).toEqual({ name: "f", namespace: "ns" });
  });

  test("a free-text tool is a function at servers that have none", () => {
    const patch: Tool = {
      kind: "custom",
      name: "patch",
      format: { type: "grammar", syntax: "lark", definition: "start: A" },
    };
    const { body, tools, receipts } = toolsFor("generic", "m", [patch]);
    expect(body.tools).toMatchObject([
      { type: "function", name: "patch", description: expect.stringContaining("start: A") },
    ]);
    expect(tools?.get("patch")).toEqual({ name: "patch", custom: true });
    expect(receipts).toContain("emulated tools.patch");
    const wrapped: Tool = {
      ...patch,
      format: { type: "grammar", grammar: { syntax: "lark", definition: "start: A" } },
    };
    expect(toolsFor("openai", "gpt-5.5", [wrapped]).body.tools).toEqual([
      { type: "custom", name: "patch", format: { type: "grammar", syntax: "lark", definition: "start: A" } },
    ]);
  });

  test("names that OpenAI does not take are changed and come back", () => {
    const { body, tools } = toolsFor("openai", "gpt-5.2", [{ ...fn, name: `a.${"b".repeat(80)}` }]);
    const name = (body.tools as Array<{ name: string }>)[0]?.name ?? "";
    expect(name).toMatch(/^[a-zA-Z0-9_-]{64}$/);
    expect(tools?.get(name)).toEqual({ name: `a.${"b".repeat(80)}` });
  });

  test("another client's web search is asked for in OpenAI's words; other hosted tools are dropped by name", () => {
    const search: Tool = {
      kind: "hosted",
      name: "web_search",
      protocol: "anthropic-messages",
      hostedType: "web_search_20250305",
      value: {},
      service: { type: "web-search", allowedDomains: ["a.example"] },
    };
    const code: Tool = {
      kind: "hosted",
      name: "c",
      protocol: "anthropic-messages",
      hostedType: "code_execution",
      value: {},
    };
    const { body, receipts } = toolsFor("openai", "gpt-5.2", [search, code]);
    expect(body.tools).toEqual([{ type: "web_search", filters: { allowed_domains: ["a.example"] } }]);
    expect(receipts).toEqual(["dropped tools.code_execution"]);
  });

  test.each<[ChatRequest["toolChoice"], unknown]>([
    [{ type: "none" }, "none"],
    [{ type: "required" }, "required"],
    [
      { type: "tool", name: "f" },
      { type: "function", name: "f" },
    ],
    [
      { type: "tool", name: "p" },
      { type: "custom", name: "p" },
    ],
  ])("tool_choice %j", (toolChoice, expected) => {
    const tools: Tool[] = [fn, { kind: "custom", name: "p" }];
    expect(toolsFor("openai", "gpt-5.2", tools, { toolChoice }).body.tool_choice).toEqual(expected);
  });

  test("a list of allowed tools has the names that the upstream is shown, its own fields and nothing else changed", () => {
    const tools: Tool[] = [{ ...fn, name: "look up" }, fn, { ...fn, name: "g", namespace: "n" }];
    const listed = [
      { type: "function", name: "look up", note: 1 },
      { type: "mcp", server_label: "s", name: "look up" },
      { type: "function", name: "f" },
      { type: "function", name: "g" },
    ];
    const own = { type: "allowed_tools", mode: "auto", tools: listed };
    const over = { toolChoice: { type: "auto" as const }, extensions: { "openai-responses": { tool_choice: own } } };
    const { body } = toolsFor("openai", "gpt-5.2", tools, over);
    const shown = (body.tools as { name: string }[])[0]?.name;
    expect(shown).toMatch(/^look_up_/);
    const named = [{ ...listed[0], name: shown }, ...listed.slice(1, 3), { ...listed[3], name: "n__g" }];
    expect(body.tool_choice).toEqual({ ...own, tools: named });
  });

  test("a choice without its tool, and 150 tools, are refused by name", () => {
    const many = Array.from({ length: 150 }, (_, at) => ({ ...fn, name: `f${at}` }));
    for (const over of [{ tools: [fn], toolChoice: { type: "tool" as const, name: "x" } }, { tools: many }]) {
      expect(() => encodeFor("openai", "gpt-5.2", over)).toThrow(RequestError);
    }
  });
});

describe("the conversation", () => {
  const inputFor = (vendor: string, content: ContentPart[][], over: Partial<ChatRequest> = {}) => {
    const messages = content.map((parts, at) => ({
      role: at % 2 === 0 ? ("user" as const) : ("assistant" as const),
      content: parts,
    }));
    const { body, receipts } = encodeFor(vendor, "m", { messages, ...over });
    return { input: body.input as Array<Record<string, unknown>>, receipts };
  };
  const go: ContentPart = { type: "text", text: "go" };
  const callOf = (id: string): ContentPart => ({ type: "tool-call", id, name: "f", arguments: "{}" });
  const png: ContentPart = { type: "image", source: { kind: "base64", mediaType: "image/png", data: "AAAA" } };

  test("every call has one output, also one that nobody answered, and one without its call is text", () => {
    const { input, receipts } = inputFor("openai", [
      [go],
      [callOf("a"), callOf("b")],
      [
        { type: "tool-result", callId: "b", content: [go] },
        { type: "tool-result", callId: "x", content: [{ type: "text", text: "lost" }] },
      ],
      [{ type: "text", text: "so" }],
    ]);
    expect(input.map(({ type, call_id: id, role }) => id ?? role ?? type)).toEqual([
      "user",
      "a",
      "b",
      "b",
      "user",
      "a",
      "assistant",
    ]);
    expect(input[5]).toEqual({ type: "function_call_output", call_id: "a", output: "No result was returned." });
    expect(JSON.stringify(input[4])).toContain("lost");
    expect(receipts).toEqual(["repaired messages.tool_result"]);
  });

  test("ids that stand twice or are too long are the same in call and output", () => {
    const long = "x".repeat(70);
    const result = (callId: string): ContentPart => ({ type: "tool-result", callId, content: [go] });
    const { input } = inputFor("openai", [
      [go],
      [callOf("a")],
      [result("a")],
      [callOf("a"), callOf(long)],
      [result(long), result("a")],
    ]);
    const ids = input.flatMap(({ call_id: id }) => (id === undefined ? [] : [String(id)]));
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) {
      expect(id.length).toBeLessThanOrEqual(64);
      expect(ids.filter((one) => one === id)).toHaveLength(2);
    }
  });

  test("broken arguments are wrapped, a failed tool says so", () => {
    const broken: ContentPart = { type: "tool-call", id: "a", name: "f", arguments: '{"a":' };
    const failed: ContentPart = {
      type: "tool-result",
      callId: "a",
      content: [{ type: "text", text: "no file" }],
      isError: true,
    };
    const { input, receipts } = inputFor("openai", [[go], [broken], [failed]]);
    expect(input[1]?.arguments).toBe('{"_raw":"{\\"a\\":"}');
    expect(input[2]?.output).toBe("Error: no file");
    expect(receipts).toEqual(["repaired messages.tool_call.arguments", "approximated messages.tool_result.is_error"]);
  });

  test("images of a result stand in it at OpenAI and follow it elsewhere", () => {
    const content = [[go], [callOf("a")], [{ type: "tool-result" as const, callId: "a", content: [png as never] }]];
    expect(inputFor("openai", content).input[2]).toMatchObject({ output: [{ type: "input_image" }] });
    const elsewhere = inputFor("generic", content);
    expect(elsewhere.input[2]).toMatchObject({ output: expect.stringContaining("image") });
    expect(elsewhere.input[3]).toMatchObject({
      role: "user",
      content: [{ type: "input_text" }, { type: "input_image" }],
    });
    expect(elsewhere.receipts).toEqual(["approximated messages.tool_result.image"]);
  });

  test("a thought at the end of a turn, that nothing follows, is left out", () => {
    const native = JSON.stringify(["rs_1", "enc"]);
    const signature = testSealer().seal({ origin, native }, "");
    const thought: ContentPart = { type: "reasoning", text: "", signature };
    const messages: ChatRequest["messages"] = [
      { role: "user", content: [go] },
      { role: "assistant", content: [thought, { type: "text", text: "a" }, thought] },
      { role: "user", content: [go] },
    ];
    const { body, receipts } = encodeFor("openai", "gpt-5.2", { messages });
    expect((body.input as Array<{ type: string }>).map(({ type }) => type)).toEqual([
      "message",
      "reasoning",
      "message",
      "message",
    ]);
    expect(receipts).toEqual(["dropped messages.reasoning"]);
  });

  test("a reference to a thought that nobody has is named on the receipt", () => {
    const reference: ContentPart = {
      type: "opaque",
      protocol: "openai-responses",
      value: { type: "item_reference", id: "rs_1" },
    };
    const { input, receipts } = inputFor("openai", [[go], [reference, { type: "text", text: "a" }]]);
    expect(input).toHaveLength(2);
    expect(receipts).toEqual(["dropped input.item_reference"]);
  });

  test("a server of which nothing is known is sent a user's text instead of instructions in the middle", () => {
    const messages: ChatRequest["messages"] = [
      { role: "user", content: [go] },
      { role: "system", content: [{ type: "text", text: "note" }] },
    ];
    const { body, receipts } = encodeFor("generic", "m", { messages });
    expect((body.input as object[])[1]).toEqual({
      type: "message",
      role: "user",
      content: [{ type: "input_text", text: "<system-reminder>\nnote\n</system-reminder>" }],
    });
    expect(receipts).toEqual(["approximated messages.system"]);
  });
});
