import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { checkChunk, checkCompletion, checkFailure } from "./specs/chat-schema.ts";
import { recordValue } from "./specs/tools.ts";
import { upstreams } from "./stand/gateway-config.ts";
import { startStand } from "./stand/start-stand.ts";

const stand = await startStand();
afterAll(() => stand.close());
beforeEach(() => stand.mock.reset());

function post(body: object): Promise<Response> {
  return fetch(`${stand.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${stand.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

const { name, description, parameters } = recordValue();
const tools = [{ type: "function", function: { name, description, parameters } }];
const requests: ReadonlyArray<[what: string, text: string, extra: object]> = [
  ["text", "say hello", {}],
  ["a thought", "think about rivers", { reasoning_effort: "medium" }],
  ["parallel calls", "call 3 tools in parallel: record_value", { tools }],
  ["an answer cut off by its limit", "think about rivers", { max_completion_tokens: 2 }],
  ["JSON", "answer with JSON", { response_format: { type: "json_object" } }],
];
const grid = upstreams.flatMap(({ model }) => requests.map((request) => [model, ...request] as const));

describe.each(grid)("%s, %s", (model, _, text, extra) => {
  const body = { model, messages: [{ role: "user", content: text }], ...extra };

  test("a whole answer is as documented", async () => {
    const response = await post(body);
    expect(response.headers.get("content-type")).toContain("application/json");
    const answer: unknown = await response.json();
    expect(checkCompletion(answer)).toEqual([]);
    expect(answer).toMatchObject({ model });
  });

  test.each([true, false])("a stream is as documented, include_usage: %s", async (withUsage) => {
    const response = await post({ ...body, stream: true, stream_options: { include_usage: withUsage } });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const events = (await response.text()).split("\n\n").filter((event) => event !== "");
    expect(events.pop()).toBe("data: [DONE]");
    const chunks = events.map((event) => JSON.parse(event.replace(/^data: /, "")) as Chunk);
    expect(chunks.flatMap(checkChunk)).toEqual([]);

    // One answer: one id, the role first, one finish, usage (when wanted) in a chunk of its own after it.
    expect(new Set(chunks.map(({ id, model: told }) => `${id} ${told}`)).size).toBe(1);
    expect(chunks[0]).toMatchObject({ model, choices: [{ delta: { role: "assistant" } }] });
    const finishes = chunks.flatMap(({ choices }, at) => (choices[0]?.finish_reason == null ? [] : [at]));
    expect(finishes).toEqual([chunks.length - (withUsage ? 2 : 1)]);
    expect(chunks.filter(({ usage }) => usage != null).map(({ choices }) => choices)).toEqual(withUsage ? [[]] : []);
  });
});

interface Chunk {
  id: string;
  model: string;
  choices: Array<{ finish_reason: string | null }>;
  usage?: object | null;
}

test.each([
  ["an unknown model", { model: "no/such", messages: [{ role: "user", content: "a" }] }, 404],
  ["no messages", { model: "a/b" }, 400],
  ["a broken tool", { model: "a/b", messages: [{ role: "user", content: "a" }], tools: [{}] }, 400],
])("the error for %s is as documented", async (_, body, status) => {
  const response = await post(body);
  expect(response.status).toBe(status);
  expect(checkFailure(await response.json())).toEqual([]);
});
