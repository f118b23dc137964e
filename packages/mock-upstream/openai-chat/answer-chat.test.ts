import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import type { MockUpstream } from "../index.ts";
import { tool } from "../testing/chat-history.ts";
import { post, readEvents } from "../testing/talk.ts";

let mock: MockUpstream;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "chat" });
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

function deltasOf(events: JsonObject[]): JsonObject[] {
  return events.flatMap((event) => asArray(event.choices)).map((choice) => asObject(asObject(choice).delta));
}

function foldDeltas(events: JsonObject[]): {
  content: string;
  reasoning: string;
  calls: { id: unknown; name: unknown; arguments: string }[];
} {
  const folded = { content: "", reasoning: "", calls: [] as { id: unknown; name: unknown; arguments: string }[] };
  for (const delta of deltasOf(events)) {
    folded.content += delta.content ?? "";
    folded.reasoning += delta.reasoning_content ?? "";
    for (const call of asArray(delta.tool_calls).map(asObject)) {
      const index = Number(call.index);
      folded.calls[index] ??= { id: call.id, name: asObject(call.function).name, arguments: "" };
      folded.calls[index].arguments += asObject(call.function).arguments ?? "";
    }
  }
  return folded;
}

test.each([
  ["/v1", "mock-thinking"],
  ["/moonshot/v1", "kimi-k2-thinking"],
  ["/deepseek/v1", "deepseek-v4-pro"],
  ["/zai/api/paas/v4", "glm-5.2"],
])("counts to 3 in the dialect of %s, streamed and not, with the same words", async (base, model) => {
  const messages: JsonObject[] = [{ role: "user", content: "count to 3 by calling the tool each time" }];
  const commands: unknown[] = [];
  for (;;) {
    const request = { model, messages, tools: [tool] };
    const whole = await post(`${mock.url}${base}/chat/completions`, request);
    const streamed = await post(`${mock.url}${base}/chat/completions`, { ...request, stream: true });
    expect([whole.status, streamed.status]).toEqual([200, 200]);
    const message = asObject(asObject(asArray(whole.json.choices)[0]).message);
    const folded = foldDeltas(readEvents(streamed.text));
    expect(folded.reasoning).toBe(message.reasoning_content);
    expect(folded.reasoning).not.toBe("");
    expect(folded.content).toBe(message.content ?? "");
    const calls = asArray(message.tool_calls).map(asObject);
    expect(folded.calls.map((call) => call.arguments)).toEqual(calls.map((call) => asObject(call.function).arguments));
    messages.push(message);
    if (calls.length === 0) break;
    for (const call of calls) {
      commands.push(asObject(JSON.parse(String(asObject(call.function).arguments))).command);
      messages.push({ role: "tool", tool_call_id: call.id, content: "ok" });
    }
  }
  expect(commands).toEqual(["echo 1", "echo 2", "echo 3"]);
  expect(messages.at(-1)?.content).toContain("(mock) Done");
});

test("moonshot names calls functions.{name}:{idx}, counting over the conversation", async () => {
  const url = `${mock.url}/moonshot/v1/chat/completions`;
  const body = {
    model: "kimi-k2.6",
    messages: [{ role: "user", content: "call 2 tools in parallel" }],
    tools: [tool],
    stream: true,
  };
  const folded = foldDeltas(readEvents((await post(url, body)).text));
  expect(folded.calls.map((call) => call.id)).toEqual(["functions.Bash:0", "functions.Bash:1"]);
});

