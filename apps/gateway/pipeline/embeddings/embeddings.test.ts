import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { call, toArray, toObject, type Heard, type Json } from "../../testing/call.ts";
import {
  sendJson,
  startScriptedUpstream,
  type Handler,
  type ScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

const vectors = [
  [0.5, -1, 0.25],
  [1, 2, 3],
];

/** Answers as OpenAI or as Google do, by the path, the last input first: the index says which is which. */
const embed: Handler = (response, { path, body }) => {
  if (path.endsWith(":batchEmbedContents")) {
    sendJson(response, 200, { embeddings: toArray(body.requests).map((_, at) => ({ values: vectors[at] })) });
    return;
  }
  const inputs = Array.isArray(body.input) && typeof body.input[0] !== "number" ? body.input : [body.input];
  const data = inputs.map((_, index) => ({ object: "embedding", index, embedding: vectors[index] })).reverse();
  sendJson(response, 200, { object: "list", data, model: "text-embed", usage: { prompt_tokens: 7, total_tokens: 7 } });
};

let first: ScriptedUpstream;
let second: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  first = await startScriptedUpstream(embed);
  second = await startScriptedUpstream(embed);
  const embedding = { kind: "embedding" as const, pricing: { prompt: 0.02 } };
  gateway = await startTestGateway({
    providers: {
      openai: {
        protocol: "openai-chat",
        base_url: `${first.url}/v1`,
        models: { "a/vectors": { ...embedding, upstream_id: "text-embed" }, "a/moody": embedding, chat: {} },
      },
      spare: { protocol: "openai-chat", base_url: `${second.url}/v1`, models: { "a/moody": embedding } },
      google: {
        protocol: "gemini",
        base_url: first.url,
        api_keys: ["google-key"],
        models: { "g/vectors": { ...embedding, upstream_id: "gemini-embedding-001" } },
      },
    },
    aliases: { vectors: "a/vectors" },
  });
});
afterAll(async () => {
  await gateway.stop();
  await first.close();
  await second.close();
});
beforeEach(() => {
  first.answer(embed);
  second.answer(embed);
});

const ask = (body: Json, path = "/v1/embeddings"): Promise<Heard> =>
  call(gateway.url + path, { body, headers: { authorization: `Bearer ${gateway.key}` } }).done;

const embeddingsOf = ({ json }: Heard): unknown[] => toArray(json.data).map((item) => toObject(item).embedding);

describe("POST /v1/embeddings", () => {
  test.each([
    ["a string", "hello", "hello", 1],
    ["a list", ["hello", "you"], ["hello", "you"], 2],
    ["tokens", [1, 2, 3], [1, 2, 3], 1],
    ["lists of tokens", [[1, 2], [3]], [[1, 2], [3]], 2],
  ])("%s is embedded, in its order", async (_name, input, sent, count) => {
    const heard = await ask({ model: "vectors", input, dimensions: 3, user: "u", new_field: true });
    expect([heard.status, heard.json.object, heard.json.model]).toEqual([200, "list", "vectors"]);
    expect(embeddingsOf(heard)).toEqual(vectors.slice(0, count));
    expect(heard.json.usage).toEqual({ prompt_tokens: 7, total_tokens: 7 });
    expect(first.last()).toMatchObject({
      path: "/v1/embeddings",
      body: { model: "text-embed", input: sent, dimensions: 3, user: "u", new_field: true, encoding_format: "float" },
    });
  });

  test("vectors come as base64 where the client asks for it, whatever the upstream sends", async () => {
    const bytes = Buffer.from(new Float32Array(vectors[0] ?? []).buffer).toString("base64");
    const asked = { model: "vectors", input: "x", encoding_format: "base64" };
    expect(embeddingsOf(await ask(asked, "/api/v1/embeddings"))).toEqual([bytes]);
    first.answer((response) => sendJson(response, 200, { data: [{ embedding: bytes, index: 0 }] }));
    expect(embeddingsOf(await ask(asked))).toEqual([bytes]);
    expect(embeddingsOf(await ask({ ...asked, encoding_format: "float" }))).toEqual([vectors[0]]);
  });

  test("usage and cost are recorded as a generation's", async () => {
    const record = await gateway.generation(await ask({ model: "vectors", input: "x" }));
    expect(record).toMatchObject({
      model: "a/vectors",
      requested_model: "vectors",
      upstream_model: "text-embed",
      status: 200,
      tokens_prompt: 7,
      tokens_completion: 0,
      usage_source: "upstream",
      total_cost: 0.000_000_14,
      streamed: false,
    });
  });

  test("the next endpoint is asked when one fails, also when its answer lacks a vector", async () => {
    for (const bad of [
      (response) => sendJson(response, 500, { error: { message: "broken" } }),
      (response) => sendJson(response, 200, { data: [] }),
      (response) => void response.socket?.destroy(),
    ] satisfies Handler[]) {
      first.answer(bad);
      const heard = await ask({ model: "a/moody", input: "x" });
      expect([heard.status, embeddingsOf(heard)]).toEqual([200, [vectors[0]]]);
      expect(await gateway.generation(heard)).toMatchObject({ provider_name: "spare" });
    }
  });

  test("an upstream's refusal is told in OpenAI's shape", async () => {
    first.answer((response) => sendJson(response, 400, { error: { message: "too long for us", type: "x" } }));
    const { status, json } = await ask({ model: "vectors", input: "x" });
    expect([status, toObject(json.error).type]).toEqual([400, "invalid_request_error"]);
    expect(toObject(json.error).message).toMatch(/too long for us/);
  });

  test.each<[field: string, body: Json]>([
    ["model", { input: "x" }],
    ["model", { model: "chat", input: "x" }],
    ["input", { model: "vectors" }],
    ["input", { model: "vectors", input: [] }],
    ["input[1]", { model: "vectors", input: ["x", 1] }],
    ["input[0]", { model: "vectors", input: [[], [1]] }],
    ["input[1]", { model: "vectors", input: [1, -1] }],
    ["encoding_format", { model: "vectors", input: "x", encoding_format: "hex" }],
    ["dimensions", { model: "vectors", input: "x", dimensions: 0 }],
  ])("%s in %j is refused by name", async (field, body) => {
    const { status, json } = await ask(body);
    expect([status, toObject(json.error).param]).toEqual([400, field]);
  });

  test("a chat with a model for embeddings is refused, and a model that is not there is told", async () => {
    const chat = await ask({ model: "vectors", messages: [{ role: "user", content: "x" }] }, "/v1/chat/completions");
    expect([chat.status, toObject(chat.json.error).message]).toEqual([400, expect.stringContaining("/v1/embeddings")]);
    expect((await ask({ model: "a/vector", input: "x" })).status).toBe(404);
  });
});

