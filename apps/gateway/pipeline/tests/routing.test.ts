import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { answerWell } from "../../testing/answer-well.ts";
import { toArray, toObject, type Heard, type Json } from "../../testing/call.ts";
import { chatClient, clientDialects, messagesClient } from "../../testing/client-dialects.ts";
import {
  chatChunk,
  chatCompletion,
  sendJson,
  startEventStream,
  startScriptedUpstream,
  type Handler,
  type ScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/* Every field by which a client chooses endpoints and models, through HTTP: who was asked, in which order. */

let upstream: ScriptedUpstream;
let gateway: TestGateway;
/** What providers do other than answer well. */
const odd = new Map<string, Handler>();

beforeAll(async () => {
  upstream = await startScriptedUpstream((response, request) => {
    const provider = providerOf(request.path);
    const handler = odd.get(provider);
    return handler === undefined ? answerWell(response, request, `from ${provider}`) : handler(response, request);
  });
});
beforeEach(async () => {
  // A gateway for each test: what one teaches must not route another.
  gateway = await startTestGateway({ providers: makeProviders() });
});
afterEach(async () => {
  await gateway.stop();
  upstream.seen.splice(0);
  odd.clear();
});
afterAll(() => upstream.close());

const price = (prompt: number, completion: number): Json => ({ pricing: { prompt, completion } });

function makeProviders(): Parameters<typeof startTestGateway>[0]["providers"] {
  const chat = (name: string) => ({ protocol: "openai-chat" as const, base_url: `${upstream.url}/${name}/v1` });
  const large = { ...price(9, 9), context_length: 400_000 };
  return {
    cheap: {
      ...chat("cheap"),
      data_policy: { training: true, retention_days: 30 },
      models: { "author/m": { ...price(1, 1), quantization: "int4", context_length: 100_000 } },
    },
    middle: {
      ...chat("middle"),
      data_policy: { training: false, retention_days: 30 },
      models: {
        "author/m": { ...price(2, 2), quantization: "fp8", context_length: 200_000 },
        "author/second": price(5, 5),
      },
    },
    dear: {
      ...chat("dear"),
      data_policy: { training: false, retention_days: 0 },
      models: { "author/m": { ...price(4, 4), context_length: 200_000 }, "author/third": large },
    },
    free: { ...chat("free"), models: { "author/gratis": price(0, 0), "author/mixed": price(0, 0) } },
    paid: { ...chat("paid"), models: { "author/mixed": { ...price(1, 1), context_length: 900_000 } } },
    strict: { ...chat("strict"), vendor: "moonshot", models: { "kimi-k2.6": {} } },
    thinker: { ...chat("thinker"), vendor: "qwen", models: { "qwen3-max": {} } },
  };
}

function providerOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function asked(): string[] {
  return upstream.seen.map(({ path }) => providerOf(path));
}

/** Who answers, and who was asked before. */
async function routeOf(fields: Json, client = chatClient): Promise<string[]> {
  upstream.seen.splice(0);
  const heard = await gateway.ask(client, { model: "author/m", ...fields });
  expect([heard.status, client.text(heard)]).toEqual([200, `from ${asked().at(-1)}`]);
  return asked();
}

async function refusalOf(
  fields: Json,
  client = chatClient,
): Promise<{ status: number; message: string; param: unknown }> {
  upstream.seen.splice(0);
  const heard = await gateway.ask(client, { model: "author/m", ...fields });
  expect(asked()).toEqual([]);
  const { message, param } = client.error(heard);
  return { status: heard.status, message, param };
}

const refuse =
  (status: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    sendJson(response, status, { error: { message: "no", type: "odd" } }, headers);

test("without wishes the least expected cost comes first, then the next", async () => {
  odd.set("cheap", refuse(500));
  expect(await routeOf({})).toEqual(["cheap", "middle"]);
});

describe("provider", () => {
  test("order", async () => {
    odd.set("dear", refuse(500));
    expect(await routeOf({ provider: { order: ["dear", "Middle"] } })).toEqual(["dear", "middle"]);
  });

  test("only", async () => {
    expect(await routeOf({ provider: { only: ["dear"] } })).toEqual(["dear"]);
  });

  test("ignore", async () => {
    expect(await routeOf({ provider: { ignore: ["cheap"] } })).toEqual(["middle"]);
  });

  test("allow_fallbacks", async () => {
    odd.set("cheap", refuse(500));
    const heard = await gateway.ask(chatClient, { model: "author/m", provider: { allow_fallbacks: false } });
    expect(heard.status).toBe(502);
    expect(new Set(asked())).toEqual(new Set(["cheap"]));
    expect(await routeOf({ provider: { allow_fallbacks: true } })).toEqual(["cheap", "middle"]);
  });

  test("require_parameters", async () => {
    const asked = { temperature: 0.5, provider: { require_parameters: true } };
    const { status, message } = await refusalOf({ ...asked, model: "kimi-k2.6" });
    expect([status, message]).toEqual([400, expect.stringContaining("provider.require_parameters leaves out")]);
    expect(await routeOf(asked)).toEqual(["cheap"]);
  });

  test("data_collection", async () => {
    expect(await routeOf({ provider: { data_collection: "deny" } })).toEqual(["middle"]);
    expect(await routeOf({ provider: { data_collection: "allow" } })).toEqual(["cheap"]);
  });

  test("zdr", async () => {
    expect(await routeOf({ provider: { zdr: true } })).toEqual(["dear"]);
  });

  test("enforce_distillable_text", async () => {
    const { message } = await refusalOf({ provider: { enforce_distillable_text: true } });
    expect(message).toContain("provider.enforce_distillable_text: is not known to permit distillation");
  });

  test("quantizations", async () => {
    expect(await routeOf({ provider: { quantizations: ["fp8"] } })).toEqual(["middle"]);
    expect(await routeOf({ provider: { quantizations: ["unknown"] } })).toEqual(["dear"]);
  });

  test("sort, as a word", async () => {
    expect(await routeOf({ provider: { sort: "price" } })).toEqual(["cheap"]);
  });

  test("sort by latency and throughput, as measured", async () => {
    odd.set("cheap", slowStream);
    for (const only of ["cheap", "middle"]) await streamFrom(only);
    expect(await routeOf({ provider: { sort: "latency" } })).toEqual(["middle"]);
    expect(await routeOf({ provider: { sort: { by: "latency" } } })).toEqual(["middle"]);
    odd.set("cheap", fastStream);
    odd.set("middle", slowStream);
    for (const only of ["cheap", "cheap", "cheap", "middle", "middle", "middle"]) await streamFrom(only);
    odd.clear();
    expect(await routeOf({ provider: { sort: "throughput" } })).toEqual(["cheap"]);
  });

  test("sort by the quality of tool calls", async () => {
    odd.set("cheap", badCalls);
    for (let turn = 0; turn < 3; turn++) {
      await gateway.ask(chatClient, { model: "author/m", stream: true, tools: [bash], provider: { only: ["cheap"] } });
    }
    odd.clear();
    expect(await routeOf({ provider: { sort: "exacto" } })).not.toEqual(["cheap"]);
  });

  test("sort.partition", async () => {
    const models = ["author/gratis"];
    expect(await routeOf({ models, provider: { sort: { by: "price", partition: "none" } } })).toEqual(["free"]);
    expect(await routeOf({ models, provider: { sort: { by: "price", partition: "model" } } })).toEqual(["cheap"]);
  });

  test("preferred_min_throughput", async () => {
    odd.set("cheap", slowStream);
    await streamFrom("cheap");
    odd.clear();
    expect(await routeOf({ provider: { preferred_min_throughput: 1e9 } })).toEqual(["middle"]);
    expect(await routeOf({ provider: { preferred_min_throughput: { p90: 1e9 } } })).toEqual(["middle"]);
    expect(await routeOf({ provider: { preferred_min_throughput: { p50: 1 } } })).toEqual(["cheap"]);
  });

  test.each([0.001, { p99: 0.001 }])("preferred_max_latency %j", async (preferred) => {
    odd.set("cheap", slowStream);
    await streamFrom("cheap");
    odd.clear();
    expect(await routeOf({ provider: { preferred_max_latency: 100 } })).toEqual(["cheap"]);
    expect(await routeOf({ provider: { preferred_max_latency: preferred } })).toEqual(["middle"]);
  });

  test("max_price", async () => {
    expect(await routeOf({ provider: { max_price: { prompt: 1 } } })).toEqual(["cheap"]);
    const { message, param } = await refusalOf({ provider: { max_price: { completion: "0.5" } } });
    expect(param).toBe("provider.max_price.completion");
    expect(message).toMatch(/cheap.*costs 1 USD.*middle.*costs 2 USD.*dear.*costs 4 USD/);
  });

  test.each(clientDialects)(
    "of a $name client: misspelt or impossible, it is named, and why each endpoint is left out",
    async (client) => {
      expect(await refusalOf({ provider: { onyl: ["dear"] } }, client)).toMatchObject({
        status: 400,
        message: "provider.onyl: is not known; did you mean only?",
      });
      const { status, message } = await refusalOf(
        { provider: { only: ["dear", "middle"], ignore: ["dear"], zdr: true } },
        client,
      );
      expect(status).toBe(400);
      expect(message).toContain("every endpoint of author/m is left out");
      for (const reason of [
        "cheap/author/m (provider.only: is not in the list)",
        "middle/author/m (provider.zdr: keeps what it is sent)",
        "dear/author/m (provider.ignore: is in the list)",
      ]) {
        expect(message).toContain(reason);
      }
    },
  );
});

describe("models to fall back on", () => {
  beforeEach(() => {
    for (const provider of ["cheap", "dear"]) odd.set(provider, refuse(500));
    odd.set("middle", (response, request) =>
      request.body.model === "author/m" ? refuse(503)(response) : answerWell(response, request, "from middle"),
    );
  });

  const all = ["cheap", "middle", "dear", "middle"];

  test("models", async () => {
    expect(await routeOf({ models: ["author/m", "author/second"] })).toEqual(all);
    const record = await gateway.generation(
      await gateway.ask(chatClient, { model: "author/m", models: ["author/second"] }),
    );
    expect(record).toMatchObject({ requested_model: "author/m", model: "author/second", provider_name: "middle" });
  });

  test("fallback_models", async () => {
    expect(await routeOf({ fallback_models: ["author/second"], fallback_rules: "auto" })).toEqual(all);
  });

  test("fallbacks of a Messages client", async () => {
    expect(await routeOf({ fallbacks: [{ model: "author/second" }] }, messagesClient)).toEqual(all);
  });

  test("a model that is not here is named", async () => {
    expect(await refusalOf({ models: ["author/second", "author/scond"] })).toEqual({
      status: 404,
      message: 'models[1]: "author/scond" is not a model here; did you mean "author/second"?',
      param: "models[1]",
    });
  });
});

describe("fallback_rules", () => {
  const rule = (name: string, threshold: number): Json => ({
    models: ["author/second"],
    provider: { order: ["cheap"], ignore: ["middle-of-nowhere"] },
    fallback_rules: { [name]: { hint_threshold: threshold, action: "fallback" } },
  });

  test("error_code: what is listed leads on, also where a refusal would be the end", async () => {
    for (const provider of ["cheap", "dear"]) odd.set(provider, refuse(418));
    odd.set("middle", (response, request) =>
      request.body.model === "author/m" ? refuse(418)(response) : answerWell(response, request, "from middle"),
    );
    const listed = (codes: number[]): Json => ({
      models: ["author/second"],
      fallback_rules: { error_code: { hint_array: codes, action: "fallback" } },
    });
    expect(await routeOf(listed([418]))).toEqual(["cheap", "middle", "dear", "middle"]);
    const heard = await gateway.ask(chatClient, { model: "author/m", models: ["author/second"] });
    expect(heard.status).toBeGreaterThanOrEqual(400);
  });

  test("error_code: what is not listed stays with the model", async () => {
    for (const provider of ["cheap", "dear", "middle"]) odd.set(provider, refuse(500));
    const heard = await gateway.ask(chatClient, {
      model: "author/m",
      models: ["author/gratis"],
      fallback_rules: { error_code: { hint_array: [503], action: "fallback" } },
    });
    expect(heard.status).toBe(502);
    expect(asked()).not.toContain("free");
    expect(await routeOf({ models: ["author/gratis"] })).toContain("free");
  });

  test("TTFT: who takes longer to begin is given up for another, and remembered for it", async () => {
    odd.set("cheap", lateStream);
    expect(await streamRoute(rule("TTFT", 500))).toEqual(["cheap", "middle"]);
    await streamFrom("cheap");
    expect(await routeOf(rule("TTFT", 500))).toEqual(["middle"]);
  });

  test("Latency: an answer that is not there in time is given up for another", async () => {
    odd.set("cheap", async (response, request) => {
      await sleep(lateMs);
      answerWell(response, request, "from cheap");
    });
    expect(await routeOf(rule("Latency", 500))).toEqual(["cheap", "middle"]);
    await routeOf({ provider: { only: ["cheap"] } });
    odd.clear();
    expect(await routeOf(rule("Latency", 500))).toEqual(["middle"]);
  });

  test("an answer that takes its time is better than none", async () => {
    for (const provider of ["cheap", "middle", "dear"]) odd.set(provider, slowStream);
    const heard = await gateway.ask(chatClient, { model: "author/m", stream: true, ...rule("TTFT", 5), models: [] });
    expect([heard.status, chatClient.text(heard)]).toEqual([200, "slow words"]);
  });

  test("TPM: who writes fewer tokens a minute is passed over", async () => {
    odd.set("cheap", slowStream);
    await streamFrom("cheap");
    odd.clear();
    expect(await routeOf(rule("TPM", 1e9))).toEqual(["middle"]);
    expect(await routeOf(rule("TPM", 1))).toEqual(["cheap"]);
  });

  test("RPM: who has fewer requests left is passed over", async () => {
    odd.set("cheap", (response) =>
      sendJson(response, 200, chatCompletion("from cheap"), {
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "7",
        "x-ratelimit-reset-requests": "50s",
      }),
    );
    expect(await routeOf(rule("RPM", 10))).toEqual(["cheap"]);
    expect(await routeOf(rule("RPM", 10))).toEqual(["middle"]);
    expect(await routeOf(rule("RPM", 5))).toEqual(["cheap"]);
  });

  test.each([
    [{ latency: { hint_threshold: 5 } }, "fallback_rules.latency: is not known; did you mean Latency?"],
    [{ error_code: { hint_array: ["500"] } }, "fallback_rules.error_code.hint_array[0]: expected an HTTP status"],
  ])("%j is refused", async (rules, message) => {
    expect((await refusalOf({ fallback_rules: rules })).message).toContain(message);
  });
});

describe("suffixes of a model's name", () => {
  test(":floor", async () => {
    expect(await routeOf({ model: "author/m:floor" })).toEqual(["cheap"]);
  });

  test(":nitro", async () => {
    odd.set("middle", fastStream);
    odd.set("cheap", slowStream);
    for (const only of ["cheap", "middle"]) await streamFrom(only);
    odd.clear();
    expect(await routeOf({ model: "author/m:nitro" })).not.toEqual(["cheap"]);
  });

  test(":exacto", async () => {
    expect(await routeOf({ model: "author/m:exacto" })).toEqual(["cheap"]);
  });

  test(":free", async () => {
    expect(await routeOf({ model: "author/mixed:free" })).toEqual(["free"]);
    const { message, param } = await refusalOf({ model: "author/m:free" });
    expect([message, param]).toEqual([expect.stringContaining("is not free"), "model"]);
  });

  test(":extended", async () => {
    expect(await routeOf({ model: "author/mixed:extended" })).toEqual(["paid"]);
  });

  test(":thinking", async () => {
    await gateway.ask(chatClient, { model: "qwen3-max:thinking" });
    expect(upstream.last().body).toMatchObject({ model: "qwen3-max", enable_thinking: true });
    await gateway.ask(chatClient, { model: "qwen3-max" });
    expect(upstream.last().body).not.toHaveProperty("enable_thinking");
  });

  test("an unknown one is no suffix", async () => {
    expect((await refusalOf({ model: "author/m:quick" })).status).toBe(404);
  });
});

test("onerouter/auto chooses among models, or among those listed, and says why", async () => {
  const heard = await gateway.ask(
    chatClient,
    { model: "onerouter/auto", models: ["author/second", "author/third"] },
    { headers: { "x-onerouter-plan": "1" } },
  );
  expect(chatClient.text(heard)).toBe("from middle");
  expect(heard.headers["x-onerouter-plan"]).toMatch(
    /^auto: a question; author\/second has .* and costs least of 2 \| middle/,
  );
  expect(await routeOf({ model: "onerouter/auto" })).toEqual(["free"]);
  const { plan } = await gateway.generation(heard);
  expect(toObject(plan)).toMatchObject({ model: "author/second", choice: expect.stringContaining("auto: ") });
});

describe("a plan explains itself", () => {
  test.each(clientDialects)("in a header for a $name client that asks, and in the record", async (client) => {
    const fields = { model: "author/m", provider: { ignore: ["dear"] } };
    const heard = await gateway.ask(client, fields, { headers: { "x-onerouter-plan": "1" } });
    expect(heard.headers["x-onerouter-plan"]).toMatch(
      /^cheap \$[\d.e-]+ \(expected cost\); middle \$[\d.e-]+ \(expected cost\) \| out: dear \(provider\.ignore: is in the list\)$/,
    );
    expect((await gateway.ask(client, fields)).headers["x-onerouter-plan"]).toBeUndefined();
    const plan = toObject((await gateway.generation(heard)).plan);
    expect(toArray(plan.candidates).map((one) => toObject(one).provider)).toEqual(["cheap", "middle"]);
    expect(plan.excluded).toEqual([
      expect.objectContaining({ provider: "dear", field: "provider.ignore", reason: "is in the list" }),
    ]);
  });

  test("for a request that nobody makes", async () => {
    const query = new URLSearchParams({ model: "author/m:floor", provider: '{"zdr":true}', tools: "true" });
    const { status, json } = await gateway.get(`/v1/route?${query.toString()}`);
    expect(status).toBe(200);
    expect(toArray(toObject(json.data).candidates).map((one) => toObject(one).provider)).toEqual(["dear"]);
    const wrong = await gateway.get("/v1/route?model=author/m&provider={");
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining("provider: is not valid JSON")]);
    expect((await gateway.get("/v1/route")).status).toBe(400);
  });
});

