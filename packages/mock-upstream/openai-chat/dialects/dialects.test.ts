import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asArray, asObject } from "../../json-object.ts";
import type { JsonObject } from "../../json-object.ts";
import { startMockUpstream } from "../../index.ts";
import type { MockUpstream } from "../../index.ts";
import { call, hello, result, tool } from "../../testing/chat-history.ts";
import { post, readEvents } from "../../testing/talk.ts";

let mock: MockUpstream;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "dialects" });
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

const models: Record<string, JsonObject> = {
  mistral: { model: "magistral-medium-latest" },
  groq: { model: "openai/gpt-oss-120b" },
  xai: { model: "grok-4" },
  minimax: { model: "MiniMax-M2", reasoning_split: true },
  qwen: { model: "qwen-plus", enable_thinking: true },
  together: { model: "moonshotai/Kimi-K2-Thinking" },
  fireworks: { model: "accounts/fireworks/models/kimi-k2-thinking" },
  openrouter: { model: "moonshotai/kimi-k2-thinking" },
  vllm: { model: "moonshotai/Kimi-K2-Thinking" },
  ollama: { model: "glm-5" },
  llamacpp: { model: "glm-5" },
};

const send = (dialect: string, body: JsonObject, headers = {}) =>
  post(`${mock.url}/${dialect}/v1/chat/completions`, { ...models[dialect], messages: [hello], ...body }, headers);

/** A message put together from a stream's deltas; lists of thinking parts become one, as the vendors' SDKs do it. */
function foldDeltas(events: JsonObject[]): JsonObject {
  const message: JsonObject = { role: "assistant" };
  for (const choice of events.flatMap((event) => asArray(event.choices))) {
    const { tool_calls: calls, ...fields } = asObject(asObject(choice).delta);
    for (const [key, value] of Object.entries(fields)) {
      if (key === "role" || value === null || value === "") continue;
      if (typeof value === "string") message[key] = `${String(message[key] ?? "")}${value}`;
      else message[key] = joinLists(asArray(message[key]).map(asObject), asArray(value).map(asObject));
    }
    for (const call of asArray(calls).map(asObject)) {
      const known = asArray((message.tool_calls ??= [])).map(asObject);
      const definition = asObject(call.function);
      const before = asObject(known[Number(call.index)]?.function);
      const args = String(before.arguments ?? "") + String(definition.arguments ?? "");
      known[Number(call.index)] = {
        id: known[Number(call.index)]?.id ?? call.id,
        type: "function",
        function: { name: before.name ?? definition.name, arguments: args },
      };
      message.tool_calls = known;
    }
  }
  return message;
}

function joinLists(before: JsonObject[], [next = {}]: JsonObject[]): JsonObject[] {
  const [first] = before;
  if (!first) return [next];
  if (next.type !== "thinking") return [{ ...first, ...next, text: `${String(first.text)}${String(next.text)}` }];
  const text = [first, next].map((part) => asObject(asArray(part.thinking)[0]).text).join("");
  return [{ type: "thinking", thinking: [{ type: "text", text }] }];
}

test.each(Object.keys(models))("%s counts to 3 with its thoughts sent back as it showed them", async (dialect) => {
  const messages: JsonObject[] = [{ role: "user", content: "count to 3 by calling the tool each time" }];
  const commands: unknown[] = [];
  for (let step = 0; step < 4; step++) {
    const streamed = await send(dialect, { messages, tools: [tool], stream: true });
    const whole = await send(dialect, { messages, tools: [tool] });
    expect([streamed.status, whole.status, mock.requests.at(-1)?.refusal]).toEqual([200, 200, undefined]);
    const message = foldDeltas(readEvents(streamed.text));
    const unsigned = ({ tool_calls: _calls, ...rest }: JsonObject) => rest;
    if (message.tool_calls !== undefined) {
      const shown = unsigned(asObject(asObject(asArray(whole.json.choices)[0]).message));
      expect(unsigned({ content: null, ...message })).toEqual(shown);
      expect(JSON.stringify(shown)).toMatch(/thought [0-9a-f]{12}/);
    }
    messages.push(message);
    for (const call of asArray(message.tool_calls).map(asObject)) {
      commands.push(asObject(JSON.parse(String(asObject(call.function).arguments))).command);
      messages.push({ role: "tool", tool_call_id: call.id, content: "ok" });
    }
  }
  expect(commands).toEqual(["echo 1", "echo 2", "echo 3"]);
});

