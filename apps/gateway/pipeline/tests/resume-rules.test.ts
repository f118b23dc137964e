import type { ProtocolName } from "@onerouter/protocols";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, readEvents, toArray, toObject, type Heard, type Json } from "../../testing/call.ts";
import { callingClients, type CallingClient } from "../../testing/calling-clients.ts";
import { startDyingUpstreams, type Death, type DyingUpstreams, type Script } from "../../testing/dying-upstreams.ts";
import { startTestGateway, type TestGateway, type TestProvider } from "../../testing/start-test-gateway.ts";

/* What an answer that is gone on with costs, when it is not gone on with, and how upstreams are asked. */

const text = "One two three four five six seven eight nine ten. And so it goes on, until the end.";
const thought = "I count. Then I stop.";
const [messages, chat, responses] = callingClients as [CallingClient, CallingClient, CallingClient];
const schema = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };

let dying: DyingUpstreams;
let gateway: TestGateway;
beforeAll(async () => {
  dying = await startDyingUpstreams();
  const provider = (protocol: ProtocolName, vendor: string, ...models: string[]): TestProvider => ({
    protocol,
    vendor,
    base_url: dying.url(protocol),
    timeouts: { idle_seconds: 0.15 },
    models: Object.fromEntries(models.map((model) => [model, { pricing: { prompt: 1, completion: 2 } }])),
  });
  gateway = await startTestGateway({
    providers: {
      chat: provider("openai-chat", "generic", "only", "either", "chat"),
      other: provider("openai-chat", "generic", "either", "chat"),
      anthropic: provider("anthropic-messages", "anthropic", "claude-sonnet-4-5", "claude-opus-4-8"),
      moonshot: provider("openai-chat", "moonshot", "kimi-k2-0905", "kimi-k2-thinking"),
      mistral: provider("openai-chat", "mistral", "mistral-medium-2508"),
      deepseek: provider("openai-chat", "deepseek", "deepseek-chat"),
      vllm: provider("openai-chat", "vllm", "qwen3-8b"),
      responses: provider("openai-responses", "openai", "gpt-5"),
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await dying.close();
});

interface Asked {
  heard: Heard;
  prompt: string;
}

async function ask(
  client: CallingClient,
  model: string,
  script: Partial<Script>,
  fields: Json = {},
  headers: Record<string, string> = {},
): Promise<Asked> {
  const prompt = dying.promptFor({ answer: { text }, deaths: [4], how: "cut", manner: "repeats", ...script });
  const stream = fields.stream !== false;
  const heard = await call(gateway.url + client.path(model, stream), {
    body: { ...client.body(model, prompt, [], stream), tools: undefined, ...fields },
    headers: { authorization: `Bearer ${gateway.key}`, ...headers },
  }).done;
  return { heard, prompt };
}

const attemptsOf = async (heard: Heard): Promise<Json[]> =>
  toArray((await gateway.generation(heard)).attempts).map(toObject);

describe.concurrent.each(callingClients.map((client) => ({ client })))("$client.name", ({ client }) => {
  test.each<Death>(["cut", "clean-end", "error-event", "silence"])("a provider that dies once: %s", async (how) => {
    const { heard } = await ask(client, "only", { how });
    expect(client.text(heard)).toBe(text);
    expect(client.faults(heard.text)).toEqual([]);
  });

  test.each<Death>(["cut", "silence"])("all providers dead: an end that no client takes for one (%s)", async (how) => {
    const { heard, prompt } = await ask(client, "either", { deaths: Array.from({ length: 40 }, () => 4), how });
    expect(text.startsWith(client.text(heard))).toBe(true);
    if (client.name === "anthropic-messages") {
      expect([heard.complete, heard.text.includes("event: error")]).toEqual([false, false]);
    } else expect(client.error(heard)).toBeDefined();
    // It is not asked for for ever: each time costs the prompt.
    expect(dying.asked(prompt).length).toBeLessThanOrEqual(8);
    const record = await gateway.generation(heard);
    expect(record).toMatchObject({ finish_reason: null, error_code: expect.stringMatching(/^upstream_/) });
  });

  test("an answer that is not streamed is begun anew", async () => {
    const { heard, prompt } = await ask(client, "only", { answer: { thought, text } }, { stream: false });
    expect([client.text(heard), dying.asked(prompt).length]).toEqual([text, 2]);
    expect(JSON.stringify(dying.asked(prompt)[1])).not.toContain("cut off");
  });

  test.each<[string, Json, Record<string, string>]>([
    ["a header", {}, { "x-onerouter-resume": "false" }],
    ["the body", { provider: { resume: false } }, {}],
  ])("turned off by %s", async (_, fields, headers) => {
    const { heard, prompt } = await ask(client, "only", {}, fields, headers);
    expect(text.startsWith(client.text(heard)) && client.text(heard) !== text).toBe(true);
    expect(dying.asked(prompt)).toHaveLength(1);
  });
});

describe("nobody is left to go on", () => {
  const deaths = Array.from({ length: 40 }, () => 7);
  const forever = { deaths, answer: { thought, text } };

  test.each(["claude-sonnet-4-5", "only"])(
    "Messages: the socket is cut, which Claude Code repeats (%s)",
    async (model) => {
      const { heard } = await ask(messages, model, forever);
      expect([heard.status, heard.complete]).toEqual([200, false]);
      expect(heard.text).not.toMatch(/event: (?:error|message_stop|message_delta)/);
    },
  );

  test.each(["chat", "claude-sonnet-4-5"])(
    "chat: an error in the stream, and no reason of an end (%s)",
    async (model) => {
      const { heard } = await ask(chat, model, forever);
      expect([heard.complete, chat.error(heard)]).toEqual([
        true,
        expect.objectContaining({ message: expect.any(String), code: expect.stringMatching(/^upstream_/) }),
      ]);
      expect(heard.text).not.toMatch(/"finish_reason":\s*"/);
    },
  );

  test.each<[string, Json, Partial<Script>]>([
    ["forwarded", {}, forever],
    ["forwarded, and nobody is to go on", { provider: { resume: false } }, forever],
    ["read the long way", { model: "only" }, forever],
  ])("Responses: one response that failed, as Codex repeats it: %s", async (_, fields, script) => {
    const { heard } = await ask(responses, "gpt-5", script, fields);
    expect([heard.complete, responses.faults(heard.text)]).toEqual([true, []]);
    const { type, response } = readEvents(heard.text).at(-1) ?? {};
    expect([type, toObject(response).error]).toEqual([
      "response.failed",
      expect.objectContaining({ code: "server_error" }),
    ]);
  });

  test("Gemini: an error, and no reason of an end", async () => {
    const gemini = callingClients[3] ?? messages;
    const { heard } = await ask(gemini, "only", forever);
    expect([gemini.error(heard) === undefined, heard.text.includes("finishReason")]).toEqual([false, false]);
  });
});

test("each attempt has its own usage and cost; the client hears of the output of all", async () => {
  const { heard } = await ask(
    chat,
    "either",
    { answer: { thought, text }, deaths: [9] },
    {
      stream_options: { include_usage: true },
    },
  );
  const [dead = {}, alive = {}, ...others] = await attemptsOf(heard);
  expect(others).toEqual([]);
  // 1 and 2 USD a million tokens.
  expect(alive).toMatchObject({ outcome: "ok", tokens_prompt: 100, tokens_completion: 40, cost: 0.000_18 });
  const [prompt, output] = [Number(dead.tokens_prompt), Number(dead.tokens_completion)];
  expect(output).toBeGreaterThan(3);
  expect(dead.cost).toBeCloseTo((prompt + 2 * output) / 1e6, 9);
  const record = await gateway.generation(heard);
  expect(record).toMatchObject({ usage_source: "estimated", tokens_completion: 40 + output });
  expect(record.total_cost).toBeCloseTo(Number(dead.cost) + 0.000_18, 9);
  expect(JSON.stringify(record.receipt)).toContain("its upstream broke off");
  const usage = readEvents(heard.text).find((event) => event.usage !== undefined && event.usage !== null)?.usage;
  expect(usage).toMatchObject({ prompt_tokens: 100, completion_tokens: 40 + output });
});

test.each<[string, CallingClient, string, Json, (heard: Heard) => unknown]>([
  [
    "Responses",
    responses,
    "gpt-5",
    { input_tokens: 100, total_tokens: expect.any(Number) },
    (heard) => toObject(readEvents(heard.text).at(-1)?.response).usage,
  ],
  [
    "Messages",
    messages,
    "claude-sonnet-4-5",
    { input_tokens: 100 },
    (heard) => readEvents(heard.text).findLast(({ type }) => type === "message_delta")?.usage,
  ],
])("%s, forwarded at first: the same", async (_, client, model, prompt, usageOf) => {
  const { heard } = await ask(client, model, { answer: { thought, text }, deaths: [14] });
  const record = await gateway.generation(heard);
  const [dead = {}, alive = {}, ...others] = toArray(record.attempts).map(toObject);
  expect([others, dead.outcome, alive.outcome]).toEqual([[], expect.stringMatching(/^upstream_/), "ok"]);
  expect([Number(dead.tokens_completion) > 3, Number(dead.cost) > 0]).toEqual([true, true]);
  expect(alive).toMatchObject({ tokens_prompt: 100, tokens_completion: 40 });
  const output = 40 + Number(dead.tokens_completion);
  expect(record).toMatchObject({ usage_source: "estimated", tokens_completion: output, express_lane: false });
  expect(record.total_cost).toBeCloseTo(Number(dead.cost) + Number(alive.cost), 9);
  expect(usageOf(heard)).toMatchObject({ ...prompt, output_tokens: output });
});

test("a thought that broke off is closed and sealed, and the next attempt has a thought of its own", async () => {
  const { heard, prompt } = await ask(messages, "only", { answer: { thought, text }, deaths: [2] });
  const blocks = readEvents(heard.text)
    .filter(({ type }) => type === "content_block_start")
    .map(({ content_block: block }) => toObject(block).type);
  expect(blocks).toEqual(["thinking", "thinking", "text"]);
  expect(heard.text.match(/signature_delta","signature":"or1\./g)).toHaveLength(2);
  expect(messages.faults(heard.text)).toEqual([]);
  expect(dying.asked(prompt)[1]?.messages).toHaveLength(1);
});

test("an upstream gets back the thought that made the call, and no half of another", async () => {
  const calls = [{ name: "Bash", arguments: '{"command":"ls"}' }];
  const tools = [{ name: "Bash", input_schema: schema }];
  const { heard } = await ask(messages, "kimi-k2-thinking", { answer: { thought, calls }, deaths: [3] }, { tools });
  const content = toBlocks(heard);
  expect(content.map(({ type }) => type)).toEqual(["thinking", "thinking", "tool_use"]);
  const prompt = dying.promptFor({ answer: { text }, deaths: [], how: "cut", manner: "repeats" });
  await call(gateway.url + messages.path("kimi-k2-thinking", true), {
    body: {
      ...messages.body("kimi-k2-thinking", prompt, [], true),
      tools,
      messages: [
        { role: "user", content: prompt },
        { role: "assistant", content },
        { role: "user", content: [{ type: "tool_result", tool_use_id: content[2]?.id, content: "a" }] },
      ],
    },
    headers: { authorization: `Bearer ${gateway.key}` },
  }).done;
  const told = dying.asked(prompt)[0]?.messages[1]?.content.filter(({ type }) => type === "reasoning");
  expect(told).toMatchObject([{ text: thought }]);
});

/** The content of a Messages stream as its client keeps it. */
function toBlocks({ text: stream }: Heard): Json[] {
  const blocks: Json[] = [];
  for (const { type, index, content_block: block, delta } of readEvents(stream)) {
    if (type === "content_block_start") blocks.push({ ...toObject(block), json: "" });
    const known = type === "content_block_delta" ? blocks[Number(index)] : undefined;
    if (known === undefined) continue;
    const { thinking, signature, text: said, partial_json: json } = toObject(delta);
    if (typeof thinking === "string") known.thinking = String(known.thinking) + thinking;
    if (typeof signature === "string") known.signature = signature;
    if (typeof said === "string") known.text = String(known.text) + said;
    if (typeof json === "string") known.json = String(known.json) + json;
  }
  return blocks.map(({ json, ...block }) =>
    block.type === "tool_use" ? { ...block, input: JSON.parse(String(json)) as Json } : block,
  );
}

test("a thought between two halves of a text is not shown, one before a call is", async () => {
  const calls = [{ name: "Bash", arguments: '{"command":"ls"}' }];
  const tools = [{ name: "Bash", input_schema: schema }];
  const split = await ask(messages, "only", { answer: { thought, text }, deaths: [9] });
  const types = ({ heard }: Asked): unknown[] =>
    readEvents(heard.text)
      .filter(({ type }) => type === "content_block_start")
      .map(({ content_block: block }) => toObject(block).type);
  expect([types(split), messages.text(split.heard)]).toEqual([["thinking", "text"], text]);
  // All of the text is there, and the call has not begun.
  const ended = await ask(
    messages,
    "only",
    { answer: { thought: "T.", text: "Short.", calls }, deaths: [4] },
    { tools },
  );
  expect(types(ended)).toEqual(["thinking", "text", "thinking", "tool_use"]);
  expect([messages.text(ended.heard), messages.faults(ended.heard.text)]).toEqual(["Short.", []]);
});

describe("how a model is asked to go on", () => {
  const lastOf = (prompt: string): Json => toObject(dying.asked(prompt)[1]?.messages.at(-1));

  test.each([
    ["claude-sonnet-4-5", "assistant"],
    // "Prefilling assistant messages is not supported for this model."
    ["claude-opus-4-8", "user"],
    ["kimi-k2-0905", "assistant"],
    ["mistral-medium-2508", "assistant"],
    // `prefix` is a feature of another address (https://api-docs.deepseek.com/guides/chat_prefix_completion).
    ["deepseek-chat", "user"],
    // `continue_final_message` leaves it to chat template and parser whether the rest is a thought.
    ["qwen3-8b", "user"],
    ["only", "user"],
  ])("%s: with a message of the %s", async (model, role) => {
    const { heard, prompt } = await ask(messages, model, {});
    expect([messages.text(heard), lastOf(prompt).role]).toEqual([text, role]);
    expect(messages.faults(heard.text)).toEqual([]);
  });

  test("a model that thought before is asked by the user, since it has to think again", async () => {
    const { heard, prompt } = await ask(messages, "kimi-k2-0905", { answer: { thought, text }, deaths: [9] });
    expect([messages.text(heard), lastOf(prompt).role]).toEqual([text, "user"]);
  });

  test("thinking was asked for, though no thought came: Claude takes no begun message then", async () => {
    const fields = { thinking: { type: "enabled", budget_tokens: 1024 } };
    const { heard, prompt } = await ask(messages, "claude-sonnet-4-5", {}, fields);
    expect([messages.text(heard), lastOf(prompt).role]).toEqual([text, "user"]);
  });

  test("the client's limit holds for the whole answer", async () => {
    const { prompt } = await ask(messages, "only", {}, { max_tokens: 1000 });
    expect(dying.asked(prompt)[1]?.maxOutputTokens).toBeLessThan(1000);
  });
});

describe("express lanes", () => {
  test.each<[string, CallingClient, string]>([
    ["messages", messages, "claude-sonnet-4-5"],
    ["chat", chat, "chat"],
    ["responses", responses, "gpt-5"],
  ])(
    "%s: bytes are forwarded until their upstream dies, and one that lives is left alone",
    async (_, client, model) => {
      const alive = await ask(client, model, { deaths: [] });
      expect(await gateway.generation(alive.heard)).toMatchObject({ express_lane: true });
      const { heard } = await ask(client, model, { deaths: [7] });
      expect([client.text(heard), client.faults(heard.text)]).toEqual([text, []]);
      expect(await gateway.generation(heard)).toMatchObject({ express_lane: false, finish_reason: "stop" });
    },
  );
});

test("half a JSON value in a form that was asked for is not gone on with", async () => {
  const { heard, prompt } = await ask(chat, "chat", {}, { response_format: { type: "json_object" } });
  expect([chat.error(heard) === undefined, dying.asked(prompt).length]).toEqual([false, 1]);
});

test("an upstream that answers anew in other words has failed; the next one goes on", async () => {
  const other = `${"One two three four five six seven eight nine ten. And so it goes on".slice(0, 66)} otherwise`;
  const { heard, prompt } = await ask(chat, "either", { deaths: [6], answer: { text }, retold: other });
  expect([chat.text(heard), chat.faults(heard.text), dying.asked(prompt).length]).toEqual([text, [], 3]);
});
