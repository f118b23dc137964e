import { describe, expect, test } from "vitest";
import type { ChatRequest } from "../model/chat-request.ts";
import { RequestError } from "../model/error.ts";
import type { Tool } from "../model/tool.ts";
import { generic } from "../vendors/generic.ts";
import { encodeFor, requestOf, toolOf } from "./__fixtures__/requests.ts";
import type { WireMessage } from "./wire.ts";

/** The body without what every body has. */
function fieldsFor(vendor: string, model: string, over: Partial<ChatRequest>): Record<string, unknown> {
  const { model: _, messages: __, ...rest } = encodeFor(vendor, model, requestOf(over)).body;
  return rest;
}

function receiptsFor(vendor: string, model: string, over: Partial<ChatRequest>): string[] {
  return encodeFor(vendor, model, requestOf(over)).receipts;
}

const high = { mode: "auto", effort: "high" } as const;
const off = { mode: "off" } as const;

describe("thinking switch of each model family (T16)", () => {
  test.each<[string, string, ChatRequest["reasoning"], Record<string, unknown>, string[]]>([
    ["moonshot", "kimi-k2-thinking", high, {}, ["dropped reasoning.effort"]],
    ["moonshot", "kimi-k2-thinking", off, {}, ["dropped reasoning.mode"]],
    ["moonshot", "kimi-k2-0905-preview", high, {}, ["dropped reasoning"]],
    ["moonshot", "kimi-k2-0905-preview", off, {}, []],
    ["moonshot", "kimi-k2.5", high, { thinking: { type: "enabled" } }, ["dropped reasoning.effort"]],
    ["moonshot", "kimi-k2.5", undefined, {}, []],
    ["moonshot", "kimi-k2.6", high, { thinking: { type: "enabled", keep: "all" } }, ["dropped reasoning.effort"]],
    ["moonshot", "kimi-k2.6", off, { thinking: { type: "disabled" } }, []],
    ["moonshot", "kimi-k2.6", undefined, { thinking: { type: "enabled", keep: "all" } }, []],
    ["moonshot", "kimi-k2.7-code", off, {}, ["dropped reasoning.mode"]],
    ["moonshot", "kimi-k3", high, { reasoning_effort: "high" }, []],
    [
      "moonshot",
      "kimi-k3",
      { mode: "auto", effort: "medium" },
      { reasoning_effort: "high" },
      ["approximated reasoning.effort"],
    ],
    ["moonshot", "kimi-k3", off, {}, ["dropped reasoning.mode"]],
    [
      "deepseek",
      "deepseek-v4-pro",
      { mode: "auto", effort: "xhigh" },
      { thinking: { type: "enabled" }, reasoning_effort: "high" },
      ["approximated reasoning.effort"],
    ],
    ["deepseek", "deepseek-v4-pro", off, { thinking: { type: "disabled" } }, []],
    [
      "deepseek",
      "deepseek-v4-pro",
      { mode: "auto", effort: "max" },
      { thinking: { type: "enabled" }, reasoning_effort: "max" },
      [],
    ],
    ["zai", "glm-4.7", undefined, { thinking: { type: "enabled", clear_thinking: false } }, []],
    ["zai", "glm-4.7", off, { thinking: { type: "disabled" } }, []],
    [
      "zai",
      "glm-5.2",
      { mode: "auto", effort: "xhigh" },
      { thinking: { type: "enabled", clear_thinking: false }, reasoning_effort: "max" },
      ["approximated reasoning.effort"],
    ],
    [
      "zai",
      "glm-5.2",
      { mode: "auto", effort: "minimal" },
      { thinking: { type: "disabled" } },
      ["approximated reasoning.effort"],
    ],
    ["zai", "glm-5.3", off, { thinking: { type: "enabled", clear_thinking: false } }, ["dropped reasoning.mode"]],
    ["openai", "gpt-5.1", high, { reasoning_effort: "high" }, []],
    ["openai", "gpt-5.1", off, { reasoning_effort: "none" }, []],
    ["openai", "gpt-5-mini", off, {}, ["dropped reasoning.mode"]],
    [
      "openai",
      "gpt-5.5",
      { mode: "auto", effort: "max" },
      { reasoning_effort: "xhigh" },
      ["approximated reasoning.effort"],
    ],
    ["openai", "gpt-4o", high, {}, ["dropped reasoning"]],
    ["generic", "m", high, {}, ["dropped reasoning"]],
  ])("%s %s asked for %j", (vendor, model, reasoning, fields, receipts) => {
    expect(fieldsFor(vendor, model, { reasoning })).toEqual(fields);
    expect(receiptsFor(vendor, model, { reasoning })).toEqual(receipts);
  });

  test.each([
    [31_999, "high"],
    [20_000, "medium"],
    [10_000, "low"],
    [1024, "minimal"],
  ])("a budget of %i of 32000 tokens is %s", (budgetTokens, effort) => {
    const reasoning = { mode: "budget", budgetTokens } as const;
    expect(fieldsFor("openai", "gpt-5", { reasoning, maxOutputTokens: 32_000 })).toEqual({
      max_completion_tokens: 32_000,
      reasoning_effort: effort,
    });
    expect(receiptsFor("openai", "gpt-5", { reasoning, maxOutputTokens: 32_000 })).toEqual([
      "approximated reasoning.budget_tokens",
    ]);
  });

  test("a vLLM that switches by template arguments", () => {
    const profile = { ...generic, thinkingSwitch: "chat-template-kwargs" as const };
    expect(encodeFor("generic", "m", requestOf({ reasoning: off }), { profile }).body.chat_template_kwargs).toEqual({
      thinking: false,
    });
  });
});

