import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import type { MockUpstream } from "../index.ts";
import { post } from "../testing/talk.ts";

let mock: MockUpstream;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "strict" });
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

const hello = { role: "user", content: "hello" };
const schema = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };
const bash = { name: "Bash", input_schema: schema };
const use = (id: string, input: unknown = {}) => ({ type: "tool_use", id, name: "Bash", input });
const result = (id: string) => ({ type: "tool_result", tool_use_id: id, content: "ok" });
const assistant = (...content: JsonObject[]) => ({ role: "assistant", content });
const user = (...content: JsonObject[]) => ({ role: "user", content });
const text = (words: string) => ({ type: "text", text: words });
const claude: JsonObject = { model: "claude-sonnet-4-5", max_tokens: 4000, messages: [hello] };
const budget = { type: "enabled", budget_tokens: 1024 };

async function refusal(
  body: JsonObject,
  headers: Record<string, string> = {},
  base = "/anthropic",
): Promise<[number, unknown]> {
  const { status, json } = await post(`${mock.url}${base}/v1/messages`, body, headers);
  return [status, asObject(json.error).message];
}

function without(body: JsonObject, field: string): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== field));
}

describe("fields", () => {
  test.each<[string, JsonObject, string]>([
    ["model missing", without(claude, "model"), "model: Field required"],
    ["messages missing", without(claude, "messages"), "messages: Field required"],
    ["max_tokens missing", without(claude, "max_tokens"), "max_tokens: Field required"],
    ["max_tokens 0", { ...claude, max_tokens: 0 }, "max_tokens: Input should be greater than or equal to 1"],
    ["max_tokens too high", { ...claude, max_tokens: 200_000 }, "max_tokens: 200000 > 64000, which is the maximum"],
    ["unknown field", { ...claude, reasoning_effort: "high" }, "reasoning_effort: Extra inputs are not permitted"],
    [
      "context_management without its beta",
      { ...claude, context_management: { edits: [] } },
      "context_management: Extra inputs are not permitted",
    ],
    ["unknown metadata", { ...claude, metadata: { session: "x" } }, "metadata.session: Extra inputs are not permitted"],
    ["system of another form", { ...claude, system: [{ type: "image" }] }, "system.0.type: Input should be 'text'"],
    ["empty system text", { ...claude, system: [text("")] }, "system: text content blocks must be non-empty"],
    ["temperature above 1", { ...claude, temperature: 1.5 }, "temperature: range: 0..1"],
    [
      "temperature and top_p",
      { ...claude, temperature: 1, top_p: 1 },
      "`temperature` and `top_p` cannot both be specified",
    ],
    ["unknown effort", { ...claude, output_config: { effort: "huge" } }, "output_config.effort: Input should be"],
    [
      "five cache marks",
      { ...claude, system: Array.from({ length: 5 }, () => ({ ...text("x"), cache_control: { type: "ephemeral" } })) },
      "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ],
    [
      "cache mark of another type",
      { ...claude, system: [{ ...text("x"), cache_control: { type: "persistent" } }] },
      "does not match any of the expected tags: 'ephemeral'",
    ],
    [
      "cache mark with a scope but no beta",
      { ...claude, system: [{ ...text("x"), cache_control: { type: "ephemeral", scope: "global" } }] },
      "scope: Extra inputs are not permitted",
    ],
    ["overflow", { ...claude, messages: [{ role: "user", content: "x".repeat(900_000) }] }, "prompt is too long: 2250"],
  ])("%s", async (_name, body, message) => {
    expect(await refusal(body)).toEqual([400, expect.stringContaining(message)]);
  });

  test("an unknown model is not found", async () => {
    expect(await refusal({ ...claude, model: "kimi-k3" })).toEqual([404, "model: kimi-k3"]);
    expect(await refusal({ ...claude, model: "kimi-k3" }, {}, "")).toEqual([200, undefined]);
  });

  test("beta headers open what belongs to them, and must look like betas", async () => {
    const managed = { ...claude, context_management: { edits: [] } };
    expect(await refusal(managed, { "anthropic-beta": "context-management-2025-06-27" })).toEqual([200, undefined]);
    expect(await refusal(claude, { "anthropic-beta": "nonsense" })).toEqual([
      400,
      expect.stringContaining("Unexpected value(s) `nonsense`"),
    ]);
    const wide = { ...claude, messages: [{ role: "user", content: "x".repeat(900_000) }] };
    expect(await refusal(wide, { "anthropic-beta": "context-1m-2025-08-07" })).toEqual([200, undefined]);
  });

  test("the error body is Anthropic's", async () => {
    const { json, headers } = await post(`${mock.url}/v1/messages`, { ...claude, foo: 1 });
    expect(json).toEqual({
      type: "error",
      error: { type: "invalid_request_error", message: "foo: Extra inputs are not permitted" },
      request_id: headers["request-id"],
    });
  });

  test("keys", async () => {
    const locked = await startMockUpstream({ apiKeys: ["right"] });
    const ask = async (headers: Record<string, string>) =>
      (await post(`${locked.url}/v1/messages`, claude, headers)).json;
    expect(await ask({ authorization: "Bearer right" })).toMatchObject({ type: "message" });
    expect(await ask({ authorization: "", "x-api-key": "right" })).toMatchObject({ type: "message" });
    expect(await ask({ authorization: "", "x-api-key": "wrong" })).toMatchObject({
      error: { type: "authentication_error", message: "invalid x-api-key" },
    });
    expect(await ask({ authorization: "" })).toMatchObject({ error: { type: "authentication_error" } });
    await locked.close();
  });
});

describe("thinking", () => {
  test.each<[string, JsonObject, string]>([
    ["no budget", { thinking: { type: "enabled" } }, "thinking.enabled.budget_tokens: Field required"],
    [
      "small budget",
      { thinking: { type: "enabled", budget_tokens: 1023 } },
      "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
    ],
    [
      "budget as large as max_tokens",
      { thinking: { type: "enabled", budget_tokens: 4000 } },
      "`max_tokens` must be greater than `thinking.budget_tokens`",
    ],
    [
      "temperature",
      { thinking: budget, temperature: 0.5 },
      "`temperature` may only be set to 1 when thinking is enabled",
    ],
    ["top_k", { thinking: budget, top_k: 5 }, "`top_k` must be unset"],
    [
      "forced tool",
      { thinking: budget, tools: [bash], tool_choice: { type: "any" } },
      "Thinking may not be enabled when tool_choice forces tool use.",
    ],
    [
      "forced tool at a model that chooses itself",
      { model: "claude-opus-5-5", tools: [bash], tool_choice: { type: "any" } },
      "forcing tool use is not supported for this model",
    ],
    [
      "rest of a model that always thinks",
      { model: "claude-fable-5", thinking: { type: "disabled" } },
      '"thinking.type.disabled" is not supported for this model.',
    ],
    [
      "another model's word of rest",
      { model: "claude-sonnet-5-5", thinking: { type: "disabled" } },
      '"thinking.type.disabled" is not supported for this model.',
    ],
    [
      "too much effort without thinking",
      { model: "claude-opus-5", thinking: { type: "disabled" }, output_config: { effort: "max" } },
      "output_config.effort 'max' is not supported when thinking is disabled on this model.",
    ],
    ["adaptive at 4.5", { thinking: { type: "adaptive" } }, "adaptive thinking is not supported on this model"],
    [
      "budget at 4.8",
      { model: "claude-opus-4-8", thinking: budget },
      '"thinking.type.enabled" is not supported for this model.',
    ],
    [
      "budget in adaptive",
      { model: "claude-opus-4-8", thinking: { type: "adaptive", budget_tokens: 1024 } },
      "thinking.adaptive.budget_tokens: Extra inputs are not permitted",
    ],
    ["unknown type", { thinking: { type: "on" } }, "thinking: Input tag 'on'"],
    [
      "prefill",
      { thinking: budget, messages: [hello, assistant(text("I"))] },
      "does not support assistant message prefill",
    ],
    [
      "missing signature",
      { messages: [hello, assistant({ type: "thinking", thinking: "x" }, text("y")), hello] },
      "messages.1.content.0.thinking.signature: Field required",
    ],
    [
      "empty signature",
      { messages: [hello, assistant({ type: "thinking", thinking: "x", signature: "" }, text("y")), hello] },
      "messages.1.content.0: Invalid `signature` in `thinking` block",
    ],
    [
      "foreign signature",
      {
        messages: [hello, assistant({ type: "thinking", thinking: "x", signature: "EqQBCgIYAhIM" }, text("y")), hello],
      },
      "messages.1.content.0: Invalid `signature` in `thinking` block",
    ],
    [
      "foreign redacted data",
      { messages: [hello, assistant({ type: "redacted_thinking", data: "x" }, text("y")), hello] },
      "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
    ],
    [
      "thinking at the end",
      { messages: [hello, assistant(text("y"), { type: "thinking", thinking: "x", signature: "" }), hello] },
      "The final block in an assistant message cannot be `thinking`.",
    ],
    [
      "thinking of the user",
      { messages: [user({ type: "thinking", thinking: "x", signature: "" })] },
      "`thinking` blocks can only be in `assistant` messages",
    ],
    [
      "tool loop without thinking",
      { thinking: budget, messages: [hello, assistant(use("a")), user(result("a"))] },
      "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block",
    ],
  ])("%s", async (_name, body, message) => {
    expect(await refusal({ ...claude, ...body })).toEqual([400, expect.stringContaining(message)]);
  });

  test("a tool may be forced upon an adaptive model that thinks", async () => {
    const thinking = { type: "adaptive" };
    const body = { ...claude, model: "claude-opus-4-8", thinking, tools: [bash], tool_choice: { type: "any" } };
    expect(await refusal(body)).toEqual([200, undefined]);
  });

  test("one thought at the beginning is enough for all calls of a turn", async () => {
    const asked = { ...claude, thinking: budget, messages: [{ role: "user", content: "count to 3" }], tools: [bash] };
    const { json } = await post(`${mock.url}/anthropic/v1/messages`, asked);
    const first = asArray(json.content).map(asObject);
    const loop = [
      assistant(...first),
      user(result(String(first[1]?.id))),
      assistant(use("toolu_b")),
      user(result("toolu_b")),
    ];
    expect(await refusal({ ...asked, messages: [...asked.messages, ...loop] })).toEqual([200, undefined]);
    const asksAnew = [assistant(text("done")), user(text("more")), assistant(use("toolu_c")), user(result("toolu_c"))];
    expect(await refusal({ ...asked, messages: [...asked.messages, ...loop, ...asksAnew] })).toEqual([
      400,
      expect.stringContaining("messages.7.content.0.type: Expected `thinking`"),
    ]);
  });

  test("a signature holds for its own text, model and call", async () => {
    const asked = { ...claude, thinking: budget, messages: [{ role: "user", content: "count to 3" }], tools: [bash] };
    const { json } = await post(`${mock.url}/anthropic/v1/messages`, asked);
    const [thought, call] = asArray(json.content).map(asObject);
    const back = (changed: JsonObject, more: JsonObject = {}) => ({
      ...asked,
      ...more,
      messages: [...asked.messages, assistant({ ...thought, ...changed }, { ...call }), user(result(String(call?.id)))],
    });
    const invalid = [400, "messages.1.content.0: Invalid `signature` in `thinking` block"];
    expect(await refusal(back({}))).toEqual([200, undefined]);
    expect(await refusal(back({ thinking: "changed" }))).toEqual(invalid);
    expect(await refusal(back({}, { model: "claude-haiku-4-5" }))).toEqual(invalid);

    const second = await post(`${mock.url}/anthropic/v1/messages`, back({}));
    const other = asObject(asArray(second.json.content)[0]);
    expect(await refusal(back(other))).toEqual([
      400,
      expect.stringContaining("blocks in the latest assistant message cannot be modified"),
    ]);
  });

  test("redacted thinking is taken back", async () => {
    const asked = {
      ...claude,
      model: "claude-sonnet-4-5+redacted",
      thinking: budget,
      messages: [{ role: "user", content: "count to 3" }],
      tools: [bash],
    };
    const { json } = await post(`${mock.url}/anthropic/v1/messages`, asked);
    const content = asArray(json.content).map(asObject);
    expect(content[0]).toEqual({ type: "redacted_thinking", data: expect.any(String) });
    expect(
      await refusal({
        ...asked,
        messages: [...asked.messages, assistant(...content), user(result(String(content[1]?.id)))],
      }),
    ).toEqual([200, undefined]);
  });
});

describe("messages and tools", () => {
  test.each<[string, JsonObject, string]>([
    ["no messages", { messages: [] }, "messages: at least one message is required"],
    [
      "unknown role",
      { messages: [{ role: "tool", content: "x" }] },
      "messages.0.role: Input should be 'user' or 'assistant'",
    ],
    ["role system", { messages: [hello, { role: "system", content: "x" }] }, 'messages: Unexpected role "system".'],
    [
      "unknown message field",
      { messages: [{ ...hello, name: "x" }] },
      "messages.0.name: Extra inputs are not permitted",
    ],
    ["unknown block", { messages: [user({ type: "image_url" })] }, "messages.0.content.0: Input tag 'image_url'"],
    [
      "unknown block field",
      { messages: [user({ ...text("x"), index: 0 })] },
      "messages.0.content.0.text.index: Extra inputs are not permitted",
    ],
    [
      "empty content",
      { messages: [{ role: "user", content: "" }] },
      "messages.0: all messages must have non-empty content",
    ],
    ["empty text", { messages: [user(text(""))] }, "messages: text content blocks must be non-empty"],
    ["blank text", { messages: [user(text(" \n"))] }, "messages: text content blocks must contain non-whitespace text"],
    [
      "image of another type",
      { messages: [user({ type: "image", source: { type: "base64", media_type: "image/bmp", data: "x" } })] },
      "image.source.base64.media_type: Input should be",
    ],
    [
      "call id of another form",
      { messages: [hello, assistant(use("functions.Bash:0")), user(result("functions.Bash:0"))] },
      "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ],
    [
      "input that is no object",
      { messages: [hello, assistant(use("a", "{}")), user(result("a"))] },
      "messages.1.content.0.tool_use.input: Input should be a valid dictionary",
    ],
    [
      "unanswered call",
      { messages: [hello, assistant(use("a"), use("b")), user(result("a"))] },
      "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: b.",
    ],
    [
      "unanswered call at the end",
      { messages: [hello, assistant(use("a"))] },
      "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: a.",
    ],
    [
      "result behind a text",
      { messages: [hello, assistant(use("a")), user(text("x"), result("a"))] },
      "`tool_use` ids were found without `tool_result` blocks immediately after: a.",
    ],
    [
      "orphan result",
      { messages: [user(result("a"))] },
      "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: a.",
    ],
    [
      "result given twice",
      { messages: [hello, assistant(use("a")), user(result("a"), result("a"))] },
      "each tool_use must have a single result",
    ],
    [
      "id used twice",
      { messages: [hello, assistant(use("a"), use("a")), user(result("a"))] },
      "`tool_use` ids must be unique",
    ],
    ["call of the user", { messages: [user(use("a"))] }, "`tool_use` blocks can only be in `assistant` messages"],
    [
      "trailing blank in a prefill",
      { messages: [hello, assistant(text("I "))] },
      "final assistant content cannot end with trailing whitespace",
    ],
    ["tool without schema", { tools: [{ name: "a" }] }, "tools.0.custom.input_schema: Field required"],
    [
      "schema without type",
      { tools: [{ name: "a", input_schema: {} }] },
      "tools.0.custom.input_schema.type: Field required",
    ],
    [
      "schema with a union on top",
      { tools: [{ name: "a", input_schema: { type: "object", anyOf: [] } }] },
      "input_schema does not support oneOf, allOf, or anyOf at the top level",
    ],
    [
      "OpenAI's tool form",
      { tools: [{ type: "function", function: {} }] },
      "tools.0.custom.function: Extra inputs are not permitted",
    ],
    ["tool name with a dot", { tools: [{ ...bash, name: "a.b" }] }, "tools.0.custom.name: String should match pattern"],
    ["same tool twice", { tools: [bash, bash] }, "tools: Tool names must be unique."],
    [
      "defer_loading without its beta",
      { tools: [bash, { ...bash, name: "b", defer_loading: true }] },
      "tools.1.custom.defer_loading: Extra inputs are not permitted",
    ],
    ["OpenAI's tool_choice", { tools: [bash], tool_choice: { type: "required" } }, "tool_choice: Input tag 'required'"],
    [
      "tool_choice without tools",
      { tool_choice: { type: "auto" } },
      "tool_choice may only be specified while providing tools",
    ],
    [
      "tool_choice of an unknown tool",
      { tools: [bash], tool_choice: { type: "tool", name: "X" } },
      "Tool 'X' not found in provided tools",
    ],
  ])("%s", async (_name, body, message) => {
    expect(await refusal({ ...claude, ...body })).toEqual([400, expect.stringContaining(message)]);
  });

  test("what Claude Code sends is taken", async () => {
    const marked = { type: "text", text: "hi", cache_control: { type: "ephemeral" } };
    const body = {
      ...claude,
      model: "claude-opus-4-8",
      system: [text("x-anthropic-billing-header: cc_version=2.1.330;"), marked, marked],
      messages: [
        user(text("<system-reminder>x</system-reminder>"), text("count to 2")),
        { role: "system", content: "Working directory: /x" },
        assistant(use("toolu_1")),
        user(result("toolu_1"), text("<system-reminder>y</system-reminder>")),
        { role: "system", content: [marked] },
      ],
      tools: [bash, { ...bash, name: "DeferredToolPlaceholder", defer_loading: true }],
      metadata: { user_id: "{}" },
      thinking: { type: "adaptive", display: "omitted" },
      context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
      output_config: { effort: "high" },
      stream: true,
    };
    const betas =
      "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,mid-conversation-tool-changes-2026-07-01,thinking-token-count-2026-05-13,advanced-tool-use-2025-11-20,effort-2025-11-24";
    expect((await post(`${mock.url}/anthropic/v1/messages?beta=true`, body, { "anthropic-beta": betas })).status).toBe(
      200,
    );
  });
});

describe("compatible providers", () => {
  test("kimi takes unsigned thinking, but wants it before every call, and no tool_reference", async () => {
    const kimi = { model: "kimi-k2-thinking", max_tokens: 100, messages: [hello] };
    const loop = (...blocks: JsonObject[]) => ({
      ...kimi,
      messages: [hello, assistant(...blocks, use("a")), user(result("a"))],
    });
    expect(await refusal(loop({ type: "thinking", thinking: "x", signature: "" }), {}, "/moonshot/anthropic")).toEqual([
      200,
      undefined,
    ]);
    expect(await refusal(loop(), {}, "/moonshot/anthropic")).toEqual([
      400,
      expect.stringContaining("reasoning_content is missing in assistant tool call message at index 1"),
    ]);
    const reference = { type: "tool_result", tool_use_id: "a", content: [{ type: "tool_reference", tool_name: "X" }] };
    const searched = {
      ...kimi,
      messages: [hello, assistant({ type: "thinking", thinking: "x" }, use("a")), user(reference)],
    };
    expect(await refusal(searched, {}, "/moonshot/anthropic")).toEqual([
      400,
      expect.stringContaining("tool_reference"),
    ]);
    const long = { ...kimi, messages: [{ role: "user", content: "x".repeat(1_100_000) }] };
    expect(await refusal(long, {}, "/moonshot/anthropic")).toEqual([
      400,
      expect.stringContaining("exceeded model token limit: 262144"),
    ]);
  });
});
