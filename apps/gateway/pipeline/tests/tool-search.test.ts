import { afterAll, beforeAll, expect, test } from "vitest";
import { toArray, toObject, type Json } from "../../testing/call.ts";
import { chatScript } from "../../testing/chat-script.ts";
import { messagesClient } from "../../testing/client-dialects.ts";
import { startScriptedUpstream, type ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream(chatScript({ text: "hello" }));
  const models = { "kimi-k2-thinking": {} };
  gateway = await startTestGateway({
    providers: { kimi: { protocol: "openai-chat", base_url: upstream.url, vendor: "moonshot", models } },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

const make = (name: string, description: string, fields: Json = {}): Json => ({
  name,
  description,
  input_schema: { type: "object", properties: { where: { type: "string" } } },
  ...fields,
});
const later = { defer_loading: true };
const tools = [
  { type: "tool_search_tool_regex_20251119", name: "tool_search_tool_regex" },
  make("read_file", "Reads a file"),
  make("get_weather", "Tells the weather", later),
  make("send_mail", "Sends a mail", later),
];
const model = "kimi-k2-thinking";
const question = { role: "user", content: "How is the weather?" };

const search = (query: string): { name: string; arguments: string } => ({
  name: "tool_search",
  arguments: JSON.stringify({ query }),
});
/** The names of the tools that the upstream was shown in a request. */
const shown = (at: number): unknown[] =>
  toArray(upstream.seen.at(at)?.body.tools).map((tool) => toObject(toObject(tool).function).name);
const sent = (at: number): string[] => toArray(upstream.seen.at(at)?.body.messages).map((one) => JSON.stringify(one));

test("theopenco/llmgateway#3604 (T10): deferred tools cost nothing until a search finds them, then they stand at the end", async () => {
  upstream.answer(
    chatScript(
      { thought: "Which tool?", calls: [search("weather")] },
      { calls: [{ name: "get_weather", arguments: '{"where":"Bern"}' }] },
    ),
  );
  const { json } = await gateway.ask(messagesClient, { model, tools, messages: [question] });
  expect(shown(-2)).toEqual(["tool_search", "read_file"]);
  expect(shown(-1)).toEqual(["tool_search", "read_file", "get_weather"]);
  expect(toArray(json.content)).toMatchObject([
    { type: "thinking" },
    { type: "server_tool_use", name: "tool_search_tool_regex", input: { query: "weather" } },
    {
      type: "tool_search_tool_result",
      content: { tool_references: [{ type: "tool_reference", tool_name: "get_weather" }] },
    },
    { type: "tool_use", name: "get_weather", input: { where: "Bern" } },
  ]);
  expect(json.stop_reason).toBe("tool_use");

  const before = sent(-1);
  const result = { type: "tool_result", tool_use_id: toObject(toArray(json.content)[3]).id, content: "sunny" };
  await gateway.ask(messagesClient, {
    model,
    tools,
    messages: [question, { role: "assistant", content: json.content }, { role: "user", content: [result] }],
  });
  expect(shown(-1)).toEqual(["tool_search", "read_file", "get_weather"]);
  expect(sent(-1).slice(0, before.length)).toEqual(before);
});

test("a pattern that is none is told to the model, which may try again", async () => {
  upstream.answer(chatScript({ calls: [search("(")] }, { calls: [search("mail")] }, { text: "There is one." }));
  const { json } = await gateway.ask(messagesClient, { model, tools, messages: [question] });
  expect(JSON.stringify(json.content)).toContain('"error_code":"invalid_pattern"');
  expect(shown(-1)).toEqual(["tool_search", "read_file", "send_mail"]);
});

test("Claude Code's own ToolSearch is a function like any other, and what it loads in the middle is shown at the end", async () => {
  upstream.answer(chatScript({ text: "ok" }));
  const own = make("ToolSearch", "Finds tools");
  const list = [make("Bash", "Runs"), make("WebSearch", "Searches", later), make("WebFetch", "Fetches", later), own];
  const messages = [
    question,
    { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "ToolSearch", input: {} }] },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "t1", content: [{ type: "tool_reference", tool_name: "WebFetch" }] },
      ],
    },
  ];
  await gateway.ask(messagesClient, { model, tools: list, messages: [question] });
  const prefix = JSON.stringify(upstream.last().body.tools).slice(0, -1);
  await gateway.ask(messagesClient, { model, tools: list, messages });
  expect(shown(-1)).toEqual(["Bash", "ToolSearch", "WebFetch"]);
  expect(JSON.stringify(upstream.last().body.tools).startsWith(prefix)).toBe(true);
});

test("MoonshotAI/Kimi-K2#90 (T11): 150 tools at a vendor that takes 128", async () => {
  const many = Array.from({ length: 150 }, (_, at) =>
    make(`tool_${at}`, at === 140 ? "Opens the pod bay doors" : "Else"),
  );
  upstream.answer(
    chatScript({ calls: [search("open pod bay doors")] }, { calls: [{ name: "tool_140", arguments: "{}" }] }),
  );
  const heard = await gateway.ask(messagesClient, { model, tools: many, messages: [question] });
  expect(heard.json.stop_reason).toBe("tool_use");
  expect(shown(-2)).toHaveLength(96);
  expect(shown(-1)).toEqual([...shown(-2), "tool_140"]);
  expect(String(heard.headers["x-onerouter-receipt"])).toContain("tools");

  const strict = await gateway.ask(messagesClient, { model, tools: many, messages: [question], strict: true });
  expect(strict.status).toBe(400);
  expect(messagesClient.error(strict).message).toMatch(/150 tools are more than the 128 that moonshot takes/);
});
