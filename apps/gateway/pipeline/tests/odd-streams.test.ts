import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { checkAnthropicStream } from "@onerouter/protocols/grammar/index";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEvents, toArray, toObject, type Heard, type Json } from "../../testing/call.ts";
import { chatClient, clientDialects, messagesClient, type ClientDialect } from "../../testing/client-dialects.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/*
 * Streams that are odd but can be understood (musistudio/claude-code-router#198, router-for-me/CLIProxyAPI#539,
 * BerriAI/litellm#32357; T1, T4): every client gets a legal stream with the same calls.
 */

const faults = [
  "latency=0",
  "late",
  "after",
  "role",
  "usage=early",
  "usage=twice",
  "usage=missing",
  "sse=crlf",
  "sse=cr",
  "sse=comments",
  "sse=no-space",
  "sse=no-final-blank",
  "sse=crlf,comments+bytes=1",
  "bytes=1+unicode",
  "bytes=7+unicode",
  "calls=interleaved",
  "args=one",
  "args=many",
  "type=text",
  "type=json",
  "rate=1000",
];
const upstreams = {
  plain: { protocol: "openai-chat", path: "/v1", model: "mock-thinking" },
  moonshot: { protocol: "openai-chat", path: "/moonshot/v1", model: "kimi-k2-thinking" },
  messages: { protocol: "anthropic-messages", path: "", model: "mock-thinking" },
} as const;

let mock: MockUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  mock = await startMockUpstream();
  const providers = Object.entries(upstreams).map(([name, { protocol, path, model }]) => {
    const models = Object.fromEntries(
      faults.map((fault, at) => [`${name}-${at}`, { upstream_id: `${model}+${fault}` }]),
    );
    return [name, { protocol, base_url: mock.url + path, models }] as const;
  });
  gateway = await startTestGateway({ providers: Object.fromEntries(providers) });
});
afterAll(async () => {
  await gateway.stop();
  await mock.close();
});

const parameters = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };
const prompt = [{ role: "user", content: "call 3 tools in parallel" }];

function fieldsFor(client: ClientDialect): Json {
  return client === messagesClient
    ? {
        messages: prompt,
        tools: [{ name: "Bash", description: "Runs a command.", input_schema: parameters }],
        thinking: { type: "adaptive" },
      }
    : {
        messages: prompt,
        tools: [{ type: "function", function: { name: "Bash", description: "Runs a command.", parameters } }],
      };
}

/** The calls of an answer, as the client's own collector would put them together. */
function callsOf(client: ClientDialect, { text }: Heard): unknown[] {
  const calls: Array<{ id: unknown; name: unknown; json: string }> = [];
  for (const event of readEvents(text)) {
    if (client === chatClient) {
      for (const piece of toArray(toObject(toObject(toArray(event.choices)[0]).delta).tool_calls).map(toObject)) {
        const call = (calls[Number(piece.index)] ??= { id: undefined, name: undefined, json: "" });
        const { name, arguments: json } = toObject(piece.function);
        call.id ??= piece.id;
        call.name ??= name;
        call.json += typeof json === "string" ? json : "";
      }
      continue;
    }
    const block = toObject(event.content_block);
    const delta = toObject(event.delta);
    if (block.type === "tool_use") calls.push({ id: block.id, name: block.name, json: "" });
    const open = calls.at(-1);
    if (delta.type === "input_json_delta" && open !== undefined) open.json += String(delta.partial_json);
  }
  expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
  return calls.map(({ name, json }) => ({ name, input: JSON.parse(json) as unknown }));
}

const ways = clientDialects.flatMap((client) => Object.keys(upstreams).map((upstream) => ({ client, upstream })));

describe.concurrent.each(ways)("$client.name, $upstream upstream", ({ client, upstream }) => {
  test.each(faults.map((fault, at) => [fault, at] as const))("%s", async (_fault, at) => {
    const heard = await gateway.ask(client, { ...fieldsFor(client), model: `${upstream}-${at}`, stream: true });
    expect([heard.status, heard.complete, client.isFinished(heard.text)]).toEqual([200, true, true]);
    expect(callsOf(client, heard)).toEqual(
      [1, 2, 3].map((number) => ({ name: "Bash", input: { command: `echo ${number}` } })),
    );
    if (client === messagesClient) expect(checkAnthropicStream(heard.text)).toEqual([]);
    const record = await gateway.generation(heard);
    expect(record).toMatchObject({ status: 200, error_code: null, finish_reason: "tool-calls" });
    expect(record.tokens_completion).toBeGreaterThan(0);
  });
});
