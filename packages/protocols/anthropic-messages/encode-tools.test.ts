import { describe, expect, test } from "vitest";
import type { ChatRequest } from "../model/chat-request.ts";
import { RequestError } from "../model/error.ts";
import type { Tool } from "../model/tool.ts";
import { assistant, call, claude, encodeFor, requestOf, result, text, toolOf, user } from "./__fixtures__/requests.ts";

function toolsFor(
  vendor: string,
  over: Partial<ChatRequest>,
): { tools: unknown; choice: unknown; receipts: string[]; origins: unknown } {
  const { body, receipts, tools } = encodeFor(vendor, vendor === "anthropic" ? claude : "m", requestOf(over));
  return { tools: body.tools, choice: body.tool_choice, receipts, origins: tools };
}

test("a function tool in Anthropic's words", () => {
  const tool = toolOf("Bash", {
    description: "d",
    parameters: { properties: { a: { type: "null" } }, additionalProperties: false },
    strict: true,
    deferred: true,
    cache: { ttl: "5m" },
  });
  expect(toolsFor("anthropic", { tools: [tool] }).tools).toEqual([
    {
      name: "Bash",
      description: "d",
      input_schema: { type: "object", properties: { a: { type: "null" } }, additionalProperties: false },
      strict: true,
      defer_loading: true,
      cache_control: { type: "ephemeral" },
    },
  ]);
});

test.each([
  { properties: { a: { type: "integer", minimum: 0 } }, additionalProperties: false },
  { properties: { a: { type: "string" } } },
  { properties: {}, additionalProperties: true },
])("a strict schema that Anthropic would refuse is not strict: %j", (parameters) => {
  expect(toolsFor("anthropic", { tools: [toolOf("a", { strict: true, parameters })] })).toMatchObject({
    tools: [{ input_schema: parameters, strict: false }],
    receipts: ["approximated tools.strict"],
  });
});

test("strict is for those who know it", () => {
  expect(toolsFor("generic", { tools: [toolOf("a", { strict: true })] })).toMatchObject({
    tools: [{ name: "a", input_schema: { type: "object" } }],
    receipts: ["dropped tools.strict"],
  });
});

describe("tool search for servers without it (theopenco/llmgateway#3604, T10)", () => {
  const tools: Tool[] = [
    toolOf("DeferredToolPlaceholder", { deferred: true }),
    toolOf("A", { deferred: true }),
    toolOf("Bash"),
    toolOf("B", { deferred: true }),
    toolOf("C", { deferred: true }),
  ];
  const names = (...turns: ChatRequest["messages"]) => {
    const { tools: sent } = toolsFor("generic", { tools, messages: [user(text("go")), ...turns] });
    return (sent as Array<{ name: string }>).map((tool) => tool.name);
  };
  const found = (id: string, ...tool: string[]) => [
    assistant(call(id)),
    user(result(id, "", { content: tool.map((name) => ({ type: "tool-reference" as const, name })) })),
  ];

  test("a deferred tool is shown once it is named, last, in the order of naming", () => {
    expect(names()).toEqual(["Bash"]);
    expect(names(...found("x", "C", "A"))).toEqual(["Bash", "C", "A"]);
    expect(names(...found("x", "C"), ...found("y", "B", "C"))).toEqual(["Bash", "C", "B"]);
    expect(names(...found("x", "DeferredToolPlaceholder", "Unknown"))).toEqual(["Bash"]);
  });

  test("a call names its tool too", () => {
    expect(names(assistant(call("x", "B")), user(result("x", "ok")))).toEqual(["Bash", "B"]);
  });
});

test("a free-text tool is a function with one string, and its grammar a sentence", () => {
  const tool: Tool = {
    kind: "custom",
    name: "apply_patch",
    description: "d",
    format: { type: "grammar", definition: "start: x" },
  };
  const sent = toolsFor("anthropic", { tools: [tool] });
  expect(sent.tools).toEqual([
    {
      name: "apply_patch",
      description: "d\n\n`input` must follow this grammar:\nstart: x",
      input_schema: { type: "object", properties: { input: { type: "string" } }, required: ["input"] },
    },
  ]);
  expect(sent.origins).toEqual(new Map([["apply_patch", { name: "apply_patch", custom: true }]]));
  expect(sent.receipts).toEqual(["emulated tools.apply_patch"]);
});

