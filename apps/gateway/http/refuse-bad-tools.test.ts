import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Json } from "../testing/call.ts";
import { chatClient, messagesClient, type ClientDialect } from "../testing/client-dialects.ts";
import { serveGateway, type ServedGateway } from "../testing/serve-process.ts";

/** Stands in every piece of content, and must be found nowhere that the process leaves behind. */
const canary = "canary-5e21b";

let upstream: MockUpstream;
let gateway: ServedGateway;
beforeAll(async () => {
  upstream = await startMockUpstream({ strict: false });
  gateway = await serveGateway({
    providers: {
      chat: { protocol: "openai-chat", base_url: `${upstream.url}/v1`, api_keys: ["k"], models: { m: {} } },
    },
  });
}, 30_000);
afterAll(async () => {
  await gateway.place.remove();
  await upstream.close();
});

async function expectRefusal(dialect: ClientDialect, body: unknown, field: string): Promise<void> {
  const heard = await gateway.ask(dialect, {}, { body });
  expect([heard.status, dialect.error(heard).message]).toEqual([400, expect.stringContaining(`${field}: `)]);
}

const schema = { type: "object", properties: {} };
const inArrays = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
const inObjects = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
/** The JSON of a body with raw JSON in the place of "PLACE": JSON.stringify itself does not go so deep. */
const withRaw = (body: Json, raw: string): string => JSON.stringify(body).replace('"PLACE"', raw);

describe("anthropic-messages", () => {
  const tool = { name: "look", input_schema: schema };
  const use = (fields: Json = {}): Json => ({ type: "tool_use", id: "t1", name: "look", input: {}, ...fields });
  const result = (fields: Json = {}): Json => ({ type: "tool_result", tool_use_id: "t1", content: canary, ...fields });
  const withTools = (...tools: unknown[]): Json => messagesClient.body({ tools });
  const withTurn = (assistant: unknown, user: unknown): Json =>
    messagesClient.body({
      tools: [tool],
      messages: [
        { role: "user", content: canary },
        { role: "assistant", content: assistant },
        { role: "user", content: user },
      ],
    });
  const nestedResults = (levels: number): string =>
    withRaw(
      withTurn([use()], ["PLACE"]),
      '{"type":"tool_result","tool_use_id":"t1","content":['.repeat(levels) + "]}".repeat(levels),
    );

  test.each<[name: string, body: unknown, field: string]>([
    ["no schema", withTools({ name: "look" }), "tools[0].input_schema"],
    ["a schema that is text", withTools({ ...tool, input_schema: canary }), "tools[0].input_schema"],
    [
      "a schema of 10,000 levels",
      withRaw(withTools({ ...tool, input_schema: "PLACE" }), inObjects(10_000)),
      "tools[0].input_schema",
    ],
    ["no name", withTools({ input_schema: schema }), "tools[0].name"],
    ["the same name twice", withTools(tool, tool), "tools[1].name"],
    ["half a surrogate pair in a name", withTools({ ...tool, name: `${canary}\ud83d` }), "tools[0].name"],
    [
      "half a pair in a schema",
      withTools({ ...tool, input_schema: { ...schema, title: `${canary}\udc00` } }),
      "tools[0].input_schema.title",
    ],
    [
      "half a pair in a call",
      withTurn([use({ input: { a: `${canary}\ud83d` } })], [result()]),
      "messages[1].content[0].input",
    ],
    [
      "half a pair in a result",
      withTurn([use()], [result({ content: `${canary}\ud83d` })]),
      "messages[2].content[0].content",
    ],
    ["a result without its call", withTurn("hello", [result()]), "messages[2].content[0].tool_use_id"],
    ["two results of one call", withTurn([use()], [result(), result()]), "messages[2].content[1].tool_use_id"],
    ["one call id twice", withTurn([use(), use()], [result()]), "messages[1].content[1].id"],
    ["a call by the user", withTurn("hello", [use()]), "messages[2].content[0].type"],
    ["input that is text", withTurn([use({ input: canary })], [result()]), "messages[1].content[0].input"],
    [
      "input of 10,000 levels",
      withRaw(withTurn([use({ input: "PLACE" })], [result()]), inObjects(10_000)),
      "messages[1].content[0].input",
    ],
    ["results in results, 10,000 levels", nestedResults(10_000), "messages[2].content[0].content[0].type"],
    ["results in results, 300,000 levels", nestedResults(300_000), "messages[2].content[0].content[0].type"],
  ])("%s", async (_name, body, field) => {
    await expectRefusal(messagesClient, body, field);
  });
});

