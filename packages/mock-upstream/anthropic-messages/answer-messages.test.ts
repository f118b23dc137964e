import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import type { MockUpstream } from "../index.ts";
import { post, readEvents } from "../testing/talk.ts";

let mock: MockUpstream;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "messages" });
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

const bash = {
  name: "Bash",
  input_schema: { type: "object", properties: { command: { type: "string" } }, required: ["command"] },
};
const hello = { role: "user", content: "hello" };
const claude = { model: "claude-sonnet-4-5", max_tokens: 4000, messages: [hello] };

/** Puts a stream together as Anthropic's SDKs do, holding it to the order of events the documentation promises. */
function foldMessage(events: JsonObject[]): JsonObject {
  const [start, ...rest] = events;
  expect(start?.type).toBe("message_start");
  const message = { ...asObject(start?.message), content: [] as JsonObject[] };
  let open = -1;
  for (const event of rest) {
    if (event.type === "ping") continue;
    const at = Number(event.index);
    const block = message.content[at] ?? {};
    const delta = asObject(event.delta);
    if (event.type === "content_block_start") {
      expect(at).toBe(message.content.length);
      expect(open).toBe(-1);
      open = at;
      message.content.push({ ...asObject(event.content_block), json: "" });
    } else if (event.type === "content_block_delta") {
      expect(at).toBe(open);
      block.text = delta.text === undefined ? block.text : String(block.text) + String(delta.text);
      block.thinking = delta.thinking === undefined ? block.thinking : String(block.thinking) + String(delta.thinking);
      block.signature = delta.signature ?? block.signature;
      if (delta.citation !== undefined) block.citations = [...asArray(block.citations), delta.citation];
      block.json = String(block.json) + String(delta.partial_json ?? "");
    } else if (event.type === "content_block_stop") {
      expect(at).toBe(open);
      open = -1;
      const { json, ...whole } = block;
      message.content[at] = JSON.parse(
        JSON.stringify(
          block.type === "tool_use" || block.type === "server_tool_use"
            ? { ...whole, input: JSON.parse(String(json)) }
            : whole,
        ),
      );
    } else if (event.type === "message_delta") {
      Object.assign(message, delta, { usage: event.usage });
    }
  }
  expect(events.at(-1)?.type).toBe("message_stop");
  return message;
}

test.each([
  ["/v1", "mock-thinking", { type: "enabled", budget_tokens: 1024 }],
  ["/anthropic/v1", "claude-sonnet-4-5", { type: "enabled", budget_tokens: 1024 }],
  ["/anthropic/v1", "claude-opus-4-8", { type: "adaptive", display: "omitted" }],
  ["/moonshot/anthropic/v1", "kimi-k2-thinking", undefined],
])("counts to 3 at %s with %s, streamed and not", async (base, model, thinking) => {
  const messages: JsonObject[] = [{ role: "user", content: "count to 3 by calling the tool each time" }];
  const commands: unknown[] = [];
  for (;;) {
    const request = { model, max_tokens: 4000, messages, tools: [bash], ...(thinking && { thinking }) };
    const whole = await post(`${mock.url}${base}/messages`, request);
    const streamed = await post(`${mock.url}${base}/messages?beta=true`, { ...request, stream: true });
    expect([whole.status, streamed.status]).toEqual([200, 200]);
    const folded = foldMessage(readEvents(streamed.text));
    const withoutMarks = (blocks: unknown) =>
      asArray(blocks).map((block) => ({ ...asObject(block), id: 0, signature: 0 }));
    expect(withoutMarks(folded.content)).toEqual(withoutMarks(whole.json.content));
    expect(folded.stop_reason).toBe(whole.json.stop_reason);
    messages.push({ role: "assistant", content: folded.content });
    const calls = asArray(folded.content)
      .map(asObject)
      .filter((block) => block.type === "tool_use");
    if (calls.length === 0) break;
    commands.push(...calls.map((call) => asObject(call.input).command));
    messages.push({
      role: "user",
      content: calls.map((call) => ({ type: "tool_result", tool_use_id: call.id, content: "ok" })),
    });
  }
  expect(commands).toEqual(["echo 1", "echo 2", "echo 3"]);
});

test("thinking is signed; omitted thinking is empty but signed", async () => {
  const ask = async (thinking: JsonObject, model: string) => {
    const { json } = await post(`${mock.url}/anthropic/v1/messages`, { ...claude, model, thinking });
    return asObject(asArray(json.content)[0]);
  };
  const shown = await ask({ type: "enabled", budget_tokens: 1024 }, "claude-sonnet-4-5");
  expect(shown).toEqual({
    type: "thinking",
    thinking: expect.stringMatching(/./),
    signature: expect.stringMatching(/.{40}/),
  });
  const hidden = await ask({ type: "adaptive", display: "omitted" }, "claude-opus-4-8");
  expect(hidden).toEqual({ type: "thinking", thinking: "", signature: expect.stringMatching(/.{40}/) });
});

