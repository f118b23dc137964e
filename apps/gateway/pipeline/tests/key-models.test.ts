import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createKey } from "../../identity/create-key.ts";
import { openStorage } from "../../storage/open-storage.ts";
import { answerWell } from "../../testing/answer-well.ts";
import { call, toArray, toObject, type Heard, type Json } from "../../testing/call.ts";
import { callingClients } from "../../testing/calling-clients.ts";
import { chatClient, messagesClient } from "../../testing/client-dialects.ts";
import { sendJson, startScriptedUpstream, type ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway, type TestGatewayOptions } from "../../testing/start-test-gateway.ts";

/* What a key may ask for that is restricted to some models, on every route. */

const made = createKey("ci", 0, { models: ["author/m", "open/*", "quick"] });
const none = createKey("stale", 0, { models: ["gone"] });

let upstream: ScriptedUpstream;
let gateway: TestGateway;
/** The upstream model that refuses everything. */
let broken: string | undefined;
beforeAll(async () => {
  upstream = await startScriptedUpstream((response, request) => {
    if (request.body.model === broken) sendJson(response, 500, { error: { message: "no" } });
    else if (request.path.endsWith("/embeddings"))
      sendJson(response, 200, { object: "list", data: [{ index: 0, embedding: [1, 2] }], usage: { prompt_tokens: 2 } });
    else answerWell(response, request, `from ${String(request.body.model)}`);
  });
  gateway = await startTestGateway(options());
});
afterEach(() => {
  broken = undefined;
  upstream.seen.splice(0);
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

function options(aliases: Record<string, string> = {}): TestGatewayOptions {
  const priced = (prompt: number): Json => ({ pricing: { prompt, completion: prompt } });
  return {
    providers: {
      first: {
        protocol: "openai-chat",
        base_url: `${upstream.url}/v1`,
        models: {
          "author/m": priced(5),
          "author/other": priced(0.001),
          "open/a": priced(4),
          "open/b": priced(3),
          "third/fast": priced(6),
          "open/vectors": { kind: "embedding" },
          "author/vectors": { kind: "embedding" },
        },
      },
    },
    aliases: { quick: "third/fast", other: "author/other", ...aliases },
    keys: [made.record, none.record],
  };
}

const send = (path: string, body: unknown, key = made.key): Promise<Heard> =>
  call(gateway.url + path, { body, headers: { authorization: `Bearer ${key}`, "x-onerouter-plan": "1" } }).done;
const ask = (fields: Json, key?: string): Promise<Heard> => send(chatClient.path, chatClient.body(fields), key);
const get = (path: string, headers: Record<string, string> = {}): Promise<Heard> =>
  gateway.get(path, { ...headers, authorization: `Bearer ${made.key}` });
const asked = (): unknown[] => upstream.seen.map(({ body }) => body.model);

const restriction = 'the API key "ci" is restricted to author/m, open/*, quick';
const refusal = `model: "author/other" may not be asked for with this key; ${restriction}`;

describe.each(callingClients.map((client) => ({ client })))("$client.name", ({ client }) => {
  test.each(["author/m", "m", "open/a", "quick", "third/fast", "open/b:floor"])("%s is answered", async (model) => {
    for (const stream of [false, true]) {
      const heard = await send(client.path(model, stream), client.body(model, "hello", [], stream));
      expect([heard.status, client.text(heard)]).toEqual([200, expect.stringMatching(/^from /)]);
    }
  });

  test("another one is refused in the client's words, which name the restriction", async () => {
    for (const stream of [false, true]) {
      const heard = await send(client.path("author/other", stream), client.body("author/other", "hi", [], stream));
      const expected = {
        "anthropic-messages": { type: "permission_error", message: refusal },
        gemini: { code: 403, status: "PERMISSION_DENIED", message: refusal },
      };
      const openai = { type: "invalid_request_error", code: "model_not_found", param: "model", message: refusal };
      expect([heard.status, client.error(heard)]).toEqual([
        403,
        expect.objectContaining(client.name in expected ? expected[client.name as keyof typeof expected] : openai),
      ]);
    }
    expect(asked()).toEqual([]);
  });
});

const prompt = { messages: [{ role: "user", content: "hi" }] };
const contents = { contents: [{ role: "user", parts: [{ text: "hi" }] }] };

test.each<[path: string, body: (model: string) => Json, allowed: string, barred: string]>([
  ["/v1/completions", (model) => ({ model, prompt: "hi" }), "author/m", "author/other"],
  ["/api/v1/chat/completions", (model) => ({ model, ...prompt }), "open/a", "other"],
  ["/v1/embeddings", (model) => ({ model, input: "hi" }), "open/vectors", "author/vectors"],
  ["/v1/messages/count_tokens", (model) => ({ model, ...prompt }), "open/a", "author/other[1m]"],
  ["/v1/responses/input_tokens", (model) => ({ model, input: "hi" }), "open/a", "author/other"],
  ["/v1/responses/compact", (model) => ({ model, input: "hi" }), "open/a", "author/other"],
  ["/v1beta/models/{model}:countTokens", () => contents, "open/a", "author/other"],
  ["/v1beta/models/{model}:embedContent", () => ({ content: contents.contents[0] }), "open/vectors", "author/vectors"],
])("%s obeys", async (path, body, allowed, barred) => {
  const at = (model: string): Promise<Heard> => send(path.replace("{model}", model), body(model));
  expect((await at(allowed)).status).toBe(200);
  upstream.seen.splice(0);
  const heard = await at(barred);
  expect([heard.status, heard.text, asked()]).toEqual([403, expect.stringContaining("is restricted to"), []]);
});

test("a name in the address does not get around the one in the body (BerriAI/litellm#41810)", async () => {
  const heard = await send(`${chatClient.path}?model=author/other`, chatClient.body({ model: "author/m" }));
  expect(chatClient.text(heard)).toBe("from author/m");
});

describe("models to fall back on", () => {
  test.each<[Json, string]>([
    [{ models: ["author/other", "open/a"] }, "models[0]"],
    [{ fallback_models: ["other", "open/a"] }, "fallback_models[0]"],
    [{ fallbacks: [{ model: "author/other" }, "open/a"] }, "fallbacks[0].model"],
  ])("that the key may not use are left out, and told of: %j", async (fields, field) => {
    broken = "author/m";
    const heard = await ask({ model: "author/m", ...fields });
    expect([chatClient.text(heard), new Set(asked())]).toEqual(["from open/a", new Set(["author/m", "open/a"])]);
    const reason = "is not among the models of the key";
    expect(heard.headers["x-onerouter-plan"]).toContain(`out: first/author/other (${field}: ${reason})`);
    const record = toObject(
      (await get(`/v1/generation?id=${String(heard.headers["x-onerouter-generation-id"])}`)).json.data,
    );
    expect(record.receipt).toContainEqual({ action: "dropped", field, reason });
    expect(toArray(toObject(record.plan).excluded)).toContainEqual(
      expect.objectContaining({ model: "author/other", field, reason }),
    );
  });

  test("strict takes no less than was asked", async () => {
    const heard = await ask({ model: "author/m", models: ["author/other"], strict: true });
    expect([heard.status, chatClient.error(heard).message]).toEqual([
      400,
      expect.stringContaining("models[0]: strict"),
    ]);
    expect(asked()).toEqual([]);
  });

  test("one that is not here at all is named as before", async () => {
    const heard = await ask({ model: "author/m", models: ["open/c"] });
    expect([heard.status, chatClient.error(heard)]).toEqual([
      404,
      expect.objectContaining({ message: 'models[0]: "open/c" is not a model here; did you mean "open/a"?' }),
    ]);
  });
});

describe("onerouter/auto", () => {
  test("chooses among the key's models", async () => {
    // The cheapest of all is not among them.
    expect(chatClient.text(await ask({ model: "onerouter/auto" }, gateway.key))).toBe("from author/other");
    expect(chatClient.text(await ask({ model: "onerouter/auto" }))).toBe("from open/b");
    expect(chatClient.text(await ask({ model: "onerouter/auto:floor" }))).toBe("from open/b");
    expect(chatClient.text(await ask({ model: "onerouter/auto", models: ["author/other", "open/a"] }))).toBe(
      "from open/a",
    );
  });

  test.each<[string, Json, string, string]>([
    [made.key, { models: ["author/other"] }, "models[0]", restriction],
    [none.key, {}, "model", 'the API key "stale" is restricted to gone'],
  ])("that leaves none is refused", async (key, fields, field, ends) => {
    const heard = await ask({ model: "onerouter/auto", ...fields }, key);
    expect([heard.status, chatClient.error(heard).message]).toEqual([
      403,
      `${field}: onerouter/auto has no model to choose from; ${ends}`,
    ]);
  });
});

describe("lists", () => {
  const idsOf = (list: unknown, field = "id"): unknown[] => toArray(list).map((model) => toObject(model)[field]);
  const mine = ["author/m", "open/a", "open/b", "third/fast", "quick", "open/vectors"];

  test("show the key's models alone, in each shape", async () => {
    const { json, headers } = await get("/v1/models");
    expect([idsOf(json.data), json.total_count]).toEqual([mine, mine.length]);
    expect((await get("/v1/models/count")).json).toEqual({ data: { count: mine.length } });
    expect(idsOf((await get("/v1/models", { "anthropic-version": "2023-06-01" })).json.data)).toEqual(mine);
    expect(idsOf((await get("/v1beta/models")).json.models, "name")).toEqual(mine.map((name) => `models/${name}`));
    expect(idsOf((await get("/v1/models?model_authors=author")).json.data)).toEqual(["author/m"]);
    // What others may use is not told either.
    expect(idsOf((await get("/v1/models?all=true")).json.data)).toEqual(mine);
    const whole = await gateway.get("/v1/models");
    expect(idsOf(whole.json.data)).toContain("author/other");
    expect(headers.etag).not.toBe(whole.headers.etag);
  });

  test.each(["/v1/models/%", "/v1/models/%/endpoints", "/v1/model/%", "/v1beta/models/%"])("%s obeys", async (path) => {
    expect((await get(path.replace("%", "author/m"))).status).toBe(200);
    const heard = await get(path.replace("%", "author/other"));
    expect([heard.status, toObject(heard.json.error).message]).toEqual([403, refusal]);
    expect((await gateway.get(path.replace("%", "author/other"))).status).toBe(200);
  });

  test("a plan of a request that nobody makes is that of the key", async () => {
    expect((await get("/v1/route?model=author/other")).status).toBe(403);
    const { json } = await get("/v1/route?model=open/a&models=%5B%22other%22%5D");
    expect(toArray(toObject(json.data).excluded)).toMatchObject([{ model: "author/other", field: "models[0]" }]);
  });
});

test("an alias counts for the model that it leads to at the time", async () => {
  gateway.applyConfig(options({ quick: "author/other" }));
  expect((await ask({ model: "author/other" })).status).toBe(200);
  expect((await ask({ model: "third/fast" })).status).toBe(403);
  gateway.applyConfig(options());
  expect((await ask({ model: "author/other" })).status).toBe(403);
  expect((await ask({ model: "third/fast" })).status).toBe(200);
});

test("a change by another process is taken up while the gateway runs", async () => {
  const storage = await openStorage({ url: "sqlite:./onerouter.db", baseDir: gateway.folder });
  const statusOf = async (client = messagesClient): Promise<number> =>
    (await send(client.path, client.body({ model: "author/other" }))).status;
  try {
    expect(await statusOf()).toBe(403);
    await storage.keys.update(made.record.id, { models: null });
    await vi.waitFor(async () => expect(await statusOf()).toBe(200), { timeout: 10_000 });
    await storage.keys.update("ci", { models: made.record.models });
    await vi.waitFor(async () => expect(await statusOf()).toBe(403), { timeout: 10_000 });
  } finally {
    await storage.close();
  }
});
