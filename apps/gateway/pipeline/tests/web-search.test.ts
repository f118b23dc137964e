import { checkAnthropicStream } from "@onerouter/protocols/grammar/index";
import { claudeCodeWebSearch } from "@onerouter/protocols/anthropic-messages/__fixtures__/claude-code";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call as send, readEvents, toArray, toObject, type Heard, type Json } from "../../testing/call.ts";
import { chatScript } from "../../testing/chat-script.ts";
import { chatClient, messagesClient } from "../../testing/client-dialects.ts";
import {
  messagesEvent,
  message,
  sendJson,
  startEventStream,
  startScriptedUpstream,
  type ScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

let upstream: ScriptedUpstream;
let engine: ScriptedUpstream;
let gateway: TestGateway;
let plain: TestGateway;

const page = { url: "https://weather.example/bern", title: "Bern", content: "Sunny, 21 degrees." };

beforeAll(async () => {
  upstream = await startScriptedUpstream(chatScript({ text: "hello" }));
  engine = await startScriptedUpstream((response) => sendJson(response, 200, { results: [page] }));
  const models = { "kimi-k2-thinking": {} };
  const kimi = { protocol: "openai-chat", base_url: upstream.url, vendor: "moonshot", models } as const;
  const claude = {
    protocol: "anthropic-messages",
    base_url: upstream.url,
    vendor: "anthropic",
    models: { claude: {} },
  };
  const providers = { kimi, claude: { ...claude, protocol: "anthropic-messages" as const } };
  gateway = await startTestGateway({ providers, web_search: { provider: "searxng", base_url: engine.url } });
  plain = await startTestGateway({ providers });
});
afterAll(async () => {
  await Promise.all([gateway.stop(), plain.stop()]);
  await Promise.all([upstream.close(), engine.close()]);
});

const searchTool = { type: "web_search_20250305", name: "web_search" };
const call = (query: string): { name: string; arguments: string } => ({
  name: "web_search",
  arguments: JSON.stringify({ query }),
});
const read = { name: "Read", description: "Reads", input_schema: { type: "object" } };

/** The blocks of a Messages stream, put together as clients do. */
function blocksOf(heard: Heard): Json[] {
  const blocks: Json[] = [];
  for (const event of readEvents(heard.text)) {
    const delta = toObject(event.delta);
    if (event.type === "content_block_start") blocks.push({ ...toObject(event.content_block) });
    const block = blocks.at(-1);
    if (event.type !== "content_block_delta" || block === undefined) continue;
    if (delta.type === "text_delta") block.text = `${String(block.text)}${String(delta.text)}`;
    if (delta.type === "thinking_delta") block.thinking = `${String(block.thinking)}${String(delta.thinking)}`;
    if (delta.type === "signature_delta") block.signature = delta.signature;
    if (delta.type === "input_json_delta") block.json = `${String(block.json ?? "")}${String(delta.partial_json)}`;
  }
  return blocks.map(({ json, ...block }) =>
    json === undefined ? block : { ...block, input: JSON.parse(String(json)) as unknown },
  );
}

const typesOf = (blocks: readonly unknown[]): unknown[] => blocks.map((block) => toObject(block).type);

/** The messages that the upstream was sent in a request. */
const sent = (at: number): unknown[] => toArray(upstream.seen.at(at)?.body.messages);

test("Claude Code's WebSearch works with Kimi: the search is shown as Anthropic shows its own", async () => {
  upstream.answer(
    chatScript(
      { thought: "I need to look.", calls: [call("weather Bern")] },
      {
        thought: "Found it.",
        text: "It is sunny.",
        usage: { prompt_tokens: 200, completion_tokens: 20, total_tokens: 220 },
      },
    ),
  );
  const heard = await gateway.ask(messagesClient, claudeCodeWebSearch());
  expect(checkAnthropicStream(heard.text)).toEqual([]);
  const blocks = blocksOf(heard);
  expect(typesOf(blocks)).toEqual(["thinking", "server_tool_use", "web_search_tool_result", "thinking", "text"]);
  expect(blocks[1]).toMatchObject({ name: "web_search", input: { query: "weather Bern" } });
  expect(blocks[2]).toMatchObject({
    tool_use_id: blocks[1]?.id,
    content: [{ type: "web_search_result", url: page.url, title: "Bern" }],
  });
  const end = readEvents(heard.text).find((event) => event.type === "message_delta");
  expect(end).toMatchObject({
    delta: { stop_reason: "end_turn" },
    usage: { input_tokens: 200, output_tokens: 30, server_tool_use: { web_search_requests: 1 } },
  });
  expect(new URL(engine.last().path, engine.url).searchParams.get("q")).toBe("weather Bern");

  expect(toArray(upstream.seen.at(-2)?.body.tools)).toMatchObject([{ function: { name: "web_search" } }]);
  expect(sent(-1).slice(-2)).toEqual([
    {
      role: "assistant",
      content: null,
      reasoning_content: "I need to look.",
      tool_calls: [{ id: "functions.web_search:0", type: "function", function: call("weather Bern") }],
    },
    {
      role: "tool",
      tool_call_id: "functions.web_search:0",
      content: "[1] Bern\nhttps://weather.example/bern\nSunny, 21 degrees.",
    },
  ]);
  const record = await gateway.generation(heard);
  expect(record.usage ?? record).toBeDefined();
  expect(JSON.stringify(record)).toContain("tools.web_search_20250305");
});

test("maximhq/bifrost#898 (T20): the next turn begins with the bytes of the search's latest request", async () => {
  upstream.answer(
    chatScript(
      { thought: "one", text: "Let me see.", calls: [call("a"), call("b")] },
      { calls: [call("c")] },
      { thought: "three", text: "Done." },
    ),
  );
  const first = await gateway.ask(messagesClient, { ...claudeCodeWebSearch(), stream: true });
  const blocks = blocksOf(first);
  expect(typesOf(blocks)).toEqual([
    "thinking",
    "text",
    "server_tool_use",
    "web_search_tool_result",
    "server_tool_use",
    "web_search_tool_result",
    "server_tool_use",
    "web_search_tool_result",
    "thinking",
    "text",
  ]);
  const before = sent(-1);
  const { messages } = claudeCodeWebSearch();
  await gateway.ask(messagesClient, {
    ...claudeCodeWebSearch(),
    messages: [
      ...toArray(messages),
      { role: "assistant", content: blocks },
      { role: "user", content: "And tomorrow?" },
    ],
  });
  const after = sent(-1);
  expect(JSON.stringify(after.slice(0, before.length))).toBe(JSON.stringify(before));
  expect(after.slice(before.length)).toEqual([
    { role: "assistant", content: "Done." },
    { role: "user", content: "And tomorrow?" },
  ]);
});

test("a whole answer has the same blocks, and the number of searches", async () => {
  upstream.answer(chatScript({ calls: [call("a")] }, { text: "Done." }));
  const { json } = await gateway.ask(messagesClient, { ...claudeCodeWebSearch(), stream: false });
  expect(typesOf(toArray(json.content))).toEqual(["server_tool_use", "web_search_tool_result", "text"]);
  expect(json.usage).toMatchObject({ output_tokens: 20, server_tool_use: { web_search_requests: 1 } });
});

test("the client's own calls end the answer; what was searched beside them is told with their results", async () => {
  upstream.answer(
    chatScript({ thought: "both", calls: [call("a"), { name: "Read", arguments: "{}" }] }, { text: "ok" }),
  );
  const tools = [searchTool, read];
  const messages = [{ role: "user", content: "?" }];
  const { json } = await gateway.ask(messagesClient, { model: "kimi-k2-thinking", tools, messages });
  expect(typesOf(toArray(json.content))).toEqual(["thinking", "tool_use", "server_tool_use", "web_search_tool_result"]);
  expect(json.stop_reason).toBe("tool_use");
  const use = toArray(json.content).find((block) => toObject(block).type === "tool_use");
  const result = { type: "tool_result", tool_use_id: toObject(use).id, content: "text" };
  await gateway.ask(messagesClient, {
    model: "kimi-k2-thinking",
    tools,
    messages: [...messages, { role: "assistant", content: json.content }, { role: "user", content: [result] }],
  });
  expect(sent(-1).map((one) => toObject(one).role)).toEqual(["user", "assistant", "tool", "tool"]);
  expect(toArray(toObject(sent(-1)[1]).tool_calls)).toHaveLength(2);
  expect(toObject(sent(-1)[1]).reasoning_content).toBe("both");
});

test("max_uses holds, and a search that failed is told to the model and to the client", async () => {
  upstream.answer(chatScript({ calls: [call("a"), call("b")] }, { text: "ok" }));
  const searches = engine.seen.length;
  const tools = [{ ...searchTool, max_uses: 1 }];
  const { json } = await gateway.ask(messagesClient, { model: "kimi-k2-thinking", tools });
  expect(engine.seen.length).toBe(searches + 1);
  expect(JSON.stringify(json.content)).toContain('"error_code":"max_uses_exceeded"');
  expect(JSON.stringify(sent(-1))).toContain("The search failed: max_uses_exceeded");

  engine.answer((response) => sendJson(response, 429, {}));
  upstream.answer(chatScript({ calls: [call("a")] }, { text: "ok" }));
  const failed = await gateway.ask(messagesClient, { model: "kimi-k2-thinking", tools });
  engine.answer((response) => sendJson(response, 200, { results: [page] }));
  expect(JSON.stringify(failed.json.content)).toContain('"error_code":"too_many_requests"');
  expect(JSON.stringify(await gateway.generation(failed))).toContain("searxng: too many requests");
});

test("a model that searches for ever is stopped: in the last round it may call nothing, then the answer pauses", async () => {
  upstream.answer(chatScript({ calls: [call("again")] }));
  const asked = upstream.seen.length;
  const tools = [searchTool, read];
  const { json } = await gateway.ask(messagesClient, {
    model: "kimi-k2-thinking",
    tools,
    tool_choice: { type: "any" },
  });
  expect(json.stop_reason).toBe("pause_turn");
  expect(upstream.seen.length - asked).toBe(12);
  expect(upstream.seen.slice(asked).map(({ body }) => body.tool_choice)).toEqual([
    upstream.seen[asked]?.body.tool_choice,
    ...Array.from({ length: 10 }, () => "auto"),
    "none",
  ]);
});

test("a chat client gets what was found as annotations", async () => {
  upstream.answer(chatScript({ calls: [call("a")] }, { text: "Sunny." }));
  const { json } = await gateway.ask(chatClient, { model: "kimi-k2-thinking", web_search_options: {} });
  expect(toObject(toArray(json.choices)[0]).message).toMatchObject({
    content: "Sunny.",
    annotations: [{ type: "url_citation", url_citation: { url: page.url, title: "Bern" } }],
  });
  expect(upstream.last().body).not.toHaveProperty("web_search_options");
  upstream.answer(chatScript({ calls: [call("a")] }, { text: "Sunny." }));
  const plugin = await gateway.ask(chatClient, { model: "kimi-k2-thinking", plugins: [{ id: "web" }] });
  expect(plugin.text).toContain("url_citation");
});

/** A request in a protocol that has no dialect here. */
function post(path: string, body: Json): Promise<Heard> {
  return send(gateway.url + path, { body, headers: { authorization: `Bearer ${gateway.key}` } }).done;
}

test("a Responses client gets an item of the search, and hands it back", async () => {
  upstream.answer(chatScript({ calls: [call("a")] }, { text: "Sunny." }));
  const tools = [{ type: "web_search", external_web_access: true }];
  const question = { role: "user", content: "?" };
  const body = { model: "kimi-k2-thinking", tools, store: false };
  const first = await post("/v1/responses", { ...body, input: [question] });
  const output = toArray(first.json.output);
  expect(typesOf(output)).toEqual(["web_search_call", "message"]);
  expect(output[0]).toMatchObject({ status: "completed", action: { query: "a", sources: [{ url: page.url }] } });
  await post("/v1/responses", { ...body, input: [question, ...output, { role: "user", content: "thanks" }] });
  expect(sent(-1).map((one) => toObject(one).role)).toEqual(["user", "assistant", "tool", "assistant", "user"]);

  upstream.answer(chatScript({ calls: [call("a")] }, { text: "Sunny." }));
  const streamed = await post("/v1/responses", { ...body, input: [question], stream: true });
  expect(streamed.text).toContain('"type":"response.web_search_call.completed"');
  expect(streamed.text).toContain('"type":"response.completed"');
});

test("a Gemini client gets what was found as grounding", async () => {
  upstream.answer(chatScript({ calls: [call("a")] }, { text: "Sunny." }));
  const contents = [{ role: "user", parts: [{ text: "?" }] }];
  const heard = await post("/v1beta/models/kimi-k2-thinking:generateContent", {
    contents,
    tools: [{ googleSearch: {} }],
  });
  expect(toArray(heard.json.candidates)[0]).toMatchObject({
    content: { parts: [{ text: "Sunny." }] },
    groundingMetadata: { webSearchQueries: ["a"], groundingChunks: [{ web: { uri: page.url, title: "Bern" } }] },
  });
});

test("without a search provider: refused where nothing else is asked for, left out where there are other tools", async () => {
  upstream.answer(chatScript({ text: "ok" }));
  const refused = await plain.ask(messagesClient, claudeCodeWebSearch());
  expect(refused.status).toBe(400);
  expect(messagesClient.error(refused).message).toMatch(/web_search.*configuration file/);
  const heard = await plain.ask(messagesClient, { model: "kimi-k2-thinking", tools: [searchTool, read] });
  expect(heard.status).toBe(200);
  expect(String(heard.headers["x-onerouter-receipt"])).toContain("web_search_20250305");
  expect(upstream.last().body.tools).toHaveLength(1);
});

test("Anthropic searches by itself, over the express lane; in a history of ours it is told what we found", async () => {
  upstream.answer((response) => sendJson(response, 200, message("by itself")));
  const native = await gateway.ask(messagesClient, { model: "claude", tools: [searchTool] });
  expect(messagesClient.text(native)).toBe("by itself");
  expect(upstream.last().body.tools).toEqual([searchTool]);
  expect((await gateway.generation(native)).express_lane ?? true).toBe(true);

  upstream.answer(chatScript({ calls: [call("a")] }, { text: "Sunny." }));
  const messages = [{ role: "user", content: "?" }];
  const { json } = await gateway.ask(messagesClient, { model: "kimi-k2-thinking", tools: [searchTool], messages });
  upstream.answer((response) => {
    startEventStream(response);
    response.end(messagesEvent("message_start", { message: message("") }) + messagesEvent("message_stop"));
  });
  await gateway.ask(messagesClient, {
    model: "claude",
    tools: [searchTool],
    messages: [...messages, { role: "assistant", content: json.content }, { role: "user", content: "thanks" }],
  });
  expect(sent(-1).map((one) => toObject(one).role)).toEqual(["user", "assistant", "user", "assistant", "user"]);
  expect(JSON.stringify(sent(-1))).not.toContain("encrypted_content");
  expect(JSON.stringify(sent(-1)[2])).toContain("Sunny, 21 degrees.");
});

test("an upstream that fails after a search is asked again, and the client has one answer", async () => {
  let at = 0;
  const first = chatScript({ calls: [call("a")] });
  const last = chatScript({ text: "In the end." });
  upstream.answer((response, request) => {
    at++;
    if (at === 1) first(response, request);
    else if (at === 2) sendJson(response, 503, { error: { message: "overloaded" } });
    else last(response, request);
  });
  const heard = await gateway.ask(messagesClient, claudeCodeWebSearch());
  expect(checkAnthropicStream(heard.text)).toEqual([]);
  expect(typesOf(blocksOf(heard))).toEqual(["server_tool_use", "web_search_tool_result", "text"]);
});

test("a client that goes away while we search ends the search, and the upstream is asked no more", async () => {
  upstream.answer(chatScript({ text: "Let me see.", calls: [call("slow")] }));
  const arrived = Promise.withResolvers<undefined>();
  engine.answer(() => arrived.resolve(undefined));
  const asked = upstream.seen.length;
  const request = gateway.start(messagesClient, claudeCodeWebSearch());
  await arrived.promise;
  const search = engine.last();
  request.abort();
  await expect.poll(() => search.aborted).toBe(true);
  engine.answer((response) => sendJson(response, 200, { results: [page] }));
  expect(upstream.seen.length).toBe(asked + 1);
});

test("the client hears signs of life while a search takes its time", async () => {
  const slow = await startTestGateway({
    providers: { kimi: { protocol: "openai-chat", base_url: upstream.url, vendor: "moonshot", models: { k: {} } } },
    web_search: { provider: "searxng", base_url: engine.url, timeout_seconds: 1.5 },
    server: { keep_alive_seconds: 0.3 },
  });
  upstream.answer(chatScript({ text: "Let me see.", calls: [call("slow")] }, { text: "Nothing." }));
  engine.answer(() => undefined);
  const heard = await slow.ask(messagesClient, { ...claudeCodeWebSearch(), model: "k" });
  engine.answer((response) => sendJson(response, 200, { results: [page] }));
  await slow.stop();
  const search = heard.text.indexOf("server_tool_use");
  expect(heard.text.slice(heard.text.indexOf("Let me see."), search)).toContain("event: ping");
  expect(heard.text).toContain('"error_code":"unavailable"');
});
