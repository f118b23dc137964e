import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, readEvents, toArray, toObject, type CallOptions, type Heard, type Json } from "../testing/call.ts";
import { startTestGateway, type TestGateway } from "../testing/start-test-gateway.ts";

/* Google's addresses: the model and the method in the path, keys in Google's places, errors in Google's words. */

let mock: MockUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  mock = await startMockUpstream();
  gateway = await startTestGateway({
    providers: {
      moonshot: {
        protocol: "openai-chat",
        base_url: `${mock.url}/moonshot/v1`,
        models: {
          "moonshotai/kimi-k2-thinking": {
            upstream_id: "kimi-k2-thinking",
            context_length: 262_144,
            max_output_tokens: 32_768,
          },
        },
      },
      google: {
        protocol: "gemini",
        base_url: `${mock.url}/google`,
        models: { "google/gemini-3-pro": { upstream_id: "gemini-3-pro-preview" }, vectors: { kind: "embedding" } },
      },
    },
    aliases: { kimi: "moonshotai/kimi-k2-thinking" },
  });
});
afterAll(async () => {
  await gateway.stop();
  await mock.close();
});

const hello: Json = { contents: [{ role: "user", parts: [{ text: "say hello" }] }] };
const ask = (path: string, options: CallOptions = {}): Promise<Heard> =>
  call(gateway.url + path, { body: hello, headers: { "x-goog-api-key": gateway.key }, ...options }).done;

/** The text of the chunks of a stream, or of a whole answer. */
function textOf(chunks: readonly Json[]): string {
  return chunks
    .flatMap(({ candidates }) => toArray(toObject(toObject(toArray(candidates)[0]).content).parts).map(toObject))
    .map(({ text, thought }) => (thought === true ? "" : (text ?? "")))
    .join("");
}

describe.each([
  ["a plain name", "kimi"],
  ["a slash", "moonshotai/kimi-k2-thinking"],
  ["an escaped slash", "moonshotai%2Fkimi-k2-thinking"],
  ["a model of Google's", "google/gemini-3-pro"],
])("a model with %s", (_name, model) => {
  test.each(["/v1beta", "/v1", "/v1alpha", "//v1beta/"])("answers whole under %s", async (prefix) => {
    const heard = await ask(`${prefix}/models/${model}:generateContent`);
    expect([heard.status, textOf([heard.json])]).toEqual([200, expect.stringMatching(/\w/)]);
    expect(toObject(heard.json.usageMetadata).totalTokenCount).toBeGreaterThan(0);
    expect(await gateway.generation(heard)).toMatchObject({ client_protocol: "gemini", streamed: false, status: 200 });
  });

  test("streams events with alt=sse, and without it one JSON array", async () => {
    const events = await ask(`/v1beta/models/${model}:streamGenerateContent?alt=sse`);
    const array = await ask(`/v1beta/models/${model}:streamGenerateContent`);
    expect([events.headers["content-type"], array.headers["content-type"]]).toEqual([
      expect.stringContaining("text/event-stream"),
      expect.stringContaining("application/json"),
    ]);
    const chunks = JSON.parse(array.text) as Json[];
    expect(textOf(chunks)).toMatch(/\w/);
    expect(textOf(readEvents(events.text))).toBe(textOf(chunks));
    expect(toObject(toArray(chunks.at(-1)?.candidates)[0]).finishReason).toBe("STOP");
    expect(await gateway.generation(array)).toMatchObject({ streamed: true });
  });

  test("counts", async () => {
    const { status, json } = await ask(`/v1beta/models/${model}:countTokens`);
    expect([status, Number(json.totalTokens) > 0]).toEqual([200, true]);
    const wrapped = { generateContentRequest: { model: `models/${model}`, ...hello } };
    expect((await ask(`/v1beta/models/${model}:countTokens`, { body: wrapped })).json.totalTokens).toBe(
      json.totalTokens,
    );
  });
});

test("the upstream of Google's own is asked at its address, with its own key", async () => {
  await ask("/v1beta/google/gemini-3-pro:streamGenerateContent?alt=sse");
  const { path, headers } = mock.requests.at(-1) ?? { path: "", headers: undefined };
  expect([path, headers?.["x-goog-api-key"]]).toEqual([
    "/google/v1beta/models/gemini-3-pro-preview:streamGenerateContent?alt=sse",
    "upstream-key",
  ]);
  expect(JSON.stringify(headers)).not.toContain(gateway.key);
});

