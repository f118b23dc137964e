import { describe, expect, test } from "vitest";
import type { ChatRequest } from "../model/chat-request.ts";
import { claude, encodeFor, requestOf, sealer, origin, text, toolOf, user } from "./__fixtures__/requests.ts";
import { claudeCode197, claudeCode330, claudeCodeWebSearch } from "./__fixtures__/claude-code.ts";
import { decodeRequest } from "./decode-request.ts";

/** The body without what every body has. */
function fieldsFor(vendor: string, model: string, over: Partial<ChatRequest>): Record<string, unknown> {
  const { model: _, messages: __, max_tokens: ___, ...rest } = encodeFor(vendor, model, requestOf(over)).body;
  return rest;
}

function receiptsFor(vendor: string, model: string, over: Partial<ChatRequest>): string[] {
  return encodeFor(vendor, model, requestOf(over)).receipts;
}

const sign = (thinking: string) => sealer.seal({ origin, native: "native" }, thinking);

describe("Claude Code through the hub", () => {
  test.each([
    ["2.1.197", claudeCode197],
    ["2.1.330", claudeCode330],
  ])("%s reaches Anthropic as it was said, with the upstream's names and signatures (T17)", (_, make) => {
    const said = make(sign);
    const { body, receipts } = encodeFor("anthropic", "claude-opus-4-8", decodeRequest(said));
    const asBlocks = (content: unknown) => (typeof content === "string" ? [{ type: "text", text: content }] : content);
    const messages = (said.messages as Array<{ role: string; content: unknown }>).map(({ role, content }) => ({
      role,
      content: asBlocks(content),
    }));
    const signed = JSON.parse(JSON.stringify(messages).replaceAll(/or1\.[^"]+/g, "native")) as unknown;
    expect(body).toEqual({ ...said, model: "claude-opus-4-8", messages: signed });
    expect(receipts).toEqual([]);
  });

  test("2.1.330 reaches Kimi without what only Anthropic knows (theopenco/llmgateway#3604, T10)", () => {
    const { body, headers, receipts } = encodeFor("moonshot", "kimi-k2.6", decodeRequest(claudeCode330(sign)));
    expect(body).toMatchObject({
      model: "kimi-k2.6",
      system: [{ type: "text", text: "You are an agent.", cache_control: { type: "ephemeral" } }],
      thinking: { type: "adaptive", display: "omitted" },
      output_config: { effort: "high" },
    });
    expect(body.context_management).toBeUndefined();
    // The loaded tool is shown, at the end, the placeholder never.
    expect((body.tools as Array<{ name: string }>).map((tool) => tool.name)).toEqual([
      "Bash",
      "ToolSearch",
      "WebSearch",
    ]);
    expect(JSON.stringify(body)).not.toMatch(/defer_loading|tool_reference|billing/);
    expect(headers).toBeUndefined();
    expect(receipts).toEqual([
      "emulated tools.defer_loading",
      "approximated messages.system",
      "dropped system",
      "dropped context_management",
    ]);
  });

  test("2.1.330 names the betas that its fields need", () => {
    const { headers } = encodeFor("anthropic", "claude-opus-4-8", decodeRequest(claudeCode330(sign)));
    expect(headers).toEqual({ "anthropic-beta": "mid-conversation-system-2026-04-07,advanced-tool-use-2025-11-20" });
  });

  test("web search goes on in its own words", () => {
    const { body } = encodeFor("anthropic", "claude-haiku-4-5", decodeRequest(claudeCodeWebSearch()));
    expect(body.tools).toEqual([{ type: "web_search_20250305", name: "web_search", max_uses: 8 }]);
    expect(body.tool_choice).toEqual({ type: "auto" });
  });
});

describe("limits", () => {
  const maxTokens = (over: Partial<ChatRequest>, limit?: number) =>
    encodeFor("anthropic", claude, requestOf(over), { maxOutputTokens: limit });

  test("max_tokens is always there, and within the endpoint's limit", () => {
    expect(maxTokens({ maxOutputTokens: undefined }).body.max_tokens).toBe(32_000);
    expect(maxTokens({ maxOutputTokens: undefined }, 8192).body.max_tokens).toBe(8192);
    expect(maxTokens({ maxOutputTokens: 100 }, 8192)).toMatchObject({ body: { max_tokens: 100 }, receipts: [] });
    expect(maxTokens({ maxOutputTokens: 64_000 }, 8192)).toMatchObject({
      body: { max_tokens: 8192 },
      receipts: ["approximated max_tokens"],
    });
  });

  test("blank stop sequences, and those beyond the vendor's number, are dropped", () => {
    expect(fieldsFor("anthropic", claude, { stopSequences: ["a", " ", "b"] })).toEqual({ stop_sequences: ["a", "b"] });
    expect(fieldsFor("zai", "glm-4.7", { stopSequences: ["a", "b"] })).toEqual({ stop_sequences: ["a"] });
    expect(fieldsFor("anthropic", claude, { stopSequences: [" "] })).toEqual({});
    expect(receiptsFor("zai", "glm-4.7", { stopSequences: ["a", "b"] })).toEqual(["dropped stop_sequences"]);
  });
});

describe("sampling", () => {
  test.each<[string, string, Partial<ChatRequest>, object, string[]]>([
    ["anthropic", "claude-sonnet-4-5", { sampling: { temperature: 0.2, topK: 5 } }, { temperature: 0.2, top_k: 5 }, []],
    [
      "anthropic",
      "claude-sonnet-4-5",
      { sampling: { temperature: 1.5 } },
      { temperature: 1 },
      ["approximated temperature"],
    ],
    [
      "anthropic",
      "claude-sonnet-4-5",
      { sampling: { temperature: 0.2, topP: 0.9 } },
      { temperature: 0.2 },
      ["dropped top_p"],
    ],
    [
      "anthropic",
      "claude-opus-4-8",
      { sampling: { temperature: 0.2, topP: 0.9, topK: 5 } },
      {},
      ["dropped temperature", "dropped top_p", "dropped top_k"],
    ],
    [
      "anthropic",
      "claude-sonnet-4-5",
      { sampling: { seed: 1, frequencyPenalty: 1, presencePenalty: 1 } },
      {},
      ["dropped frequency_penalty", "dropped presence_penalty", "dropped seed"],
    ],
    [
      "moonshot",
      "kimi-k2-0905-preview",
      { sampling: { temperature: 0.2, topP: 0.9 } },
      { temperature: 0.2, top_p: 0.9 },
      [],
    ],
    [
      "moonshot",
      "kimi-k2-thinking",
      { sampling: { temperature: 0.2, topP: 0.9 } },
      {},
      ["dropped temperature", "dropped top_p"],
    ],
  ])("%s %s with %j", (vendor, model, over, fields, receipts) => {
    expect(fieldsFor(vendor, model, over)).toEqual(fields);
    expect(receiptsFor(vendor, model, over)).toEqual(receipts);
  });

  test("a model that thinks takes temperature 1 and a high top_p only", () => {
    const reasoning = { mode: "budget", budgetTokens: 2000 } as const;
    const sampled = (sampling: ChatRequest["sampling"]) => {
      const { thinking: _, ...fields } = fieldsFor("anthropic", "claude-sonnet-4-5", { reasoning, sampling });
      return fields;
    };
    expect(sampled({ temperature: 1 })).toEqual({ temperature: 1 });
    expect(sampled({ temperature: 0.5, topK: 5 })).toEqual({});
    expect(sampled({ topP: 0.96 })).toEqual({ top_p: 0.96 });
    expect(sampled({ topP: 0.9 })).toEqual({});
  });
});

describe("structured output", () => {
  const schema = { type: "object", properties: { a: { type: "string" } }, additionalProperties: false };

  test("a schema stands in output_config where it is enforced, in the system text elsewhere", () => {
    const over: Partial<ChatRequest> = {
      outputFormat: { type: "json-schema", name: "a", schema },
      system: [text("s")],
    };
    expect(fieldsFor("anthropic", "claude-opus-4-8", over)).toEqual({
      system: [{ type: "text", text: "s" }],
      output_config: { format: { type: "json_schema", schema: { title: "a", ...schema } } },
    });
    const emulated = fieldsFor("deepseek", "deepseek-v4-pro", over);
    expect(emulated.output_config).toBeUndefined();
    expect(emulated.system).toMatchObject([{ text: "s" }, { text: expect.stringContaining(JSON.stringify(schema)) }]);
    expect(receiptsFor("deepseek", "deepseek-v4-pro", over)).toEqual(["emulated response_format"]);
  });

  test("a schema that Anthropic would refuse is put into one that it takes, and the rest checked", () => {
    const over = (properties: object, more: object = { additionalProperties: false }): Partial<ChatRequest> => ({
      outputFormat: { type: "json-schema", name: "answer", schema: { type: "object", properties, ...more } },
    });
    const bounded = over({ a: { type: "integer", minimum: 0 } });
    expect(fieldsFor("anthropic", claude, bounded).output_config).toMatchObject({
      format: { schema: { properties: { a: { type: "integer", description: '{"minimum":0}' } } } },
    });
    expect(receiptsFor("anthropic", claude, bounded)).toEqual(["emulated response_format"]);
    const open = over({ a: { type: "integer" } }, {});
    expect(fieldsFor("anthropic", claude, open).output_config).toMatchObject({
      format: { schema: { additionalProperties: false } },
    });
    expect(receiptsFor("anthropic", claude, open)).toEqual(["approximated response_format.schema"]);
    const map = over({}, { additionalProperties: { type: "integer" } });
    expect(fieldsFor("anthropic", claude, map).output_config).toBeUndefined();
    expect(receiptsFor("anthropic", claude, map)).toEqual(["emulated response_format"]);
  });

  test("JSON without a schema is asked for in words", () => {
    expect(fieldsFor("anthropic", claude, { outputFormat: { type: "json-object" } }).system).toMatchObject([
      { text: expect.stringContaining("JSON object") },
    ]);
  });
});

describe("fields of a protocol's own", () => {
  test("Anthropic gets its own and loses others', with a receipt", () => {
    const extensions = {
      "anthropic-messages": {
        service_tier: "auto",
        context_management: { edits: [] },
        metadata: { team: "t" },
        output_config: { task_budget: 5 },
      },
      "openai-chat": { logit_bias: {} },
    };
    const over: Partial<ChatRequest> = { extensions, userId: "u", reasoning: { mode: "auto", effort: "high" } };
    expect(fieldsFor("anthropic", "claude-opus-4-8", over)).toEqual({
      service_tier: "auto",
      context_management: { edits: [] },
      metadata: { user_id: "u", team: "t" },
      output_config: { effort: "high", task_budget: 5 },
      thinking: { type: "adaptive" },
    });
    expect(receiptsFor("anthropic", "claude-opus-4-8", over)).toEqual(["dropped logit_bias"]);
  });

  test.each(["someone@example.com", "x".repeat(257)])(
    "a user id that Anthropic refuses is sent as its digest (BerriAI/litellm#10106): %s",
    (userId) => {
      const { metadata } = fieldsFor("anthropic", "claude-opus-4-8", { userId });
      expect(metadata).toEqual({ user_id: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(receiptsFor("anthropic", "claude-opus-4-8", { userId })).toEqual(["approximated user"]);
    },
  );

  test("a server that only resembles Anthropic gets plain fields", () => {
    const over: Partial<ChatRequest> = {
      extensions: {
        "anthropic-messages": { service_tier: "auto", speed: "fast", mcp_servers: [], container: { id: "c" } },
      },
    };
    expect(fieldsFor("generic", "m", over)).toEqual({ service_tier: "auto" });
    expect(receiptsFor("generic", "m", over)).toEqual(["dropped speed", "dropped mcp_servers", "dropped container"]);
  });
});

test("blank system blocks are left out, the billing block goes to Anthropic only", () => {
  const system = [text("x-anthropic-billing-header: cc_version=2;"), text(" "), text("s", { cache: { ttl: "5m" } })];
  const sent = { type: "text", text: "s", cache_control: { type: "ephemeral" } };
  expect(fieldsFor("anthropic", claude, { system }).system).toEqual([
    { type: "text", text: "x-anthropic-billing-header: cc_version=2;" },
    sent,
  ]);
  expect(fieldsFor("moonshot", "kimi-k2.6", { system }).system).toEqual([sent]);
  expect(fieldsFor("anthropic", claude, { system: [text("")] })).toEqual({});
  // One string, as a gateway before this one may have joined them.
  const joined = [text("x-anthropic-billing-header: cc_version=2;\nYou are a coder.")];
  expect(fieldsFor("moonshot", "kimi-k2.6", { system: joined }).system).toEqual([
    { type: "text", text: "You are a coder." },
  ]);
});

test("at most four breakpoints go out", () => {
  const marked = (value: string) => text(value, { cache: { ttl: "5m" } });
  const { body, receipts } = encodeFor(
    "anthropic",
    claude,
    requestOf({
      system: [marked("a"), marked("b")],
      tools: [toolOf("t", { cache: { ttl: "1h" } })],
      messages: [user(marked("c"), marked("d"))],
    }),
  );
  expect(JSON.stringify(body).match(/cache_control/g)).toHaveLength(4);
  expect(body.tools).toEqual([{ name: "t", input_schema: { type: "object" } }]);
  expect(receipts).toEqual(["dropped cache_control"]);
});

test("stream is said when it is wanted", () => {
  expect(fieldsFor("anthropic", claude, { stream: true })).toEqual({ stream: true });
});