describe("sampling and limits", () => {
  test("what a thinking Kimi fixes is dropped, with a receipt", () => {
    const over = { sampling: { temperature: 0.2, topP: 0.5, frequencyPenalty: 1, topK: 5, seed: 7 } };
    expect(fieldsFor("moonshot", "kimi-k2-thinking", over)).toEqual({ seed: 7 });
    expect(receiptsFor("moonshot", "kimi-k2-thinking", over)).toEqual([
      "dropped temperature",
      "dropped top_p",
      "dropped top_k",
      "dropped frequency_penalty",
    ]);
    expect(fieldsFor("moonshot", "kimi-k2-0905-preview", over)).toEqual({
      temperature: 0.2,
      top_p: 0.5,
      frequency_penalty: 1,
      seed: 7,
    });
  });

  test("DeepSeek ignores sampling while it thinks and takes it otherwise", () => {
    const over = { sampling: { temperature: 0.2 } };
    expect(fieldsFor("deepseek", "deepseek-v4-pro", over)).toEqual({});
    expect(fieldsFor("deepseek", "deepseek-v4-pro", { ...over, reasoning: off })).toEqual({
      temperature: 0.2,
      thinking: { type: "disabled" },
    });
    expect(fieldsFor("deepseek", "deepseek-chat", over)).toEqual({ temperature: 0.2 });
  });

  test("the limit stands in the vendor's field, clamped to the endpoint's", () => {
    expect(fieldsFor("moonshot", "kimi-k2-thinking", { maxOutputTokens: 100 })).toEqual({ max_tokens: 100 });
    expect(fieldsFor("openai", "gpt-5.1", { maxOutputTokens: 100 })).toEqual({ max_completion_tokens: 100 });
    const clamped = encodeFor("moonshot", "kimi-k2-thinking", requestOf({ maxOutputTokens: 64_000 }), {
      maxOutputTokens: 16_384,
    });
    expect(clamped.body.max_tokens).toBe(16_384);
    expect(clamped.receipts).toEqual(["approximated max_tokens"]);
  });

  test("a temperature that the vendor does not take is moved to one that it takes", () => {
    expect(fieldsFor("minimax", "MiniMax-M2.5", { sampling: { temperature: 0 } }).temperature).toBe(0.01);
    expect(fieldsFor("zai", "glm-4.7", { sampling: { temperature: 1.5 } }).temperature).toBe(1);
    expect(receiptsFor("zai", "glm-4.7", { sampling: { temperature: 1.5 } })).toEqual(["approximated temperature"]);
    expect(fieldsFor("zai", "glm-4.7", { sampling: { temperature: 0.5 } }).temperature).toBe(0.5);
  });

  test("a seed and a forced call have Mistral's words", () => {
    const over = { sampling: { seed: 7 }, tools: [toolOf("a")], toolChoice: { type: "required" } as const };
    expect(fieldsFor("mistral", "mistral-large-2512", over)).toMatchObject({ random_seed: 7, tool_choice: "any" });
    expect(fieldsFor("mistral", "mistral-large-2512", over).seed).toBeUndefined();
  });

  test("a model that answers in streams only is asked for one", () => {
    expect(fieldsFor("qwen", "qwen3-235b-a22b-thinking-2507", { stream: false }).stream).toBe(true);
    expect(fieldsFor("qwen", "qwen-plus", { stream: false }).stream).toBeUndefined();
  });

  test("stop sequences beyond the vendor's number are dropped", () => {
    expect(fieldsFor("xai", "grok-4", { stopSequences: ["a"] })).toEqual({});
    expect(fieldsFor("moonshot", "kimi-k3", { stopSequences: ["x".repeat(33), "b"] })).toEqual({ stop: ["b"] });
    expect(fieldsFor("openai", "gpt-4o", { stopSequences: ["a", "b", "c", "d", "e"] })).toEqual({
      stop: ["a", "b", "c", "d"],
    });
    expect(fieldsFor("zai", "glm-4.7", { stopSequences: ["a"] })).toMatchObject({ stop: ["a"] });
  });

  test("streams ask for usage", () => {
    expect(fieldsFor("generic", "m", { stream: true })).toEqual({
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test("Z.ai streams arguments only when told to", () => {
    expect(fieldsFor("zai", "glm-4.7", { stream: true, tools: [toolOf("a")] }).tool_stream).toBe(true);
    expect(fieldsFor("zai", "glm-4.7", { stream: true }).tool_stream).toBeUndefined();
  });
});

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

  test("the last message of the assistant is marked as the beginning of the answer where the vendor has a word for it", () => {
    const messages: ChatRequest["messages"] = [
      { role: "user", content: [{ type: "text", text: "hello" }] },
      { role: "assistant", content: [{ type: "text", text: "{" }] },
    ];
    const last = (vendor: string, model: string) =>
      (encodeFor(vendor, model, requestOf({ messages })).body.messages as WireMessage[]).at(-1);
    expect(last("mistral", "mistral-large-2512")).toEqual({ role: "assistant", content: "{", prefix: true });
    expect(last("moonshot", "kimi-k2-0905-preview")).toEqual({ role: "assistant", content: "{", partial: true });
    expect(last("generic", "m")).toEqual({ role: "assistant", content: "{" });
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

describe("the rest", () => {
  const schema = { type: "object", properties: { a: { type: "string" } } };
  const outputFormat = { type: "json-schema", name: "x", schema } as const;

  test("a schema for the answer goes into the field, or to the end of the system text", () => {
    expect(fieldsFor("openai", "gpt-5.1", { outputFormat })).toEqual({
      response_format: { type: "json_schema", json_schema: { name: "x", schema } },
    });
    const { body, receipts } = encodeFor(
      "deepseek",
      "deepseek-v4-pro",
      requestOf({ outputFormat, system: [{ type: "text", text: "You are" }] }),
    );
    expect(body.response_format).toEqual({ type: "json_object" });
    const [system] = body.messages as WireMessage[];
    expect(system?.content).toMatch(/^You are\n\nAnswer with one JSON object[^]*"a"/);
    expect(receipts).toEqual(["emulated response_format"]);
  });

  test("mid-conversation instructions stay instructions at OpenAI, under its role", () => {
    const messages: ChatRequest["messages"] = [
      { role: "user", content: [{ type: "text", text: "a" }] },
      { role: "system", content: [{ type: "text", text: "s" }] },
    ];
    expect(encodeFor("openai", "gpt-5.1", requestOf({ messages })).body.messages).toEqual([
      { role: "user", content: "a" },
      { role: "developer", content: "s" },
    ]);
    expect(encodeFor("openai", "gpt-4o", requestOf({ messages })).body.messages).toEqual([
      { role: "user", content: "a" },
      { role: "system", content: "s" },
    ]);
  });

  test("the user's id goes into the vendor's field, as a digest when it is long", () => {
    expect(fieldsFor("moonshot", "kimi-k2-thinking", { userId: "u1" })).toEqual({ safety_identifier: "u1" });
    expect(fieldsFor("generic", "m", { userId: "x".repeat(65) }).user).toMatch(/^[0-9a-f]{64}$/);
    expect(receiptsFor("deepseek", "deepseek-chat", { userId: "u1" })).toEqual(["dropped user"]);
  });

  test("a chat client's own fields return to chat upstreams that know them", () => {
    const extensions = {
      "openai-chat": { logit_bias: { 1: 2 }, prompt_cache_key: "k" },
      "anthropic-messages": { context_management: {} },
    };
    expect(fieldsFor("generic", "m", { extensions })).toEqual({ logit_bias: { 1: 2 }, prompt_cache_key: "k" });
    expect(fieldsFor("moonshot", "kimi-k3", { extensions })).toEqual({ prompt_cache_key: "k" });
    expect(receiptsFor("moonshot", "kimi-k3", { extensions })).toEqual([
      "dropped logit_bias",
      "dropped context_management",
    ]);
  });

  test("parallel_tool_calls only where it was set and is known", () => {
    const over = { tools: [toolOf("a")], parallelToolCalls: false };
    expect(fieldsFor("openai", "gpt-4o", over).parallel_tool_calls).toBe(false);
    expect(fieldsFor("openai", "gpt-4o", { tools: [toolOf("a")] }).parallel_tool_calls).toBeUndefined();
    expect(receiptsFor("moonshot", "kimi-k3", over)).toEqual(["dropped parallel_tool_calls"]);
  });

  test("the request itself is left as it was", () => {
    const request = requestOf({
      tools: [toolOf("a")],
      reasoning: high,
      extensions: { "openai-chat": { store: true } },
    });
    const before = JSON.stringify(request);
    encodeFor("moonshot", "kimi-k3", request);
    expect(JSON.stringify(request)).toBe(before);
  });
});
