import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toArray, toObject, type Heard, type Json } from "../../testing/call.ts";
import { chatClient, clientDialects, messagesClient, type ClientDialect } from "../../testing/client-dialects.ts";
import {
  chatChunk,
  chatCompletion,
  message,
  messagesEvent,
  sendJson,
  startEventStream,
  startScriptedUpstream,
  type ScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/* What GET /v1/generation tells of an answer. Prices in USD per million tokens. */

const pricing = { prompt: 0.6, completion: 2.5, cache_read: 0.15, cache_write: 0.75, cache_write_1h: 1.2 };

let upstream: ScriptedUpstream;
let mock: MockUpstream;
let gateway: TestGateway;

/** The same usage in both protocols: of 1000 prompt tokens 600 cached (and in Messages 100 and 50 written); 70 out, 30 of them thought. */
const chatUsage = {
  prompt_tokens: 1000,
  completion_tokens: 70,
  total_tokens: 1070,
  prompt_tokens_details: { cached_tokens: 600 },
  completion_tokens_details: { reasoning_tokens: 30 },
};
const messagesUsage = {
  input_tokens: 250,
  cache_read_input_tokens: 600,
  cache_creation_input_tokens: 150,
  cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 50 },
  output_tokens: 70,
};

beforeAll(async () => {
  mock = await startMockUpstream();
  upstream = await startScriptedUpstream((response, { path, body }) => {
    const isMessages = path.endsWith("/messages");
    const usage = body.model === "no-usage" ? undefined : isMessages ? messagesUsage : chatUsage;
    if (body.stream !== true) {
      sendJson(
        response,
        200,
        isMessages ? message("hello there", { usage }) : chatCompletion("hello there", { usage }),
      );
      return;
    }
    startEventStream(response);
    if (isMessages) {
      const start = { ...messagesUsage, output_tokens: 1 };
      response.end(
        messagesEvent("message_start", { message: { ...message(""), content: [], usage: start } }) +
          messagesEvent("content_block_start", { index: 0, content_block: { type: "text", text: "" } }) +
          messagesEvent("content_block_delta", { index: 0, delta: { type: "text_delta", text: "hello there" } }) +
          messagesEvent("content_block_stop", { index: 0 }) +
          messagesEvent("message_delta", {
            delta: { stop_reason: "end_turn", stop_sequence: null },
            usage: { output_tokens: 70 },
          }) +
          messagesEvent("message_stop"),
      );
    } else {
      const last =
        usage === undefined
          ? ""
          : `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "x", choices: [], usage })}\n\n`;
      response.end(
        `${chatChunk({ role: "assistant", content: "" })}${chatChunk({ content: "hello there" })}${chatChunk({}, "stop")}${last}data: [DONE]\n\n`,
      );
    }
  });
  gateway = await startTestGateway({
    providers: {
      chat: {
        protocol: "openai-chat",
        base_url: upstream.url,
        models: {
          chat: { pricing },
          unpriced: {},
          half: { pricing: { prompt: 0.6 } },
          free: { pricing: { prompt: 0, completion: 0 } },
          "no-usage": { pricing },
        },
      },
      messages: { protocol: "anthropic-messages", base_url: upstream.url, models: { messages: { pricing } } },
      moonshot: {
        protocol: "openai-chat",
        base_url: `${mock.url}/moonshot/v1`,
        models: { "kimi-k2-thinking": { pricing } },
      },
    },
    aliases: { nick: "chat" },
  });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([upstream.close(), mock.close()]);
});

async function recordOf(client: ClientDialect, fields: Json): Promise<{ heard: Heard; record: Json }> {
  const heard = await gateway.ask(client, fields);
  return { heard, record: await gateway.generation(heard) };
}

test("a client is told the estimate, too, where its answer is converted: agents compact by it", async () => {
  for (const stream of [true, false]) {
    const { heard, record } = await recordOf(messagesClient, { model: "no-usage", stream });
    expect(heard.text).toContain(`"input_tokens":${String(record.tokens_prompt)}`);
    expect(heard.text).toContain(`"output_tokens":${String(record.tokens_completion)}`);
  }
});

