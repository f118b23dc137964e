import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { call, toArray, toObject, type Json } from "../../testing/call.ts";
import { sessionClients } from "../../testing/session-clients.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/*
 * What clients ask of Anthropic and OpenAI, asked of every vendor. The mock knows each vendor's fields, ids, orders and
 * choices, and refuses what the vendor refuses.
 */

/** A vendor's models, with the path of its address if it has one of its own. */
const vendors: ReadonlyArray<
  readonly [vendor: string, protocol: "openai-chat" | "anthropic-messages", models: string[]]
> = [
  ["moonshot", "openai-chat", ["kimi-k2-thinking", "kimi-k2-0905-preview", "kimi-k2.6", "kimi-k2.7-code", "kimi-k3"]],
  ["deepseek", "openai-chat", ["deepseek-v4-pro", "deepseek-chat"]],
  ["zai", "openai-chat", ["glm-4.7", "glm-5.2"]],
  ["openai", "openai-chat", ["gpt-5.5", "o4-mini"]],
  ["minimax", "openai-chat", ["MiniMax-M2.5", "MiniMax-M3"]],
  ["qwen", "openai-chat", ["qwen-plus", "qwen3-coder-plus", "qwen3-235b-a22b-thinking-2507"]],
  ["xai", "openai-chat", ["grok-4", "grok-4.3", "grok-3-mini"]],
  ["mistral", "openai-chat", ["mistral-large-latest", "magistral-medium-latest"]],
  ["groq", "openai-chat", ["openai/gpt-oss-120b", "qwen/qwen3-32b", "moonshotai/kimi-k2-instruct-0905"]],
  ["together", "openai-chat", ["moonshotai/Kimi-K2-Thinking", "zai-org/GLM-4.7", "openai/gpt-oss-120b"]],
  ["fireworks", "openai-chat", ["accounts/fireworks/models/kimi-k2-thinking", "accounts/fireworks/models/glm-5"]],
  ["openrouter", "openai-chat", ["moonshotai/kimi-k2-thinking", "anthropic/claude-sonnet-4.5"]],
  ["vllm", "openai-chat", ["Qwen/Qwen3-32B"]],
  ["ollama", "openai-chat", ["gpt-oss:20b"]],
  ["llamacpp", "openai-chat", ["qwen3-8b.gguf"]],
  ["moonshot-messages", "anthropic-messages", ["kimi-k2-thinking"]],
  ["deepseek-messages", "anthropic-messages", ["deepseek-v4-pro"]],
  ["zai-messages", "anthropic-messages", ["glm-5.2"]],
];

/** The gateway's name of a model: several vendors have the same. */
function nameOf(vendor: string, model: string): string {
  return `${vendor}:${model.replaceAll("/", ".")}`;
}

let mock: MockUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  mock = await startMockUpstream();
  gateway = await startTestGateway({
    providers: Object.fromEntries(
      vendors.map(([name, protocol, models]) => {
        const vendor = name.replace("-messages", "");
        const path = protocol === "openai-chat" ? "/v1" : "";
        return [
          name,
          {
            protocol,
            vendor,
            base_url: `${mock.url}/${vendor}${path}`,
            models: Object.fromEntries(models.map((model) => [nameOf(name, model), { upstream_id: model }])),
          },
        ];
      }),
    ),
  });
});
afterAll(async () => {
  await gateway.stop();
  await mock.close();
});
beforeEach(() => mock.reset());

const cases = vendors.flatMap(([vendor, , models]) => models.map((model) => [vendor, model] as const));

function checkNothingRefused(): void {
  expect(mock.requests.flatMap(({ refusal }) => refusal ?? [])).toEqual([]);
  expect(mock.requests.every(({ status }) => status === 200)).toBe(true);
}

describe.each(sessionClients)("a client of $name", (client) => {
  test.each(cases)(
    "runs tools with %s %s, turn by turn, with nothing refused (BerriAI/litellm#26916, T3)",
    async (vendor, model) => {
      const name = nameOf(vendor, model);
      let history = client.begin("count to 3 with separate commands");
      for (let turn = 0; turn < 4; turn++) {
        const heard = await call(gateway.url + client.path(encodeURIComponent(name)), {
          headers: { authorization: `Bearer ${gateway.key}` },
          body: client.body(name, history),
        }).done;
        expect([heard.status, heard.status === 200 ? "" : heard.text]).toEqual([200, ""]);
        expect(client.visible(heard.json)).not.toContain("(thought ");
        const calls = client.calls(heard.json);
        expect(calls).toHaveLength(turn < 3 ? 1 : 0);
        history = [...history, ...client.remember(heard.json), ...client.results(calls, "done")];
      }
      checkNothingRefused();
    },
  );
});