test("what was measured is in the list of endpoints", async () => {
  odd.set("middle", refuse(500));
  await routeOf({ provider: { order: ["middle", "cheap"] } });
  const { json } = await gateway.get("/v1/models/author/m/endpoints");
  const endpoints = toArray(toObject(json.data).endpoints).map(toObject);
  const byName = Object.fromEntries(endpoints.map((endpoint) => [String(endpoint.provider), endpoint]));
  expect(byName.cheap).toMatchObject({ status: 0, uptime_last_5m: 100 });
  expect(byName.middle).toMatchObject({ status: 0, uptime_last_5m: 0 });
  expect(byName.dear).toMatchObject({ uptime_last_5m: null, latency_last_30m: null });
});

test("a conversation stays where its prompt is cached, and its provider is tried again before it moves", async () => {
  const messages = [
    { role: "user", content: "x".repeat(40_000) },
    { role: "assistant", content: "yes" },
    { role: "user", content: "go on" },
  ];
  const usage = { prompt_tokens: 10_000, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 9_900 } };
  const cached = { ...price(3, 3), pricing: { prompt: 3, completion: 3, cache_read: 0.1 } };
  gateway.applyConfig({
    providers: {
      warm: { protocol: "openai-chat", base_url: `${upstream.url}/warm/v1`, models: { s: cached } },
      cold: { protocol: "openai-chat", base_url: `${upstream.url}/cold/v1`, models: { s: price(2.9, 2.9) } },
    },
  });
  odd.set("warm", (response) => sendJson(response, 200, chatCompletion("from warm", { usage })));
  const turn = { model: "s", messages, session_id: "s1" };
  expect(await routeOf({ ...turn, provider: { order: ["warm"] } })).toEqual(["warm"]);
  expect(await routeOf(turn)).toEqual(["warm"]);
  let failures = 1;
  odd.set("warm", (response) => {
    if (failures-- > 0) refuse(500)(response);
    else sendJson(response, 200, chatCompletion("from warm", { usage }));
  });
  expect(await routeOf(turn)).toEqual(["warm", "warm"]);
  expect(await routeOf({ ...turn, messages: messages.slice(0, 1), session_id: "s2" })).toEqual(["cold"]);
});

