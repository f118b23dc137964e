import { describe, expect, test } from "vitest";
import type { ChatRequest } from "../model/chat-request.ts";
import { RequestError } from "../model/error.ts";
import type { Tool } from "../model/tool.ts";
import { encodeFor, fieldsFor, receiptsFor, requestOf, toolOf } from "./__fixtures__/requests.ts";
import type { WireMessage } from "./wire.ts";

const high = { mode: "auto", effort: "high" } as const;
const off = { mode: "off" } as const;

describe("tools", () => {
  const names = (vendor: string, over: Partial<ChatRequest>) => {
    const tools = encodeFor(vendor, "kimi-k2-thinking", requestOf(over)).body.tools as
      | Array<{ function: { name: string } }>
      | undefined;
    return tools?.map((tool) => tool.function.name);
  };

  test("129 tools to Kimi are refused, naming the field and the limit (T11)", () => {
    const tools = Array.from({ length: 129 }, (_, at) => toolOf(`tool${at}`));
    expect(() => encodeFor("moonshot", "kimi-k2-thinking", requestOf({ tools }))).toThrow(RequestError);
    expect(() => encodeFor("moonshot", "kimi-k2-thinking", requestOf({ tools }))).toThrow(
      /tools: 129 tools are more than the 128/,
    );
    expect(names("moonshot", { tools: tools.slice(1) })).toHaveLength(128);
  });

  test("deferred tools appear when named, at the end, in the order they were named (T10)", () => {
    const tools: Tool[] = [
      toolOf("DeferredToolPlaceholder", { deferred: true }),
      toolOf("A", { deferred: true }),
      toolOf("Bash"),
      toolOf("B", { deferred: true }),
      toolOf("C", { deferred: true }),
      toolOf("Read"),
    ];
    const search = (id: string, ...found: string[]): ChatRequest["messages"] => [
      { role: "assistant", content: [{ type: "tool-call", id, name: "Bash", arguments: "{}" }] },
      {
        role: "user",
        content: [
          { type: "tool-result", callId: id, content: found.map((name) => ({ type: "tool-reference", name })) },
        ],
      },
    ];
    expect(names("moonshot", { tools })).toEqual(["Bash", "Read"]);
    const messages = [...search("1", "C", "Gone"), ...search("2", "A")];
    expect(names("moonshot", { tools, messages })).toEqual(["Bash", "Read", "C", "A"]);
    expect(receiptsFor("moonshot", "kimi-k2-thinking", { tools })).toEqual(["emulated tools.defer_loading"]);
    const sent = encodeFor("moonshot", "kimi-k2-thinking", requestOf({ tools, messages })).body
      .messages as WireMessage[];
    expect(sent[3]?.content).toBe("The tool A is now loaded and can be called.");
  });

  test("Kimi K3 is told of a tool where it is loaded, so that its list of tools never changes (MoonshotAI/Kimi-K2#118, T10)", () => {
    const tools: Tool[] = [toolOf("Bash"), toolOf("Later", { deferred: true }), toolOf("Never", { deferred: true })];
    const messages: ChatRequest["messages"] = [
      { role: "assistant", content: [{ type: "tool-call", id: "1", name: "Bash", arguments: "{}" }] },
      {
        role: "user",
        content: [
          { type: "tool-result", callId: "1", content: [{ type: "tool-reference", name: "Later" }] },
          { type: "text", text: "go on" },
        ],
      },
    ];
    const { body } = encodeFor("moonshot", "kimi-k3", requestOf({ tools, messages }));
    const names = (list: unknown) => (list as Array<{ function: { name: string } }>).map((tool) => tool.function.name);
    expect(names(body.tools)).toEqual(["Bash"]);
    const sent = body.messages as WireMessage[];
    expect(sent.map(({ role }) => role)).toEqual(["assistant", "tool", "system", "user"]);
    // A declaration has no content, not even null.
    expect(Object.keys(sent[2] ?? {})).toEqual(["role", "tools"]);
    expect(names(sent[2]?.tools)).toEqual(["Later"]);
  });

  test("GPT-6 Astra takes tools in another protocol only, and says so", () => {
    expect(() => encodeFor("openai", "gpt-6-astra", requestOf({ tools: [toolOf("a")] }))).toThrow(
      /gpt-6-astra takes tools in the Responses protocol only/,
    );
    expect(fieldsFor("openai", "gpt-6-luna", { tools: [toolOf("a")], reasoning: high }).reasoning_effort).toBe("none");
    expect(fieldsFor("openai", "gpt-6-luna", { reasoning: high }).reasoning_effort).toBe("high");
  });

  test("schemas lose $schema, get a type, and strict goes only where it is known", () => {
    const tools = [
      toolOf("a", {
        parameters: { $schema: "https://json-schema.org/draft/2020-12/schema", additionalProperties: false },
        strict: true,
      }),
    ];
    const definition = { name: "a", parameters: { type: "object", additionalProperties: false, properties: {} } };
    expect(fieldsFor("moonshot", "kimi-k2-thinking", { tools }).tools).toEqual([
      { type: "function", function: definition },
    ]);
    expect(fieldsFor("openai", "gpt-5.1", { tools }).tools).toEqual([
      { type: "function", function: { ...definition, strict: true } },
    ]);
  });

  test("names that upstreams refuse are changed and told to the decoder", () => {
    const long = `mcp__server__${"x".repeat(70)}`;
    const { body, tools } = encodeFor(
      "moonshot",
      "kimi-k2-thinking",
      requestOf({ tools: [toolOf(long), toolOf("a.b"), toolOf("spawn", { namespace: "agents" }), toolOf("ok")] }),
    );
    const sent = (body.tools as Array<{ function: { name: string } }>).map((tool) => tool.function.name);
    for (const name of sent) expect(name).toMatch(/^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/);
    expect(sent.map((name) => tools?.get(name))).toEqual([
      { name: long },
      { name: "a.b" },
      { name: "spawn", namespace: "agents" },
      undefined,
    ]);
  });

  test("a second tool of the same name is left out", () => {
    expect(names("moonshot", { tools: [toolOf("a"), toolOf("a")] })).toEqual(["a"]);
  });

  test("tools that only another provider runs are dropped, this protocol's own are passed on", () => {
    const hosted = (protocol: "anthropic-messages" | "openai-chat"): Tool => ({
      kind: "hosted",
      name: "web_search",
      protocol,
      hostedType: "web_search",
      value: { type: "x" },
    });
    expect(fieldsFor("moonshot", "kimi-k2-thinking", { tools: [hosted("anthropic-messages")] }).tools).toBeUndefined();
    expect(fieldsFor("moonshot", "kimi-k2-thinking", { tools: [hosted("openai-chat")] }).tools).toEqual([
      { type: "x" },
    ]);
  });

  test("free-text tools are emulated where they are unknown", () => {
    const tools: Tool[] = [
      {
        kind: "custom",
        name: "apply_patch",
        description: "Patch",
        format: { type: "grammar", syntax: "lark", definition: "start: X" },
      },
    ];
    const encoded = encodeFor("moonshot", "kimi-k2-thinking", requestOf({ tools }));
    expect(encoded.tools?.get("apply_patch")).toEqual({ name: "apply_patch", custom: true });
    expect(encoded.body.tools).toMatchObject([
      { type: "function", function: { name: "apply_patch", parameters: { required: ["input"] } } },
    ]);
    expect(fieldsFor("openai", "gpt-5.1", { tools }).tools).toEqual([
      {
        type: "custom",
        custom: {
          name: "apply_patch",
          description: "Patch",
          format: { type: "grammar", grammar: { syntax: "lark", definition: "start: X" } },
        },
      },
    ]);
  });

  test.each<[string, string, ChatRequest["toolChoice"], unknown, string[], string[]]>([
    ["openai", "gpt-5.1", { type: "tool", name: "a" }, { type: "function", function: { name: "a" } }, ["a", "b"], []],
    ["moonshot", "kimi-k3", { type: "required" }, "required", ["a", "b"], []],
    ["moonshot", "kimi-k3", { type: "tool", name: "a" }, "required", ["a"], ["emulated tools", "emulated tool_choice"]],
    ["moonshot", "kimi-k2-0905-preview", { type: "required" }, "required", ["a", "b"], []],
    ["moonshot", "kimi-k2-thinking", { type: "required" }, "auto", ["a", "b"], ["approximated tool_choice"]],
    [
      "moonshot",
      "kimi-k2-thinking",
      { type: "tool", name: "a" },
      "auto",
      ["a"],
      ["emulated tools", "approximated tool_choice"],
    ],
    ["moonshot", "kimi-k2-thinking", { type: "none" }, "none", ["a", "b"], []],
    ["openrouter", "anthropic/claude-opus-5", { type: "required" }, "required", ["a", "b"], []],
    ["openrouter", "anthropic/claude-opus-5.5", { type: "required" }, "auto", ["a", "b"], ["approximated tool_choice"]],
    ["zai", "glm-4.7", { type: "none" }, undefined, [], ["emulated tool_choice", "emulated tools"]],
  ])("%s %s: tool_choice %j", (vendor, model, toolChoice, expected, shown, receipts) => {
    const over = { toolChoice, tools: [toolOf("a"), toolOf("b")] };
    const { body, receipts: noted } = encodeFor(vendor, model, requestOf(over));
    expect(body.tool_choice).toEqual(expected);
    expect(((body.tools ?? []) as Array<{ function: { name: string } }>).map((tool) => tool.function.name)).toEqual(
      shown,
    );
    expect(noted).toEqual(receipts);
  });

  test("a list of allowed tools has the names that the upstream is shown", () => {
    const listed = (name: string) => ({
      type: "allowed_tools",
      allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name } }] },
    });
    const { body } = encodeFor(
      "openai",
      "gpt-5.1",
      requestOf({
        tools: [toolOf("look up"), toolOf("b")],
        toolChoice: { type: "auto" },
        extensions: { "openai-chat": { tool_choice: listed("look up") } },
      }),
    );
    const shown = (body.tools as Array<{ function: { name: string } }>)[0]?.function.name ?? "";
    expect(shown).toMatch(/^look_up_/);
    expect(body.tool_choice).toEqual(listed(shown));
  });

  test("required is possible at K2.6 when thinking is off", () => {
    const over = { tools: [toolOf("a")], toolChoice: { type: "required" } as const };
    expect(fieldsFor("moonshot", "kimi-k2.6", { ...over, reasoning: off }).tool_choice).toBe("required");
    expect(fieldsFor("moonshot", "kimi-k2.6", over).tool_choice).toBe("auto");
  });
});