test("usage goes where each vendor puts it", async () => {
  const ask = async (base: string, model: string, includeUsage: boolean) => {
    const more = includeUsage ? { stream_options: { include_usage: true } } : {};
    const body = { model, messages: [{ role: "user", content: "hello" }], stream: true, ...more };
    return readEvents((await post(`${mock.url}${base}/v1/chat/completions`, body)).text);
  };
  const hasTop = (events: JsonObject[]) => events.some((event) => event.usage !== undefined);
  const inChoice = (events: JsonObject[]) =>
    events.flatMap((event) => asArray(event.choices)).some((choice) => asObject(choice).usage !== undefined);
  const plain = await ask("", "mock-chat", false);
  expect([hasTop(plain), inChoice(plain)]).toEqual([false, false]);
  const asked = await ask("", "mock-chat", true);
  expect([hasTop(asked), inChoice(asked)]).toEqual([true, false]);
  const kimi = await ask("/moonshot", "kimi-k3", false);
  expect([hasTop(kimi), inChoice(kimi)]).toEqual([false, true]);
  const both = await ask("/moonshot", "kimi-k3", true);
  expect([hasTop(both), inChoice(both)]).toEqual([true, true]);
  const deep = (await ask("/deepseek", "deepseek-v4-pro", true)).find((event) => event.usage !== undefined);
  expect(asObject(deep?.usage)).toMatchObject({
    prompt_cache_hit_tokens: 0,
    completion_tokens_details: { reasoning_tokens: expect.any(Number) },
  });
});

test("the prefix cache counts what was seen before with the same key", async () => {
  const url = `${mock.url}/moonshot/v1/chat/completions`;
  const first = { role: "user", content: `hello ${"x".repeat(8000)}` };
  const ask = async (messages: JsonObject[], key = "a") => {
    const { json } = await post(url, { model: "kimi-k2.6", messages }, { authorization: `Bearer ${key}` });
    return asObject(json.usage).cached_tokens;
  };
  expect(await ask([first])).toBe(0);
  expect(await ask([first, { role: "assistant", content: "hi" }, { role: "user", content: "more" }])).toBe(1792);
  expect(await ask([first], "b")).toBe(0);
  expect(await ask([{ ...first, content: `Hello ${"x".repeat(8000)}` }])).toBe(0);
  expect(mock.requests.map((request) => request.prefixOfPrevious)).toEqual([false, true, false, false]);
});

test("thinking follows the request", async () => {
  const reasoningOf = async (base: string, body: JsonObject) => {
    const { json } = await post(`${mock.url}${base}/v1/chat/completions`, {
      messages: [{ role: "user", content: "hello" }],
      ...body,
    });
    return asObject(asObject(asArray(json.choices)[0]).message).reasoning_content;
  };
  expect(await reasoningOf("/moonshot", { model: "kimi-k2.6" })).toEqual(expect.any(String));
  expect(await reasoningOf("/moonshot", { model: "kimi-k2.6", thinking: { type: "disabled" } })).toBeUndefined();
  expect(await reasoningOf("/moonshot", { model: "kimi-k2-0905-preview" })).toBeUndefined();
  expect(await reasoningOf("/deepseek", { model: "deepseek-v4-pro", thinking: { type: "disabled" } })).toBeUndefined();
  expect(await reasoningOf("/zai", { model: "glm-5.2" })).toEqual(expect.any(String));
  expect(await reasoningOf("/openai", { model: "gpt-5.5" })).toBeUndefined();
  expect(await reasoningOf("", { model: "mock-chat" })).toBeUndefined();
});

test("structured output obeys the schema", async () => {
  const schema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
  const format = { type: "json_schema", json_schema: { name: "answer", schema, strict: true } };
  const { json } = await post(`${mock.url}/v1/chat/completions`, {
    model: "mock-chat",
    messages: [{ role: "user", content: "hello" }],
    response_format: format,
  });
  expect(JSON.parse(String(asObject(asObject(asArray(json.choices)[0]).message).content))).toEqual({ n: 1 });
});

test("lists models in the protocol of the caller", async () => {
  const chat = await fetch(`${mock.url}/moonshot/v1/models`, { headers: { authorization: "Bearer k" } });
  expect(await chat.json()).toMatchObject({
    object: "list",
    data: expect.arrayContaining([expect.objectContaining({ id: "kimi-k2-thinking" })]),
  });
  const messages = await fetch(`${mock.url}/v1/models?limit=1000`, {
    headers: { "x-api-key": "k", "anthropic-version": "2023-06-01" },
  });
  expect(await messages.json()).toMatchObject({
    data: expect.arrayContaining([expect.objectContaining({ type: "model" })]),
  });
  expect(messages.headers.get("x-mock-upstream")).toBe("true");
});