const calling = (id: string, fields: JsonObject = {}) => ({
  role: "assistant",
  content: "x",
  tool_calls: [call(id)],
  ...fields,
});

describe("refused", () => {
  test.each<[dialect: string, what: string, body: JsonObject, status: number, words: string]>([
    ["mistral", "an unknown field", { seed: 1 }, 422, "extra_forbidden"],
    ["mistral", "stream_options", { stream: true, stream_options: { include_usage: true } }, 422, "stream_options"],
    [
      "mistral",
      "OpenAI's call ids",
      { messages: [hello, calling("call_123"), result("call_123")] },
      400,
      "with a length of 9",
    ],
    [
      "mistral",
      "reasoning_content",
      { messages: [hello, { role: "assistant", content: "x", reasoning_content: "y" }, hello] },
      400,
      "reasoning_content",
    ],
    [
      "mistral",
      "a user after a tool",
      { messages: [hello, calling("abcdefghi"), result("abcdefghi"), hello] },
      400,
      "after role 'tool'",
    ],
    [
      "mistral",
      "an assistant at the end",
      { messages: [hello, { role: "assistant", content: "x" }] },
      400,
      "Expected last role",
    ],
    ["mistral", "developer", { messages: [{ role: "developer", content: "x" }, hello] }, 422, "extra_forbidden"],
    [
      "groq",
      "reasoning_content",
      { messages: [hello, { role: "assistant", content: "x", reasoning_content: "y" }, hello] },
      400,
      "reasoning_content",
    ],
    [
      "groq",
      "reasoning for a model without",
      {
        model: "moonshotai/kimi-k2-instruct-0905",
        messages: [hello, { role: "assistant", content: "x", reasoning: "y" }, hello],
      },
      400,
      "reasoning is not supported",
    ],
    ["groq", "logprobs", { logprobs: true }, 400, "property 'logprobs' is unsupported"],
    [
      "groq",
      "an effort of another model",
      { model: "qwen/qwen3-32b", reasoning_effort: "high" },
      400,
      "must be one of",
    ],
    ["groq", "raw thoughts beside tools", { tools: [tool], reasoning_format: "raw" }, 400, "reasoning_format"],
    ["xai", "penalties of a model that thinks", { presence_penalty: 1 }, 400, "presencePenalty"],
    ["xai", "stop of a model that thinks", { stop: ["x"] }, 400, "stop"],
    ["xai", "an effort of Grok 4", { reasoning_effort: "high" }, 400, "reasoningEffort"],
    ["minimax", "temperature 0", { temperature: 0 }, 400, "temperature"],
    ["minimax", "a forced tool", { tools: [tool], tool_choice: "required" }, 400, "tool_choice"],
    [
      "minimax",
      "a call without its thought",
      { messages: [hello, calling("a"), result("a")] },
      400,
      "lost its thinking",
    ],
    ["qwen", "a forced tool", { tools: [tool], tool_choice: "required" }, 400, "tool_choice"],
    [
      "qwen",
      "a named tool while it thinks",
      { tools: [tool], tool_choice: { type: "function", function: { name: "Bash" } } },
      400,
      "thinking mode",
    ],
    ["qwen", "an open model that thinks, whole", { model: "qwen3-32b" }, 400, "non-streaming"],
    [
      "qwen",
      "a model that always thinks, switched off",
      { model: "qwen3-235b-a22b-thinking-2507", enable_thinking: false },
      400,
      "restricted to True",
    ],
    [
      "fireworks",
      "an unknown field",
      { cache_prompt: true },
      400,
      "Extra inputs are not permitted, field: 'cache_prompt'",
    ],
    [
      "fireworks",
      "reasoning",
      { messages: [hello, { role: "assistant", content: "x", reasoning: "y" }, hello] },
      400,
      "'reasoning' was unexpected",
    ],
    ["openrouter", "two budgets", { reasoning: { effort: "high", max_tokens: 100 } }, 400, "Only one of"],
    [
      "openrouter",
      "a foreign signature",
      {
        messages: [
          hello,
          {
            role: "assistant",
            content: "x",
            reasoning_details: [{ type: "reasoning.text", text: "y", signature: "z" }],
          },
          hello,
        ],
      },
      400,
      "Invalid `signature`",
    ],
    ["openrouter", "a model without its author", { model: "kimi" }, 400, "is not a valid model ID"],
    [
      "llamacpp",
      "prefill while it thinks",
      { messages: [hello, { role: "assistant", content: "x" }] },
      400,
      "prefill is incompatible",
    ],
  ])("%s: %s", async (dialect, _what, body, status, words) => {
    const heard = await send(dialect, body);
    expect(heard.status).toBe(status);
    expect(heard.text).toContain(words);
  });

  test.each(["together", "vllm", "ollama"])("%s: a thought that is not the one before the call", async (dialect) => {
    const first = await send(dialect, { messages: [{ role: "user", content: "count to 2" }], tools: [tool] });
    const message = asObject(asObject(asArray(first.json.choices)[0]).message);
    const [made] = asArray(message.tool_calls).map(asObject);
    const messages = [
      { role: "user", content: "count to 2" },
      { ...message, reasoning: "other" },
      result(String(made?.id)),
    ];
    expect((await send(dialect, { messages, tools: [tool] })).status).toBe(400);
  });
});

