import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerWell } from "../../testing/answer-well.ts";
import { call, readEvents, toObject, type Heard, type Json } from "../../testing/call.ts";
import { messagesClient } from "../../testing/client-dialects.ts";
import {
  chatCompletion,
  sendJson,
  startScriptedUpstream,
  type Handler,
  type ScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/* count_tokens answers for every model (vercel/ai#17326, T18). */

let mock: MockUpstream;
let scripted: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  mock = await startMockUpstream();
  scripted = await startScriptedUpstream(() => undefined);
  gateway = await startTestGateway({
    providers: {
      chat: { protocol: "openai-chat", base_url: mock.url, models: { chat: {} } },
      anthropic: { protocol: "anthropic-messages", base_url: mock.url, models: { "claude-sonnet-4-5": {} } },
      scripted: {
        protocol: "anthropic-messages",
        base_url: scripted.url,
        timeouts: { headers_seconds: 0.5 },
        models: { scripted: {} },
      },
      patient: { protocol: "anthropic-messages", base_url: scripted.url, models: { patient: {} } },
      kimi: { protocol: "openai-chat", base_url: scripted.url, vendor: "moonshot", models: { kimi: {} } },
      learning: { protocol: "openai-chat", base_url: scripted.url, models: { learning: {} } },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([mock.close(), scripted.close()]);
});

function count(fields: Json, path = "/v1/messages/count_tokens?beta=true"): Promise<Heard> {
  const { max_tokens: _maxTokens, ...body } = messagesClient.body(fields);
  return call(gateway.url + path, { body, headers: { authorization: `Bearer ${gateway.key}` } }).done;
}

const words = (times: number): Json[] => [{ role: "user", content: "word ".repeat(times) }];
const tool = { name: "look", description: "Looks. ".repeat(200), input_schema: { type: "object", properties: {} } };

test("a chat model's prompt is estimated, and grows with what it holds", async () => {
  const counts: number[] = [];
  for (const fields of [
    { messages: words(100) },
    { messages: words(1000) },
    { messages: words(1000), system: "Be brief. ".repeat(100) },
    { messages: words(1000), system: "Be brief. ".repeat(100), tools: [tool] },
  ]) {
    const heard = await count({ model: "chat", ...fields });
    expect([heard.status, heard.headers["x-onerouter-token-count"]]).toEqual([200, "estimated"]);
    counts.push(Number(heard.json.input_tokens));
  }
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(new Set(counts).size).toBe(4);
  expect(counts[1]).toBeGreaterThan(900);
  expect(counts[1]).toBeLessThan(1200);
});

test("a prompt that writes of special tokens is counted like any other, and keeps nobody from being counted", async () => {
  const special = "The file ends with <|endoftext|>, a turn with <|im_end|>.";
  const [heard, other] = await Promise.all([
    count({ model: "chat", messages: [{ role: "user", content: special }] }),
    count({ model: "chat", messages: words(100) }),
  ]);
  expect([heard.status, other.status]).toEqual([200, 200]);
  expect(Number(heard.json.input_tokens)).toBeGreaterThan(15);
  expect(Number(heard.json.input_tokens)).toBeLessThan(50);
});

test("a Messages upstream counts itself", async () => {
  const heard = await count({ model: "claude-sonnet-4-5", messages: words(100) }, "/api/v1/messages/count_tokens");
  expect([heard.status, heard.headers["x-onerouter-token-count"]]).toEqual([200, "exact"]);
  const { path, status, body } = mock.requests.at(-1) ?? {};
  expect([path, status]).toEqual(["/v1/messages/count_tokens", 200]);
  expect(body).not.toHaveProperty("max_tokens");
});

test.each<[name: string, handler: Handler]>([
  [
    "has no such path",
    (response) => sendJson(response, 404, { type: "error", error: { type: "not_found_error", message: "no" } }),
  ],
  ["answers nonsense", (response) => sendJson(response, 200, { input_tokens: "many" })],
  ["breaks off", (response) => void response.socket?.destroy()],
  ["says nothing", () => undefined],
  ["never stops", (response) => void response.writeHead(200).write("x".repeat(3 * 1024 * 1024))],
])("one that %s is estimated for", async (_name, handler) => {
  scripted.answer(handler);
  const heard = await count({ model: "scripted", messages: words(100) });
  expect([heard.status, heard.headers["x-onerouter-token-count"]]).toEqual([200, "estimated"]);
  expect(Number(heard.json.input_tokens)).toBeGreaterThan(50);
});

test("a client that goes away ends the count at the upstream, too", async () => {
  scripted.answer(() => undefined);
  const before = scripted.seen.length;
  const { max_tokens: _maxTokens, ...body } = messagesClient.body({ model: "patient" });
  const counting = call(`${gateway.url}/v1/messages/count_tokens`, {
    body,
    headers: { authorization: `Bearer ${gateway.key}` },
  });
  await expect.poll(() => scripted.seen.length).toBe(before + 1);
  counting.abort();
  await expect.poll(() => scripted.last().aborted).toBe(true);
});

describe("bad requests", () => {
  test.each<[fields: Json, status: number, field: string]>([
    [{ model: "nothing" }, 404, "model"],
    [{ messages: [] }, 400, "messages"],
    [{ tools: [{ name: "look" }] }, 400, "tools[0].input_schema"],
  ])("%j is a %i", async (fields, status, field) => {
    const heard = await count({ model: "chat", ...fields });
    expect([heard.status, messagesClient.error(heard).message]).toEqual([status, expect.stringContaining(field)]);
  });
});

/** Letters in no order, without a break. */
function mixedLetters(length: number): string {
  let state = 1;
  const letters: string[] = [];
  while (letters.length < length) {
    state = (state * 48_271) % 2_147_483_647;
    letters.push(String.fromCodePoint(97 + (state % 26)));
  }
  return letters.join("");
}

test("50,000 times the same letter, and 25 counts at once, keep nobody waiting", async () => {
  // The vocabulary is loaded on the first count.
  await count({ model: "chat" });
  const letters = count({ model: "chat", messages: [{ role: "user", content: "a".repeat(50_000) }] });
  const many = Array.from({ length: 25 }, () => count({ model: "chat", messages: words(20_000) }));
  // Keeps the tokenizer at work for longer than five answers take.
  many.push(count({ model: "chat", messages: [{ role: "user", content: mixedLetters(400_000) }] }));
  let answered = 0;
  const counted = Promise.all([letters, ...many]).then((all) => ({ all, answeredBefore: answered }));
  while (answered < 5) {
    expect((await gateway.ask(messagesClient, { model: "chat", stream: true })).status).toBe(200);
    answered += 1;
  }
  const { all, answeredBefore } = await counted;
  for (const heard of all) expect(heard.status).toBe(200);
  // Had the counting blocked the loop, not one of the five would have come before its end.
  expect(answeredBefore).toBeGreaterThan(0);
  const tokens = Number((await letters).json.input_tokens);
  expect(tokens).toBeGreaterThan(3000);
  expect(tokens).toBeLessThan(50_000);
});

test("Moonshot counts messages itself, and is not asked about tools", async () => {
  scripted.answer((response, { path }) =>
    path === "/v1/tokenizers/estimate-token-count"
      ? sendJson(response, 200, { code: 0, data: { total_tokens: 4711 }, status: true })
      : sendJson(response, 500, {}),
  );
  const heard = await count({ model: "kimi", messages: words(10) });
  expect([heard.json.input_tokens, heard.headers["x-onerouter-token-count"]]).toEqual([4711, "exact"]);
  expect(Object.keys(scripted.last().body)).toEqual(["model", "messages"]);
  const withTools = await count({ model: "kimi", messages: words(10), tools: [tool] });
  expect(withTools.headers["x-onerouter-token-count"]).toBe("estimated");
});

test("estimates learn from what the upstream reports, in counts and in message_start (vercel/ai#17326)", async () => {
  const before = Number((await count({ model: "learning", messages: words(1000) })).json.input_tokens);
  scripted.answer((response) =>
    sendJson(response, 200, chatCompletion("ok", { usage: { prompt_tokens: 2 * before, completion_tokens: 1 } })),
  );
  const ask = (): Promise<Heard> => gateway.ask(messagesClient, { model: "learning", messages: words(1000) });
  await ask();
  await expect
    .poll(async () => Number((await count({ model: "learning", messages: words(1000) })).json.input_tokens))
    .toBeGreaterThan(1.8 * before);

  scripted.answer((response, request) => answerWell(response, request, "well then"));
  const stream = await gateway.ask(messagesClient, { model: "learning", messages: words(1000), stream: true });
  const start = readEvents(stream.text).find((event) => event.type === "message_start");
  const { usage } = toObject(start?.message);
  expect(Number(toObject(usage).input_tokens)).toBeGreaterThan(1.5 * before);
});