describe("openai-chat", () => {
  const tool = (fields: Json = {}): Json => ({
    type: "function",
    function: { name: "look", parameters: schema, ...fields },
  });
  const call = (fields: Json = {}): Json => ({
    id: "t1",
    type: "function",
    function: { name: "look", arguments: "{}", ...fields },
  });
  const withTools = (...tools: unknown[]): Json => chatClient.body({ tools });
  const withCalls = (calls: unknown, ...after: Json[]): Json =>
    chatClient.body({
      tools: [tool()],
      messages: [{ role: "user", content: canary }, { role: "assistant", content: null, tool_calls: calls }, ...after],
    });

  test.each<[name: string, body: unknown, field: string]>([
    ["no function", withTools({ type: "function" }), "tools[0].function"],
    ["no name", withTools(tool({ name: undefined })), "tools[0].function.name"],
    ["the same name twice", withTools(tool(), tool()), "tools[1].function.name"],
    [
      "the same name twice, of old",
      chatClient.body({ functions: [{ name: "a" }, { name: "a" }] }),
      "functions[1].name",
    ],
    ["parameters that are text", withTools(tool({ parameters: canary })), "tools[0].function.parameters"],
    [
      "parameters of 10,000 levels",
      withRaw(withTools(tool({ parameters: "PLACE" })), inObjects(10_000)),
      "tools[0].function.parameters",
    ],
    [
      "a format of 10,000 levels",
      withRaw(withTools({ type: "custom", custom: { name: "a", format: "PLACE" } }), inObjects(10_000)),
      "tools[0].custom.format",
    ],
    [
      "a choice of 10,000 levels",
      withRaw(
        chatClient.body({ tools: [tool()], tool_choice: { type: "allowed_tools", allowed_tools: "PLACE" } }),
        inObjects(10_000),
      ),
      "tool_choice",
    ],
    ["half a surrogate pair in a name", withTools(tool({ name: `${canary}\ud83d` })), "tools[0].function.name"],
    [
      "half a pair in parameters",
      withTools(tool({ parameters: { ...schema, title: `${canary}\udc00` } })),
      "tools[0].function.parameters.title",
    ],
    [
      "half a pair in a call",
      withCalls([call({ arguments: `"${canary}\ud83d"` })]),
      "messages[1].tool_calls[0].function.arguments",
    ],
    [
      "half a pair in a result",
      withCalls([call()], { role: "tool", tool_call_id: "t1", content: "\ud83d" }),
      "messages[2].content",
    ],
    [
      "half a pair in a thought",
      chatClient.body({
        messages: [
          { role: "user", content: "a" },
          { role: "assistant", content: "b", reasoning_content: `${canary}\ud83d` },
        ],
      }),
      "messages[1].reasoning_content",
    ],
    [
      "a result without its call",
      withCalls([call()], { role: "tool", tool_call_id: "t2", content: canary }),
      "messages[2].tool_call_id",
    ],
    ["a call without an id", withCalls([{ ...call(), id: undefined }]), "messages[1].tool_calls[0].id"],
    [
      "arguments of 10,000 levels",
      withRaw(withCalls([call({ arguments: "PLACE" })]), inObjects(10_000)),
      "messages[1].tool_calls[0].function.arguments",
    ],
    [
      "a content part of 10,000 levels",
      withRaw(
        chatClient.body({ messages: [{ role: "user", content: [{ type: "odd", odd: "PLACE" }] }] }),
        inArrays(10_000),
      ),
      "messages[0].content[0]",
    ],
    [
      "audio of 10,000 levels",
      withRaw(chatClient.body({ messages: [{ role: "user", content: "a", audio: "PLACE" }] }), inArrays(10_000)),
      "messages[0].audio",
    ],
  ])("%s", async (_name, body, field) => {
    await expectRefusal(chatClient, body, field);
  });
});

test("nothing of the content is left in the terminal or the data folder", () => {
  expect(gateway.traces()).not.toContain(canary);
});
