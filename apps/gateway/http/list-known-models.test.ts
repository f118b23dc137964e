import { afterAll, beforeAll, expect, test } from "vitest";
import { toArray, toObject, type Json } from "../testing/call.ts";
import { startTestGateway, type TestGateway } from "../testing/start-test-gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    providers: { moonshot: {}, openrouter: {}, fireworks: {}, second: { catalogue: "anthropic" }, mistral: {} },
    aliases: { kimi: "moonshotai/kimi-k2-thinking" },
  });
});
afterAll(() => gateway.stop());

const kimi = "moonshotai/kimi-k2-thinking";
const anthropic = { "anthropic-version": "2023-06-01" };

async function list(query = ""): Promise<Json[]> {
  const { status, json } = await gateway.get(`/v1/models${query}`);
  expect([query, status]).toEqual([query, 200]);
  return toArray(json.data).map(toObject);
}
const ids = async (query: string): Promise<unknown[]> => (await list(query)).map(({ id }) => id);

test("hundreds of models for a few keys, each once, and counted", async () => {
  const all = await list();
  expect(all.length).toBeGreaterThan(300);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect((await gateway.get("/v1/models/count")).json).toEqual({ data: { count: all.length } });
  expect((await gateway.get("/v1/models", anthropic)).json.data).toHaveLength(all.length);
});

test("what the catalogue knows of a model is told, its published scores and build among it", async () => {
  const [model] = (await list("?q=kimi-k2-thinking")).filter(({ id }) => id === kimi);
  expect(model).toMatchObject({
    name: "Kimi K2 Thinking",
    // The shortest that any of them offers.
    context_length: 256_000,
    pricing: { prompt: "0.0000006", completion: "0.0000025", input_cache_read: "0.00000015" },
    architecture: { kind: "mixture-of-experts", layers: 61, experts: 384, experts_per_token: 8, attention: "MLA" },
    reasoning: { mandatory: true },
  });
  const { scores, source } = toObject(model?.benchmarks);
  expect(toArray(scores)).toHaveLength(27);
  expect(toArray(scores)[0]).toEqual({ category: "reasoning", benchmark: "HLE", setting: "no tools", score: 23.9 });
  expect(source).toMatch(/^https:/);
});

test("prices of long prompts are told (T22)", async () => {
  const { json } = await gateway.get("/v1/models/anthropic/claude-sonnet-4.5/endpoints");
  const endpoints = toArray(toObject(json.data).endpoints).map(toObject);
  expect(endpoints.find(({ provider }) => provider === "second")?.pricing).toMatchObject({
    prompt: "0.000003",
    overrides: [{ min_prompt_tokens: 200_001, prompt: "0.000006", completion: "0.0000225" }],
  });
});

test("one model with its endpoints, in order, each with its own facts", async () => {
  const { json } = await gateway.get(`/v1/models/${kimi}/endpoints`);
  const { endpoints, ...model } = toObject(json.data);
  expect(model).toMatchObject({ id: kimi, name: "Kimi K2 Thinking" });
  expect(toArray(endpoints)).toMatchObject([
    {
      provider: "moonshot",
      provider_name: "Moonshot AI",
      tag: "moonshot",
      context_length: 262_144,
      status: 0,
      uptime_last_30m: null,
      latency_last_30m: null,
      throughput_last_30m: null,
      data_policy: { training: null, retains_prompts: null },
      supports_tool_choice: { auto: true },
    },
    { provider: "openrouter" },
    { provider: "fireworks", data_policy: { training: false, retains_prompts: false, retention_days: 0 } },
  ]);
  expect((await gateway.get("/v1/models/kimi/endpoints")).json).toEqual(json);
  expect((await gateway.get("/v1/models/no/such/endpoints")).status).toBe(404);
});