test("tools that a provider runs go to the protocol that defined them; a search becomes Anthropic's", () => {
  const search: Tool = {
    kind: "hosted",
    name: "web_search",
    protocol: "openai-responses",
    hostedType: "web_search",
    value: {},
    service: { type: "web-search" },
  };
  const shell: Tool = {
    kind: "hosted",
    name: "shell",
    protocol: "openai-responses",
    hostedType: "local_shell",
    value: {},
  };
  expect(toolsFor("anthropic", { tools: [search, shell] })).toMatchObject({
    tools: [{ type: "web_search_20250305", name: "web_search" }],
    receipts: ["approximated tools.web_search", "dropped tools.local_shell"],
  });
  expect(toolsFor("generic", { tools: [search] })).toMatchObject({
    tools: undefined,
    receipts: ["dropped tools.web_search"],
  });
});

test("a second tool of the same name is left out, toolsets without a name are not", () => {
  const set = (server: string): Tool => ({
    kind: "hosted",
    name: "",
    protocol: "anthropic-messages",
    hostedType: "mcp_toolset",
    value: { type: "mcp_toolset", mcp_server_name: server },
  });
  const sent = toolsFor("anthropic", { tools: [toolOf("a"), toolOf("a", { description: "2" }), set("s"), set("t")] });
  expect(sent.tools).toHaveLength(3);
  expect(sent.receipts).toEqual(["repaired tools"]);
});

test("129 tools to Kimi are refused, 150 to Anthropic are not (MoonshotAI/Kimi-K2#90, T11)", () => {
  const tools = Array.from({ length: 150 }, (_, at) => toolOf(`t${at}`));
  expect(toolsFor("anthropic", { tools }).tools).toHaveLength(150);
  expect(toolsFor("moonshot", { tools: tools.slice(0, 128) }).tools).toHaveLength(128);
  expect(() => toolsFor("moonshot", { tools: tools.slice(0, 129) })).toThrow(RequestError);
  expect(() => toolsFor("moonshot", { tools: tools.slice(0, 129) })).toThrow(/tools: 129 tools are more than the 128/);
});

describe("tool_choice", () => {
  const tools = [toolOf("a")];
  test.each<[string, Partial<ChatRequest>, unknown, string[]]>([
    ["anthropic", { toolChoice: { type: "auto" } }, { type: "auto" }, []],
    ["anthropic", { toolChoice: { type: "required" } }, { type: "any" }, []],
    ["anthropic", { toolChoice: { type: "none" }, parallelToolCalls: false }, { type: "none" }, []],
    ["anthropic", { toolChoice: { type: "tool", name: "a" } }, { type: "tool", name: "a" }, []],
    ["anthropic", { parallelToolCalls: false }, { type: "auto", disable_parallel_tool_use: true }, []],
    ["anthropic", { parallelToolCalls: true }, undefined, []],
    [
      "anthropic",
      { toolChoice: { type: "required" }, parallelToolCalls: true },
      { type: "any", disable_parallel_tool_use: false },
      [],
    ],
    ["zai", { toolChoice: { type: "required" } }, { type: "auto" }, ["approximated tool_choice"]],
    ["moonshot", { toolChoice: { type: "tool", name: "a" } }, { type: "any" }, ["approximated tool_choice"]],
  ])("%s asked for %j", (vendor, over, choice, receipts) => {
    const sent = toolsFor(vendor, { tools, ...over });
    expect(sent.choice).toEqual(choice);
    expect(sent.receipts).toEqual(receipts);
  });

  test("without tools there is nothing to choose", () => {
    expect(toolsFor("anthropic", { toolChoice: { type: "required" } })).toMatchObject({
      choice: undefined,
      receipts: ["dropped tool_choice"],
    });
    expect(toolsFor("anthropic", { toolChoice: { type: "none" } })).toMatchObject({ choice: undefined, receipts: [] });
  });
});

describe("names", () => {
  test("a renamed tool has the same name in tools, calls and choice", () => {
    const { body } = encodeFor(
      "anthropic",
      claude,
      requestOf({
        tools: [toolOf("a.b")],
        toolChoice: { type: "tool", name: "a.b" },
        messages: [user(text("go")), assistant(call("x", "a.b")), user(result("x", "ok"))],
      }),
    );
    const [name] = JSON.stringify(body).match(/a_b_[0-9a-f]{8}/) ?? [];
    expect(JSON.stringify(body).match(new RegExp(`"${name}"`, "g"))).toHaveLength(3);
    expect(JSON.stringify(body)).not.toContain("a.b");
  });
});
