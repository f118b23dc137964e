import type Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { connectAnthropic } from "./sdks/anthropic-sdk.ts";
import { recordValue } from "./specs/tools.ts";
import { claude, kimi } from "./stand/gateway-config.ts";
import { startStand } from "./stand/start-stand.ts";

const stand = await startStand();
afterAll(() => stand.close());
beforeEach(() => stand.mock.reset());
const client = connectAnthropic({ url: stand.url, apiKey: stand.apiKey, prefix: "/v1" });

const messages: Anthropic.MessageParam[] = [{ role: "user", content: "How long is this?" }];

describe("messages.countTokens", () => {
  test("of a Messages upstream is that upstream's count", async () => {
    const { data, response } = await client.messages.countTokens({ model: claude, messages }).withResponse();
    expect(response.headers.get("x-onerouter-token-count")).toBe("exact");
    expect(stand.mock.requests.map(({ path }) => path)).toEqual(["/anthropic/v1/messages/count_tokens"]);
    const { usage } = await client.messages.create({ model: claude, max_tokens: 100, messages });
    expect(data.input_tokens).toBe(usage.input_tokens);
  });

  test("of a model whose provider counts nothing is our own, and grows with the prompt", async () => {
    const model = "deepseek/deepseek-v4-pro";
    const short = await client.messages.countTokens({ model, messages });
    const tool = { name: "look", description: "Looks. ".repeat(20), input_schema: { type: "object" as const } };
    const long = await client.messages.countTokens({ model, messages, tools: [tool], system: "Be brief." });
    expect(short.input_tokens).toBeGreaterThan(3);
    expect(long.input_tokens).toBeGreaterThan(short.input_tokens + 20);
    expect(stand.mock.requests).toHaveLength(0);
  });

  test("of 25 prompts at once", async () => {
    const counts = await Promise.all(
      Array.from({ length: 25 }, (_, at) =>
        client.messages.countTokens({ model: at % 2 === 0 ? kimi : claude, messages }),
      ),
    );
    expect(new Set(counts.map(({ input_tokens: tokens }) => tokens)).size).toBe(2);
  });
});

test("the key comes as a bearer token, stays here, and the version goes on (1.0.0 and later send 2026-10-21)", async () => {
  const sent: Headers[] = [];
  const watched = connectAnthropic({ url: stand.url, apiKey: stand.apiKey, prefix: "/v1" }).withOptions({
    fetch: (input, init) => {
      sent.push(new Headers(init?.headers));
      return fetch(input, init);
    },
  });
  await watched.messages.create({ model: claude, max_tokens: 100, messages });
  expect(sent[0]?.get("authorization")).toBe(`Bearer ${stand.apiKey}`);
  expect(sent[0]?.get("x-api-key")).toBeNull();
  expect(sent[0]?.get("anthropic-version")).toBe("2026-10-21");
  const { headers } = stand.mock.requests[0] ?? {};
  expect(headers).toMatchObject({ "x-api-key": "upstream-key", "anthropic-version": "2026-10-21" });
  expect(JSON.stringify(headers)).not.toContain(stand.apiKey);
});

test.each([
  [claude, true],
  [kimi, false],
])("%s is answered over the express lane: %s", async (model, express) => {
  const params = { model, max_tokens: 1000, messages };
  const whole = await client.messages.create(params).withResponse();
  const streamed = await client.messages.create({ ...params, stream: true }).withResponse();
  const events = [];
  for await (const event of streamed.data) events.push(event.type);
  expect(events.at(-1)).toBe("message_stop");
  for (const { response } of [whole, streamed]) {
    expect(await stand.recordOf(response)).toMatchObject({
      express_lane: express,
      status: 200,
      requested_model: model,
    });
  }
});

test("every answer and every error has a request id", async () => {
  const { _request_id: id } = await client.messages.create({ model: kimi, max_tokens: 1000, messages });
  expect(id).toMatch(/^req_\w{20,}$/);
  await expect(client.messages.create({ model: "no/such", max_tokens: 1000, messages })).rejects.toMatchObject({
    requestID: expect.stringMatching(/^req_\w{20,}$/),
  });
});

test("the tool runner asks for a thread once, is refused in words it knows, and goes on with the whole history", async () => {
  const asked: unknown[] = [];
  const watched = client.withOptions({
    fetch: (input, init) => {
      asked.push((JSON.parse(String(init?.body)) as { thread?: unknown }).thread);
      return fetch(input, init);
    },
  });
  const { name, description, run } = recordValue();
  const runner = watched.beta.messages.toolRunner({
    model: kimi,
    max_tokens: 1000,
    messages: [{ role: "user", content: "count to 2 with record_value" }],
    tools: [
      {
        name,
        description,
        input_schema: { type: "object", properties: { value: { type: "string" } }, required: ["value"] },
        run,
        parse: (input: unknown) => input as Record<string, unknown>,
      },
    ],
  });
  const { content } = await runner.runUntilDone();
  expect(content.at(-1)).toMatchObject({ type: "text", text: expect.stringContaining("I counted to 2") });
  expect(asked).toEqual([{ type: "create" }, undefined, undefined, undefined]);
});

test("a conversation changes its model and back: thoughts go where they are understood", async () => {
  const history: Anthropic.MessageParam[] = [{ role: "user", content: "count to 4 with record_value" }];
  const { name, description, parameters } = recordValue();
  const tools = [{ name, description, input_schema: { type: "object" as const, ...parameters } }];
  for (const model of [kimi, claude, kimi, claude, kimi]) {
    const thinking = { type: "enabled", budget_tokens: 2000 } as const;
    const { content } = await client.messages.create({ model, max_tokens: 4000, messages: history, tools, thinking });
    history.push({ role: "assistant", content });
    const results = content.flatMap((block) =>
      block.type === "tool_use" ? [{ type: "tool_result" as const, tool_use_id: block.id, content: "ok" }] : [],
    );
    if (results.length > 0) history.push({ role: "user", content: results });
  }
  expect(history.at(-1)?.content).toMatchObject([{ type: "thinking" }, { type: "text" }]);
  expect(JSON.stringify(history.at(-1))).toContain("I counted to 4");
  expect(stand.mock.requests.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
});