const schema = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };
const cached = { cache_control: { type: "ephemeral", ttl: "1h" } };

/** The main loop of Claude Code in mid-session: everything that it ever sends, at once. */
function claudeCode(model: string, fields: Json): Json {
  return {
    model,
    max_tokens: 32_000,
    system: [
      { type: "text", text: "x-anthropic-billing-header: cc_version=2.1.330.1f4; cc_entrypoint=cli;" },
      { type: "text", text: "You are an agent.", ...cached },
    ],
    messages: [
      { role: "user", content: [{ type: "text", text: "<system-reminder>\nBe brief.\n</system-reminder>" }] },
      { role: "user", content: [{ type: "text", text: "list files" }] },
      { role: "system", content: "Working directory: /tmp/a" },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "I look.\n", signature: "of another gateway" },
          { type: "text", text: "Looking." },
          { type: "tool_use", id: "toolu_01A09q90qw90lq917835lq9", name: "Bash", input: { command: "ls" } },
          { type: "tool_use", id: "toolu_01B09q90qw90lq917835lq9", name: "mcp__shots__take", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "toolu_01A09q90qw90lq917835lq9", content: "denied", is_error: true },
          {
            type: "tool_result",
            tool_use_id: "toolu_01B09q90qw90lq917835lq9",
            content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } }],
          },
          { type: "text", text: "go on", ...cached },
        ],
      },
      { role: "assistant", content: [{ type: "text", text: "Done." }] },
      { role: "user", content: "think about rivers" },
    ],
    tools: [
      { name: "Bash", description: "Runs a command.", input_schema: schema },
      { name: "mcp__shots__take", input_schema: { type: "object", properties: {} }, ...cached },
    ],
    metadata: { user_id: JSON.stringify({ device_id: "d".repeat(64), session_id: "0b9d6a52" }) },
    thinking: { type: "adaptive" },
    output_config: { effort: "high" },
    context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
    ...fields,
  };
}

/** What else Claude Code and users of its protocol ask for. */
const wishes: ReadonlyArray<readonly [string, Json]> = [
  ["as it is", {}],
  ["streamed", { stream: true }],
  ["with no thoughts", { thinking: { type: "disabled" }, output_config: {} }],
  ["with a small budget", { thinking: { type: "enabled", budget_tokens: 1024 }, output_config: { effort: "xhigh" } }],
  ["with the greatest effort", { output_config: { effort: "max" } }],
  ["made to call a tool", { tool_choice: { type: "any", disable_parallel_tool_use: true } }],
  ["made to call one tool", { tool_choice: { type: "tool", name: "Bash" }, thinking: { type: "disabled" } }],
  ["forbidden to call tools", { tool_choice: { type: "none" } }],
  [
    "sampled",
    {
      temperature: 0,
      top_p: 0.5,
      top_k: 5,
      stop_sequences: ["###", "x".repeat(40), "a", "b", "c", "d"],
      thinking: undefined,
    },
  ],
];

describe.each(wishes)("Claude Code, %s (maximhq/bifrost#3456, T19)", (_, fields) => {
  test.each(cases)("%s %s refuses nothing", async (vendor, model) => {
    const heard = await call(`${gateway.url}/v1/messages`, {
      headers: { authorization: `Bearer ${gateway.key}`, "anthropic-version": "2023-06-01" },
      body: claudeCode(nameOf(vendor, model), fields),
    }).done;
    expect([heard.status, heard.status === 200 ? "" : heard.text]).toEqual([200, ""]);
    checkNothingRefused();
    const [sent] = mock.requests;
    expect(toArray(toObject(sent?.body).messages).length).toBeGreaterThanOrEqual(5);
  });
});

// What the scripted model answers is no JSON where no field asks for it, and the gateway says so: the vendor refuses nothing.
test.each(cases)(
  "Claude Code, asked for JSON, %s %s refuses nothing (maximhq/bifrost#3456, T19)",
  async (vendor, model) => {
    const format = { type: "json_schema", schema };
    await call(`${gateway.url}/v1/messages`, {
      headers: { authorization: `Bearer ${gateway.key}`, "anthropic-version": "2023-06-01" },
      body: claudeCode(nameOf(vendor, model), { output_config: { format } }),
    }).done;
    expect(mock.requests.length).toBeGreaterThan(0);
    checkNothingRefused();
  },
);