test("errors have each vendor's own form", async () => {
  mock.setFaults("status=429,none");
  const bodies = Object.fromEntries(
    await Promise.all(
      Object.keys(models).map(async (dialect) => [dialect, Object.keys((await send(dialect, {})).json)]),
    ),
  ) as Record<string, string[]>;
  expect(bodies.mistral).toEqual(["object", "message", "type", "param", "code"]);
  expect(bodies.xai).toEqual(["code", "error"]);
  expect(bodies.openrouter).toEqual(["error", "user_id"]);
  expect(bodies.vllm).toEqual(["error"]);
});

test("servers of one's own need no key, the others do", async () => {
  const statuses = await Promise.all(
    ["vllm", "ollama", "llamacpp", "together"].map(
      async (dialect) => (await send(dialect, {}, { authorization: "" })).status,
    ),
  );
  expect(statuses).toEqual([200, 200, 200, 401]);
});

test("MiniMax puts its thoughts into the content unless told to split them", async () => {
  const whole = await send("minimax", { reasoning_split: false });
  const streamed = await send("minimax", { reasoning_split: false, stream: true });
  const message = asObject(asObject(asArray(whole.json.choices)[0]).message);
  expect(message.content).toMatch(/^<think>\n[\s\S]+\n<\/think>\n\n\(mock\)/);
  expect(foldDeltas(readEvents(streamed.text)).content).toBe(message.content);
});

test("a prompt that is too long is cut by Ollama and refused by the others", async () => {
  const long = { role: "user", content: "a ".repeat(2_200_000) };
  const heard = await Promise.all(["ollama", "llamacpp", "vllm"].map((dialect) => send(dialect, { messages: [long] })));
  expect(heard.map(({ status }) => status)).toEqual([200, 400, 400]);
  expect(asObject(heard[1]?.json.error).type).toBe("exceed_context_size_error");
});
