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

const model = "text-embedding-3-small";
const ask = (body: JsonObject) => post(`${mock.url}/v1/embeddings`, { model, ...body });

async function vectorsOf(body: JsonObject): Promise<unknown[]> {
  const { json } = await ask(body);
  return asArray(json.data).map((one) => asObject(one).embedding);
}

test("the same text has the same vector of length 1, in both encodings", async () => {
  const [floats] = await vectorsOf({ input: "hello" });
  const [coded] = await vectorsOf({ input: ["hello"], encoding_format: "base64" });
  const bytes = Buffer.from(String(coded), "base64");
  const decoded = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
  expect(decoded).toEqual(floats);
  expect(decoded).toHaveLength(1536);
  expect(Math.hypot(...decoded)).toBeCloseTo(1, 5);
});

test("several inputs, tokens among them, have vectors of their own in order", async () => {
  const { json } = await ask({ input: [[1, 2, 3], [4]], dimensions: 8 });
  const vectors = asArray(json.data).map(asObject);
  expect(vectors.map((one) => one.index)).toEqual([0, 1]);
  expect(vectors.map((one) => asArray(one.embedding).length)).toEqual([8, 8]);
  expect(vectors[0]?.embedding).not.toEqual(vectors[1]?.embedding);
  expect(json.usage).toEqual({ prompt_tokens: 4, total_tokens: 4 });
});

test.each<[string, JsonObject]>([
  ["no input", {}],
  ["an empty text", { input: "" }],
  ["an empty list", { input: [] }],
  ["an unknown encoding", { input: "x", encoding_format: "hex" }],
  ["too many dimensions", { input: "x", dimensions: 2000 }],
  ["an unknown field", { input: "x", messages: [] }],
])("%s is refused", async (_, body) => {
  expect((await ask(body)).status).toBe(400);
});