test("models without a key are listed when asked for, and are refused by naming who has them", async () => {
  const everything = await list("?all=true");
  const inactive = everything.filter(({ active }) => active === false).map(({ id }) => id);
  expect(everything.length).toBeGreaterThan(500);
  expect(inactive).toContain("openai/text-embedding-3-small");
  expect(inactive).not.toContain(kimi);
  const { status, json } = await gateway.get("/v1/models/openai/text-embedding-3-small");
  expect([status, toObject(json.error).message]).toEqual([
    404,
    expect.stringContaining("none of the providers that offer it has a key here: openai (OPENAI_API_KEY)"),
  ]);
});

test.each([
  ["supported_parameters=tools,top_k", (model: Json) => contains(model.supported_parameters, ["tools", "top_k"])],
  ["input_modalities=image", (model: Json) => contains(toObject(model.architecture).input_modalities, ["image"])],
  [
    "output_modalities=embeddings",
    (model: Json) => contains(toObject(model.architecture).output_modalities, ["embeddings"]),
  ],
  ["modality=image,text", (model: Json) => contains(modalitiesOf(model), ["image", "text"])],
  ["modality=embeddings", (model: Json) => contains(modalitiesOf(model), ["embeddings"])],
  ["context=500000", (model: Json) => Number(model.context_length) >= 500_000],
  ["max_price=0.2", (model: Json) => within(toObject(model.pricing).prompt, 0, 0.2e-6)],
  ["min_price=5", (model: Json) => within(toObject(model.pricing).prompt, 5e-6, 1)],
  ["min_output_price=20", (model: Json) => within(toObject(model.pricing).completion, 20e-6, 1)],
  ["max_output_price=1", (model: Json) => within(toObject(model.pricing).completion, 0, 1e-6)],
  ["model_authors=anthropic,mistralai", (model: Json) => /^(anthropic|mistralai)\//.test(String(model.id))],
  ["q=Sonnet%204", (model: Json) => /sonnet/i.test(`${String(model.id)} ${String(model.name)}`)],
  ["max_age_days=100000", (model: Json) => Number(model.created) > 0],
  ["min_age_days=600", (model: Json) => Number(model.created) * 1000 < Date.now() - 600 * 86_400_000],
])("?%s", async (query, fits) => {
  const found = await list(`?${query}`);
  expect(found.length).toBeGreaterThan(0);
  expect(found.length).toBeLessThan((await list()).length);
  expect(found.filter((model) => !fits(model))).toEqual([]);
  expect((await gateway.get(`/v1/models/count?${query}`)).json).toEqual({ data: { count: found.length } });
});

const contains = (list: unknown, wanted: string[]): boolean => wanted.every((item) => toArray(list).includes(item));
const within = (price: unknown, least: number, most: number): boolean =>
  Number(price) >= least && Number(price) <= most * 1.000_001;

function modalitiesOf({ architecture }: Json): unknown[] {
  const { input_modalities: inputs, output_modalities: outputs } = toObject(architecture);
  return [...toArray(inputs), ...toArray(outputs)];
}

test("providers are found by their name here, in the catalogue, and among people", async () => {
  const found = await ids("?providers=second");
  expect(found.length).toBeGreaterThan(10);
  expect(await ids("?providers=anthropic")).toEqual(found);
  expect(await ids("?provider=anthropic")).toEqual(found);
  expect(await ids("?providers=Anthropic")).toEqual(found);
  expect((await ids("?providers=fireworks,moonshot")).length).toBeGreaterThan(20);
  expect(await ids("?zdr=true&q=kimi-k2-thinking")).toContain(kimi);
});

test("the list is sorted when asked for, what is not known last", async () => {
  const prices = (await list("?sort=pricing-low-to-high")).map(({ pricing }) => {
    const { prompt, completion } = toObject(pricing);
    return prompt === "-1" ? Number.POSITIVE_INFINITY : Math.round((Number(prompt) + Number(completion)) * 1e12);
  });
  expect(prices).toEqual(prices.toSorted((a, b) => (a === b ? 0 : a - b)));
  const contexts = (await list("?sort=context-high-to-low")).map(({ context_length }) => Number(context_length ?? 0));
  expect(contexts).toEqual(contexts.toSorted((a, b) => b - a));
  const dates = (await list("?sort=newest")).map(({ created }) => Number(created));
  expect(dates).toEqual(dates.toSorted((a, b) => b - a));
  // Nobody has been asked yet.
  expect(await ids("?sort=latency-low-to-high")).toEqual(await ids(""));
});

test.each([
  ["supported_parameters=tool", "supported_parameters", "did you mean tools?"],
  ["input_modalities=pictures", "input_modalities", "takes text, image"],
  ["output_modalities=txt", "output_modalities", "did you mean text?"],
  ["context=big", "context", "must be a number"],
  ["max_price=-1", "max_price", "must be a number"],
  ["min_output_price=1e3", "min_output_price", "must be a number"],
  ["providers=antropic", "providers", "did you mean anthropic?"],
  ["provider=antropic", "provider", "did you mean anthropic?"],
  ["modality=pictures", "modality", "takes text, image"],
  ["sort=price", "sort", "takes newest"],
  ["zdr=yes", "zdr", "takes true, false"],
  ["all=1", "all", "takes true, false"],
  ["category=programming", "category", "is no filter here"],
  ["q=a&q=b", "q", "more than once"],
  ["supported_parameter=tools", "supported_parameter", "did you mean supported_parameters?"],
])("?%s is refused by naming %s", async (query, field, message) => {
  for (const path of ["models", "models/count"]) {
    const { status, json } = await gateway.get(`/v1/${path}?${query}`);
    expect([status, toObject(json.error).message]).toEqual([400, expect.stringMatching(new RegExp(`^${field}: `))]);
    expect(toObject(json.error).message).toContain(message);
  }
});

test("pages keep their filters", async () => {
  const found = await ids("?model_authors=anthropic");
  const pages: unknown[] = [];
  let next: unknown = "/api/v1/models?model_authors=anthropic&limit=7";
  while (typeof next === "string") {
    const { json } = await gateway.get(next);
    expect(json.total_count).toBe(found.length);
    pages.push(...toArray(json.data).map((model) => toObject(model).id));
    next = toObject(json.links).next;
  }
  expect(pages).toEqual(found);
});

test("a client that has the list is told that it has not changed, until it has", async () => {
  const { headers } = await gateway.get("/v1/models");
  const etag = String(headers.etag);
  const again = await gateway.get("/v1/models", { "if-none-match": etag });
  expect([again.status, again.text]).toEqual([304, ""]);
  expect((await gateway.get("/v1/models?sort=latency-low-to-high")).headers.etag).toBeUndefined();
  const other = await startTestGateway({ providers: { moonshot: {} } });
  try {
    expect((await other.get("/v1/models", { "if-none-match": etag })).status).toBe(200);
    const before = (await other.get("/v1/models")).headers.etag;
    other.applyConfig({ providers: { moonshot: { exclude: ["*turbo*"] } } });
    expect((await other.get("/v1/models", { "if-none-match": String(before) })).status).toBe(200);
  } finally {
    await other.stop();
  }
});

test("providers, with what is known of their handling of data", async () => {
  const { json } = await gateway.get("/v1/providers");
  expect(toArray(json.data)).toHaveLength(5);
  expect(toArray(json.data)).toContainEqual(
    expect.objectContaining({
      slug: "second",
      name: "Anthropic",
      privacy_policy_url: expect.stringMatching(/^https:/) as unknown,
      data_policy: { training: false, retains_prompts: true, retention_days: 30 },
      active: true,
    }),
  );
  expect(toArray((await gateway.get("/v1/providers?all=true")).json.data)).toHaveLength(26);
  expect((await gateway.get("/v1/providers?all=maybe")).status).toBe(400);
});

test("Gemini's clients page through hundreds", async () => {
  const names: unknown[] = [];
  let token: unknown = "";
  do {
    const { json } = await gateway.get(`/v1beta/models?pageSize=200&pageToken=${String(token)}`);
    names.push(...toArray(json.models).map((model) => toObject(model).name));
    token = json.nextPageToken;
  } while (token !== undefined);
  expect(names).toEqual((await ids("")).map((id) => `models/${String(id)}`));
});
