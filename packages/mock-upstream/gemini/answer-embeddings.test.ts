import { afterAll, beforeAll, expect, test } from "vitest";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { startMockUpstream } from "../index.ts";
import type { MockUpstream } from "../index.ts";
import { post } from "../testing/talk.ts";

let mock: MockUpstream;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "embeddings" });
});
afterAll(() => mock.close());

const model = "gemini-embedding-001";
const content = (text: string) => ({ parts: [{ text }] });
const send = (method: string, body: JsonObject, of = model) =>
  post(`${mock.url}/v1beta/models/${of}:${method}`, body, { "x-goog-api-key": "k" });

test("one text and several have the same vectors", async () => {
  const one = await send("embedContent", { content: content("b"), outputDimensionality: 8 });
  const requests = ["a", "b"].map((text) => ({
    model: `models/${model}`,
    content: content(text),
    outputDimensionality: 8,
  }));
  const several = await send("batchEmbedContents", { requests });
  const embeddings = asArray(several.json.embeddings).map((embedding) => asArray(asObject(embedding).values));
  expect(embeddings.map((values) => values.length)).toEqual([8, 8]);
  expect(embeddings[1]).toEqual(asObject(one.json.embedding).values);
});

test.each<[string, string, JsonObject, number]>([
  ["a batch of nothing", "batchEmbedContents", { requests: [] }, 400],
  ["an empty text", "embedContent", { content: content("") }, 400],
  ["OpenAI's form", "embedContent", { input: "x" }, 400],
  [
    "another model than the path's",
    "batchEmbedContents",
    { requests: [{ model: "models/x", content: content("a") }] },
    400,
  ],
])("%s is refused", async (_, method, body, status) => {
  expect((await send(method, body)).status).toBe(status);
});

test("a model that embeds nothing is not found", async () => {
  expect((await send("embedContent", { content: content("a") }, "gemini-3-pro-preview")).status).toBe(404);
});
