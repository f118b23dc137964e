import { afterAll, beforeAll, expect, test } from "vitest";
import { asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import type { MockUpstream } from "../index.ts";
import { post, readEvents } from "../testing/talk.ts";

let mock: MockUpstream;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "vertex" });
});
afterAll(() => mock.close());

const body = {
  anthropic_version: "vertex-2023-10-16",
  max_tokens: 1000,
  messages: [{ role: "user", content: "hello" }],
};
const send = (method: string, sent: JsonObject, model = "claude-sonnet-4-5@20250929", headers = {}) =>
  post(
    `${mock.url}/v1/projects/p/locations/europe-west1/publishers/anthropic/models/${model}:${method}`,
    sent,
    headers,
  );

test("answers in Anthropic's protocol, whole and streamed", async () => {
  const whole = await send("rawPredict", body);
  const streamed = await send("streamRawPredict", { ...body, stream: true });
  expect([whole.status, whole.json.model]).toEqual([200, "claude-sonnet-4-5-20250929"]);
  const text = readEvents(streamed.text)
    .map((event) => asObject(event.delta).text ?? "")
    .join("");
  expect(whole.json.content).toEqual([{ type: "text", text }]);
});

test("counts tokens for a model named in the body", async () => {
  const { max_tokens: _max, ...rest } = body;
  const counted = await send("rawPredict", { ...rest, model: "claude-sonnet-4-5" }, "count-tokens");
  expect(counted.json.input_tokens).toBeGreaterThan(0);
});

test.each<[string, JsonObject, string, number]>([
  ["a model in the body", { ...body, model: "claude-sonnet-4-5" }, "claude-sonnet-4-5", 400],
  ["no version", { ...body, anthropic_version: undefined }, "claude-sonnet-4-5", 400],
  ["Bedrock's version", { ...body, anthropic_version: "bedrock-2023-05-31" }, "claude-sonnet-4-5", 400],
  ["another model", body, "gpt-5", 404],
])("%s is refused", async (_, sent, model, status) => {
  expect((await send("rawPredict", sent, model)).status).toBe(status);
});

test("an API key is no access token", async () => {
  expect((await send("rawPredict", body, "claude-sonnet-4-5", { authorization: "", "x-api-key": "k" })).status).toBe(
    401,
  );
});