test("reports what the cache read and wrote, up to the last breakpoint", async () => {
  const system = (ttl: JsonObject) => [
    { type: "text", text: "x".repeat(8000), cache_control: { type: "ephemeral", ...ttl } },
  ];
  const usageOf = async (body: JsonObject) =>
    asObject((await post(`${mock.url}/v1/messages`, { ...claude, ...body })).json.usage);
  expect(await usageOf({ system: "x".repeat(8000) })).toMatchObject({
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
  });
  mock.reset();
  const first = await usageOf({ system: system({}) });
  expect(first).toMatchObject({ cache_read_input_tokens: 0, cache_creation: { ephemeral_1h_input_tokens: 0 } });
  expect(Number(first.cache_creation_input_tokens)).toBeGreaterThan(2000);
  const second = await usageOf({ system: system({}), messages: [hello, { role: "assistant", content: "hi" }, hello] });
  expect(second.cache_read_input_tokens).toBe(1792);
  expect(Number(second.cache_creation_input_tokens)).toBe(Number(first.cache_creation_input_tokens) - 1792);
  expect(await usageOf({ system: system({ ttl: "1h" }), messages: [{ ...hello, content: "y" }] })).toMatchObject({
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: expect.any(Number) },
  });
  expect(mock.requests.map((request) => request.prefixOfPrevious)).toEqual([false, true, false]);
});

test("moving breakpoints do not break the prefix", async () => {
  const text = (cached: boolean) => [
    { type: "text", text: "x".repeat(9000), ...(cached && { cache_control: { type: "ephemeral" } }) },
  ];
  await post(`${mock.url}/v1/messages`, { ...claude, messages: [{ role: "user", content: text(true) }] });
  const more = [
    { role: "user", content: text(false) },
    { role: "assistant", content: "hi" },
    { role: "user", content: text(true) },
  ];
  await post(`${mock.url}/v1/messages`, { ...claude, messages: more });
  expect(mock.requests[1]).toMatchObject({ prefixOfPrevious: true, cachedTokens: 2048 });
});

test("counts tokens as it charges them", async () => {
  const counted = await post(`${mock.url}/v1/messages/count_tokens?beta=true`, {
    model: "claude-sonnet-4-5",
    messages: [hello],
    tools: [bash],
  });
  const charged = await post(`${mock.url}/v1/messages`, { ...claude, tools: [bash] });
  expect(counted.json).toEqual({ input_tokens: asObject(charged.json.usage).input_tokens });
});

test("message_start and message_delta both carry usage; a ping comes early", async () => {
  const events = readEvents((await post(`${mock.url}/v1/messages`, { ...claude, stream: true })).text);
  expect(asObject(asObject(events[0]?.message).usage)).toMatchObject({
    input_tokens: expect.any(Number),
    output_tokens: 1,
  });
  expect(events[2]?.type).toBe("ping");
  expect(events.find((event) => event.type === "message_delta")?.usage).toMatchObject({
    input_tokens: expect.any(Number),
    output_tokens: expect.any(Number),
  });
});

test("never calls a deferred tool or a server tool", async () => {
  const tools = [
    { ...bash, defer_loading: true },
    { type: "web_search_20250305", name: "web_search" },
  ];
  const { json } = await post(
    `${mock.url}/v1/messages`,
    { ...claude, messages: [{ role: "user", content: "count to 2" }], tools },
    { "anthropic-beta": "advanced-tool-use-2025-11-20" },
  );
  expect(json.stop_reason).toBe("end_turn");
});

test("structured output obeys the schema", async () => {
  const properties = { title: { type: "string" } };
  const schema = { type: "object", properties, required: ["title"], additionalProperties: false };
  const { json } = await post(`${mock.url}/v1/messages`, {
    ...claude,
    output_config: { format: { type: "json_schema", schema } },
  });
  expect(JSON.parse(String(asObject(asArray(json.content)[0]).text))).toEqual({ title: "(mock) hello" });
});

test("a hosted web search is run and cited, streamed and not, and its results come back as they were", async () => {
  const tools = [{ type: "web_search_20250305", name: "web_search", max_uses: 5 }];
  const messages = [{ role: "user", content: "search the web for blue whales" }];
  const whole = await post(`${mock.url}/v1/messages`, { ...claude, messages, tools });
  const streamed = await post(`${mock.url}/v1/messages`, { ...claude, messages, tools, stream: true });
  const message = foldMessage(readEvents(streamed.text));
  const blocks = asArray(whole.json.content).map(asObject);
  expect(blocks.map((block) => block.type)).toEqual(["server_tool_use", "web_search_tool_result", "text"]);
  expect(asArray(message.content).slice(2)).toEqual(blocks.slice(2));
  expect(asObject(asArray(blocks[2]?.citations)[0]).url).toBe("https://mock.example/blue-whales/1");
  expect(asObject(asObject(whole.json.usage).server_tool_use).web_search_requests).toBe(1);

  const again = (content: unknown) =>
    post(`${mock.url}/v1/messages`, {
      ...claude,
      messages: [...messages, { role: "assistant", content }, hello],
      tools,
    });
  expect((await again(message.content)).status).toBe(200);
  expect((await again(blocks.slice(0, 1))).text).toContain("without a corresponding `web_search_tool_result`");
  const results = asArray(blocks[1]?.content).map((result) => ({ ...asObject(result), encrypted_content: "x" }));
  expect((await again([blocks[0], { ...blocks[1], content: results }, blocks[2]])).text).toContain(
    "Invalid `encrypted_content`",
  );
});