test("a credential over its limit is left alone for as long as it was told, the next one is used", async () => {
  const keys: unknown[] = [];
  gateway.applyConfig({
    providers: {
      one: {
        protocol: "openai-chat",
        base_url: `${upstream.url}/one/v1`,
        api_keys: ["key-a", "key-b"],
        models: { k: {} },
      },
    },
  });
  odd.set("one", (response, request) => {
    keys.push(request.headers.authorization);
    if (request.headers.authorization === "Bearer key-a") refuse(429, { "retry-after": "30" })(response);
    else answerWell(response, request, "from one");
  });
  for (let turn = 0; turn < 3; turn++) await routeOf({ model: "k" });
  expect(keys).toEqual(["Bearer key-a", "Bearer key-b", "Bearer key-b", "Bearer key-b"]);
});

const bash = {
  type: "function",
  function: {
    name: "Bash",
    parameters: { type: "object", properties: { command: { type: "string" } }, required: ["command"] },
  },
};

const badCalls: Handler = (response) => {
  startEventStream(response);
  const call = {
    index: 0,
    id: "call_1",
    type: "function",
    function: { name: "Bash", arguments: '{"command":"rm -rf bu' },
  };
  response.end(chatChunk({ tool_calls: [call] }) + chatChunk({}, "tool_calls") + "data: [DONE]\n\n");
};

