import { checkAnthropicStream } from "@onerouter/protocols/grammar/index";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEvents, toArray, toObject, type Heard, type Json } from "../../testing/call.ts";
import { chatScript, type ChatTurn } from "../../testing/chat-script.ts";
import { chatClient, messagesClient } from "../../testing/client-dialects.ts";
import { message, sendJson, startScriptedUpstream, type ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream(chatScript({ text: "hello" }));
  const chat = { protocol: "openai-chat", base_url: upstream.url } as const;
  const messages = { ...chat, protocol: "anthropic-messages" } as const;
  gateway = await startTestGateway({
    providers: {
      kimi: { ...chat, vendor: "moonshot", models: { "kimi-k2-thinking": {} } },
      able: { ...chat, vendor: "openai", models: { "gpt-4.1": {} } },
      deepseek: { ...messages, vendor: "deepseek", models: { deepseek: {} } },
    },
    server: { keep_alive_seconds: 0.3 },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

const schema = { type: "object", properties: { degrees: { type: "integer" } }, required: ["degrees"] };
const right = '{"degrees":21}';
const fields = { model: "kimi-k2-thinking", output_config: { format: { type: "json_schema", schema } } };
const content = ({ json }: Heard): Json[] => toArray(json.content).map(toObject);

/** Asks once, with these turns of the model, and tells how often the upstream was asked. */
async function ask(turns: ChatTurn[], more: Json = {}): Promise<{ heard: Heard; asked: number }> {
  const before = upstream.seen.length;
  upstream.answer(chatScript(...turns));
  const heard = await gateway.ask(messagesClient, { ...fields, ...more });
  return { heard, asked: upstream.seen.length - before };
}

test.each([
  ["right", right],
  ["in a code fence", `\`\`\`json\n${right}\n\`\`\``],
  ["with words around it", `Of course!\n${right}`],
  ["with a number as text", '{"degrees":"21"}'],
])("an answer that is %s gets to the client as the JSON that was asked for", async (_how, text) => {
  const { heard, asked } = await ask([{ text }]);
  expect(asked).toBe(1);
  expect(content(heard)).toEqual([{ type: "text", text: right }]);
  expect(JSON.stringify(upstream.last().body)).toContain("It must be valid against this JSON Schema");
  expect(upstream.last().body.response_format).toEqual({ type: "json_object" });
  expect(String(heard.headers["x-onerouter-receipt"])).toContain("response_format");
});

test("an answer that is not what was asked for is asked for again, and the model is told why", async () => {
  const { heard, asked } = await ask([{ text: '{"degrees":"warm"}' }, { text: right }]);
  expect(asked).toBe(2);
  expect(content(heard)).toEqual([{ type: "text", text: right }]);
  expect(toArray(upstream.last().body.messages).slice(-2)).toEqual([
    { role: "assistant", content: '{"degrees":"warm"}' },
    {
      role: "user",
      content:
        "That was not the JSON that was asked for: /degrees must be integer. Answer again, with the JSON and nothing else.",
    },
  ]);
  expect(heard.json.usage).toMatchObject({ output_tokens: 20 });
});

test("one that stays wrong is one clear error", async () => {
  const { heard, asked } = await ask([{ text: "It is warm." }]);
  expect(asked).toBe(3);
  expect(heard.status).toBe(502);
  expect(messagesClient.error(heard).message).toMatch(/not the JSON that was asked for: it is not valid JSON/);
});

test("streamed: thoughts go on as they come, the text comes when it is right, and nothing twice", async () => {
  const { heard, asked } = await ask(
    [
      { thought: "Hm.", text: "Warm." },
      { thought: "Ah.", text: right },
    ],
    { stream: true },
  );
  expect(asked).toBe(2);
  expect(checkAnthropicStream(heard.text)).toEqual([]);
  const texts = readEvents(heard.text).map((event) => toObject(event.delta).text);
  expect(texts.filter((text) => text !== undefined)).toEqual([right]);
  expect(heard.text).not.toContain("Warm.");
});

test("streamed: signs of life while the text is held", async () => {
  upstream.answer((response, request) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "{" } }] })}\n\n`);
    setTimeout(() => chatScript({ text: '"degrees":21}' })(silenceHeaders(response), request), 1_200);
  });
  const heard = await gateway.ask(messagesClient, { ...fields, stream: true });
  const text = heard.text.indexOf("text_delta");
  expect(heard.text.slice(0, text)).toMatch(/event: ping|: keep/);
  expect(messagesClient.text(heard)).toBe(right);
});

test("a call of a tool is not judged, what is said before it neither", async () => {
  const turn = { text: "Let me look.", calls: [{ name: "look", arguments: "{}" }] };
  const { heard, asked } = await ask([turn], { tools: [{ name: "look", input_schema: { type: "object" } }] });
  expect(asked).toBe(1);
  expect(content(heard).map(({ type }) => type)).toEqual(["text", "tool_use"]);
});

test("chat clients and Messages upstreams are served the same way", async () => {
  upstream.answer(chatScript({ text: `\`\`\`\n${right}\n\`\`\`` }));
  const response_format = { type: "json_schema", json_schema: { name: "a", schema } };
  const heard = await gateway.ask(chatClient, { model: "kimi-k2-thinking", response_format });
  expect(chatClient.text(heard)).toBe(right);
  upstream.answer((response) => sendJson(response, 200, message(`Here: ${right}`)));
  expect(content(await gateway.ask(messagesClient, { ...fields, model: "deepseek" }))).toEqual([
    { type: "text", text: right },
  ]);
});

test("an upstream that sees to it itself is trusted", async () => {
  const { heard } = await ask([{ text: "as it is" }], { model: "gpt-4.1" });
  expect(content(heard)).toEqual([{ type: "text", text: "as it is" }]);
  expect(upstream.last().body.response_format).toMatchObject({ type: "json_schema" });
});

/** Headers that are out already are not written again. */
function silenceHeaders<Response extends { writeHead: unknown; flushHeaders: unknown }>(response: Response): Response {
  return Object.assign(response, { writeHead: () => response, flushHeaders: () => undefined });
}