test("a Gemini upstream answers OpenAI's client; what it has no word for is on the receipt", async () => {
  const heard = await ask({
    model: "g/vectors",
    input: ["a", "b"],
    dimensions: 3,
    user: "u",
    encoding_format: "base64",
  });
  expect(heard.status).toBe(200);
  const { path, headers, body } = first.last();
  expect([path, headers["x-goog-api-key"], headers.authorization]).toEqual([
    "/v1beta/models/gemini-embedding-001:batchEmbedContents",
    "google-key",
    undefined,
  ]);
  expect(body).toEqual({
    requests: ["a", "b"].map((text) => ({
      model: "models/gemini-embedding-001",
      content: { parts: [{ text }] },
      outputDimensionality: 3,
    })),
  });
  expect(embeddingsOf(heard)).toEqual(
    vectors.map((vector) => Buffer.from(new Float32Array(vector).buffer).toString("base64")),
  );
  expect(await gateway.generation(heard)).toMatchObject({
    usage_source: "estimated",
    tokens_prompt: 1,
    tokens_completion: 0,
    receipt: [{ field: "user", action: "dropped" }],
  });
});

test("tokens are for OpenAI's models alone", async () => {
  const { status, json } = await ask({ model: "g/vectors", input: [1, 2] });
  expect([status, toObject(json.error).param]).toEqual([400, "input"]);
});

describe.each(["a/vectors", "g/vectors"])("Gemini's client with %s", (model) => {
  const path = `/v1beta/models/${encodeURIComponent(model)}`;
  const content = { parts: [{ text: "hello" }] };

  test("embedContent gives one vector", async () => {
    const heard = await ask({ content, outputDimensionality: 3 }, `${path}:embedContent`);
    expect([heard.status, heard.json.embedding]).toEqual([200, { values: vectors[0] }]);
  });

  test("batchEmbedContents gives as many as were asked for", async () => {
    const requests = [content, { parts: [{ text: "you" }] }].map((one) => ({ model: `models/${model}`, content: one }));
    const heard = await ask({ requests }, `${path}:batchEmbedContents`);
    expect([heard.status, heard.json.embeddings]).toEqual([200, vectors.map((values) => ({ values }))]);
  });

  test.each<[field: string, method: string, body: Json]>([
    ["content", "embedContent", {}],
    ["content.parts[0]", "embedContent", { content: { parts: [{ inlineData: {} }] } }],
    ["requests", "batchEmbedContents", { requests: [] }],
    [
      "requests[1].outputDimensionality",
      "batchEmbedContents",
      { requests: [{ content, outputDimensionality: 1 }, { content }] },
    ],
  ])("%s is refused by name", async (field, method, body) => {
    const { status, json } = await ask(body, `${path}:${method}`);
    expect([status, toObject(json.error).status]).toEqual([400, "INVALID_ARGUMENT"]);
    expect(toObject(json.error).message).toContain(`${field}: `);
  });
});