describe.each(clientDialects)("$name", (client) => {
  test.each([
    [
      "chat",
      { tokens_prompt: 1000, native_tokens_cached: 600, native_tokens_reasoning: 30, tokens_cache_write: 0 },
      0.000_505,
    ],
    [
      "messages",
      { tokens_prompt: 1000, native_tokens_cached: 600, tokens_cache_write: 100, tokens_cache_write_1h: 50 },
      0.000_55,
    ],
  ])("%s upstream: tokens and cost are exact, and the same streamed or not", async (model, tokens, cost) => {
    const records = await Promise.all([true, false].map((stream) => recordOf(client, { model, stream })));
    for (const [at, { record, heard }] of records.entries()) {
      expect(client.text(heard)).toBe("hello there");
      expect(record).toMatchObject({
        ...tokens,
        tokens_completion: 70,
        total_cost: cost,
        usage_source: "upstream",
        model,
        requested_model: model,
        provider_name: model,
        streamed: at === 0,
        status: 200,
        finish_reason: "stop",
        cancelled: false,
        error_code: null,
        client_protocol: client.name,
      });
      expect(toArray(record.attempts)).toEqual([
        {
          provider: model,
          upstream_model: model,
          outcome: "ok",
          started_at: expect.any(String),
          duration: expect.any(Number),
        },
      ]);
      expect(record.generation_time).toBeGreaterThanOrEqual(Number(record.latency));
    }
  });

  test.each([
    ["unpriced", null],
    ["half", null],
    ["free", 0],
  ])("the cost of a model that is %s is %j", async (model, cost) => {
    const { record } = await recordOf(client, { model });
    expect([record.total_cost, record.tokens_prompt]).toEqual([cost, 1000]);
  });

  test("an upstream that reports nothing is estimated, and said to be", async () => {
    for (const stream of [true, false]) {
      const { record } = await recordOf(client, { model: "no-usage", stream });
      expect(record.usage_source).toBe("estimated");
      expect(record.tokens_prompt).toBeGreaterThan(0);
      expect(record.tokens_completion).toBeGreaterThan(0);
      expect(record.total_cost).toBeGreaterThan(0);
    }
  });

  test("the receipt names what the upstream did not get", async () => {
    const { record } = await recordOf(client, {
      model: "chat",
      top_k: 7,
      ...(client === chatClient ? {} : { thinking: { type: "adaptive" } }),
    });
    expect(JSON.stringify(record.receipt)).toMatch(/top_?k/i);
  });

  test("an alias and the session are on the record", async () => {
    const heard = await gateway.ask(
      client,
      { model: "nick" },
      { headers: { "x-claude-code-session-id": "session-1" } },
    );
    expect(await gateway.generation(heard)).toMatchObject({
      requested_model: "nick",
      model: "chat",
      session_id: "session-1",
    });
  });
});

test("what a Messages client is told of the usage is what is recorded", async () => {
  for (const model of ["chat", "messages"]) {
    const { heard, record } = await recordOf(messagesClient, { model });
    const usage = toObject(heard.json.usage);
    const count = (field: string): number => Number(usage[field]);
    const input = count("input_tokens") + count("cache_read_input_tokens") + count("cache_creation_input_tokens");
    expect([input, count("output_tokens")]).toEqual([record.tokens_prompt, record.tokens_completion]);
  }
});

test("a second turn of a conversation shows its cached prefix", async () => {
  const long = "word ".repeat(2000);
  const turns = [{ role: "user", content: long }];
  const first = await recordOf(messagesClient, { model: "kimi-k2-thinking", messages: turns });
  const more = [...turns, { role: "assistant", content: "so" }, { role: "user", content: "go on" }];
  const second = await recordOf(messagesClient, { model: "kimi-k2-thinking", messages: more });
  expect(first.record.native_tokens_cached).toBe(0);
  expect(Number(second.record.native_tokens_cached)).toBeGreaterThan(1000);
  expect(Number(second.record.total_cost)).toBeLessThan(Number(first.record.total_cost));
});

test("the metrics add up to the records", async () => {
  const read = async (line: RegExp): Promise<number> =>
    Number(line.exec((await gateway.get("/metrics")).text)?.[1] ?? 0);
  const cost = /^onerouter_cost_usd_total\{model="messages"\} (\S+)$/m;
  const input = /^onerouter_tokens_total\{model="messages",kind="input"\} (\S+)$/m;
  const [costBefore, inputBefore] = [await read(cost), await read(input)];
  await recordOf(chatClient, { model: "messages" });
  expect((await read(cost)) - costBefore).toBeCloseTo(0.000_55, 9);
  expect((await read(input)) - inputBefore).toBe(250);
});

test("what a broken attempt took of a conversation is estimated with what the cache has of its prompt", async () => {
  const models = { "kimi-k2-thinking": { pricing: { prompt: 1, completion: 0, cache_read: 0.1 } } };
  const moonshot = { protocol: "openai-chat" as const, base_url: `${mock.url}/moonshot/v1`, models };
  const other = await startTestGateway({ providers: { moonshot } });
  try {
    const ask = (...messages: Json[]): Promise<Heard> =>
      other.ask(chatClient, { model: "kimi-k2-thinking", stream: true, messages });
    const prompt = { role: "user", content: "Think about rivers. ".repeat(2_000) };
    await ask(prompt);
    mock.setFaults({ fault: "cut=50%", times: 1 });
    const heard = await ask(prompt, { role: "assistant", content: "Rivers." }, { role: "user", content: "And now?" });
    const record = await other.generation(heard);
    const [broken, whole] = toArray(record.attempts).map(toObject);
    expect([broken?.outcome, whole?.outcome]).toEqual(["upstream_error", "ok"]);
    // A tenth of the price is that of a prompt that is cached.
    const pricePerToken = (Number(broken?.cost) / Number(broken?.tokens_prompt)) * 1e6;
    expect(pricePerToken).toBeGreaterThan(0.1);
    expect(pricePerToken).toBeLessThan(0.3);
  } finally {
    await other.stop();
  }
});