describe("keys", () => {
  const path = "/v1beta/models/kimi:generateContent";
  test.each([
    ["x-goog-api-key", (key: string) => ask(path, { headers: { "x-goog-api-key": key } })],
    ["the query", (key: string) => ask(`${path}?key=${key}`, { headers: {} })],
    ["a bearer", (key: string) => ask(path, { headers: { authorization: `Bearer ${key}` } })],
    ["x-api-key", (key: string) => ask(path, { headers: { "x-api-key": key } })],
    ["the query, for the list", (key: string) => call(`${gateway.url}/v1beta/models?key=${key}`).done],
  ])("%s is taken, and a wrong one is refused in Google's words", async (_name, send) => {
    expect((await send(gateway.key)).status).toBe(200);
    const { status, json } = await send(`sk-or-v1-${"0".repeat(64)}`);
    expect([status, toObject(json.error)]).toEqual([
      401,
      expect.objectContaining({ code: 401, status: "UNAUTHENTICATED" }),
    ]);
  });

  test("a query holds no key for the other protocols", async () => {
    const body = { model: "kimi", messages: [{ role: "user", content: "x" }] };
    expect((await call(`${gateway.url}/v1/chat/completions?key=${gateway.key}`, { body }).done).status).toBe(401);
    expect((await call(`${gateway.url}/v1/models?key=${gateway.key}`).done).status).toBe(401);
  });
});

describe("errors are Google's", () => {
  test.each<[name: string, path: string, options: CallOptions, status: number, word: string]>([
    ["an unknown model", "/v1beta/models/kimmi:generateContent", {}, 404, "NOT_FOUND"],
    ["a model for embeddings", "/v1beta/models/vectors:generateContent", {}, 400, "INVALID_ARGUMENT"],
    ["no contents", "/v1beta/models/kimi:generateContent", { body: {} }, 400, "INVALID_ARGUMENT"],
    ["no JSON", "/v1beta/models/kimi:generateContent", { body: "{" }, 400, "INVALID_ARGUMENT"],
    ["an unknown method", "/v1beta/models/kimi:predict", {}, 405, "INVALID_ARGUMENT"],
    ["another path", "/v1beta/files", {}, 404, "NOT_FOUND"],
    [
      "an unknown model in the list",
      "/v1beta/models/nothing/here",
      { body: undefined, method: "GET" },
      404,
      "NOT_FOUND",
    ],
  ])("%s", async (_name, path, options, status, word) => {
    const heard = await ask(path, options);
    expect([heard.status, toObject(heard.json.error)]).toEqual([
      status,
      expect.objectContaining({ code: status, status: word }),
    ]);
  });

  test("a method that Gemini has not is no method to be sent with POST", async () => {
    expect((await ask("/v1beta/models/kimi:predict")).headers.allow).toBe("GET, HEAD");
    expect((await ask("/v1beta/models/kimi:countTokens", { method: "PUT" })).headers.allow).toBe("POST");
  });

  test("a path that is not properly escaped is no crash", async () => {
    expect((await ask("/v1beta/models/%E0%A4%A:generateContent")).status).toBe(400);
  });
});

describe("models", () => {
  const get = async (path: string): Promise<Json> => (await ask(path, { body: undefined, method: "GET" })).json;

  test("are listed in Google's shape, by pages", async () => {
    const names = (list: Json): unknown[] => toArray(list.models).map((model) => toObject(model).name);
    const all = await get("/v1beta/models");
    expect(names(all)).toEqual([
      "models/moonshotai/kimi-k2-thinking",
      "models/kimi",
      "models/google/gemini-3-pro",
      "models/vectors",
    ]);
    expect(toArray(all.models)[1]).toMatchObject({
      baseModelId: "moonshotai/kimi-k2-thinking",
      inputTokenLimit: 262_144,
      outputTokenLimit: 32_768,
      supportedGenerationMethods: ["generateContent", "countTokens"],
    });
    const first = await get("/v1beta/models?pageSize=3");
    const second = await get(`/v1beta/models?pageSize=3&pageToken=${String(first.nextPageToken)}`);
    expect([names(first).length, names(second), second.nextPageToken]).toEqual([3, ["models/vectors"], undefined]);
  });

  test("and found by name", async () => {
    for (const name of ["kimi", "models/kimi"])
      expect(await get(`/v1beta/models/${name}`)).toMatchObject({ name: "models/kimi" });
    expect((await get("/v1beta/models/vectors")).supportedGenerationMethods).toEqual([
      "embedContent",
      "batchEmbedContents",
    ]);
  });
});