const usage = { prompt_tokens: 10, completion_tokens: 400, total_tokens: 410 };

const slowStream: Handler = async (response) => {
  startEventStream(response);
  await sleep(150);
  response.write(chatChunk({ content: "slow " }));
  await sleep(150);
  response.end(chatChunk({ content: "words" }) + chatChunk({}, "stop", { usage }) + "data: [DONE]\n\n");
};

/** Late beyond any doubt, also on a busy machine. */
const lateMs = 1_500;

const lateStream: Handler = async (response) => {
  startEventStream(response);
  await sleep(lateMs);
  response.end(chatChunk({ content: "late" }) + chatChunk({}, "stop", { usage }) + "data: [DONE]\n\n");
};

const fastStream: Handler = async (response) => {
  startEventStream(response);
  response.write(chatChunk({ content: "fast " }));
  await sleep(5);
  response.end(chatChunk({ content: "words" }) + chatChunk({}, "stop", { usage }) + "data: [DONE]\n\n");
};

function streamFrom(provider: string): Promise<Heard> {
  return gateway.ask(chatClient, { model: "author/m", stream: true, provider: { only: [provider] } });
}

async function streamRoute(fields: Json): Promise<string[]> {
  upstream.seen.splice(0);
  expect((await gateway.ask(chatClient, { model: "author/m", stream: true, ...fields })).status).toBe(200);
  return asked();
}
