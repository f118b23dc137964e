import { expect, test } from "vitest";
import { chatClient } from "../../testing/client-dialects.ts";
import { badCalls, fastStream, refuse, slowStream } from "../../testing/paced-answers.ts";
import { usePricedFleet } from "../../testing/priced-fleet.ts";
import { sendJson, chatCompletion } from "../../testing/scripted-upstream.ts";

/* Every field of the `provider` object, by its effect: who was asked, in which order. */

const fleet = usePricedFleet();
const { odd, routeOf, refusalOf, streamFrom } = fleet;

test("without wishes the least expected cost comes first, then the next", async () => {
  odd.set("cheap", refuse(500));
  expect(await routeOf({})).toEqual(["cheap", "middle"]);
});

test("order: these first, in this order, whatever they are called by", async () => {
  odd.set("dear", refuse(500));
  expect(await routeOf({ provider: { order: ["dear", "Middle"] } })).toEqual(["dear", "middle"]);
  expect(await routeOf({ provider: { order: ["nobody", "middle/fp8"] } })).toEqual(["middle"]);
});

test("only", async () => {
  expect(await routeOf({ provider: { only: ["dear"] } })).toEqual(["dear"]);
});

test("ignore", async () => {
  expect(await routeOf({ provider: { ignore: ["cheap"] } })).toEqual(["middle"]);
});

test("allow_fallbacks: false leaves the first choice, and with order those that are listed", async () => {
  for (const provider of ["cheap", "dear"]) odd.set(provider, refuse(500));
  const askedFor = async (provider: object): Promise<Set<string>> => {
    const heard = await fleet.gateway.ask(chatClient, { model: "author/m", provider });
    expect(heard.status).toBe(502);
    return new Set(fleet.asked());
  };
  expect(await askedFor({ allow_fallbacks: false })).toEqual(new Set(["cheap"]));
  expect(await askedFor({ allow_fallbacks: false, order: ["dear", "cheap"] })).toEqual(new Set(["dear", "cheap"]));
  expect(await routeOf({ provider: { allow_fallbacks: true, order: ["cheap"] } })).toEqual(["cheap", "middle"]);
});

test("require_parameters", async () => {
  const wish = { temperature: 0.5, provider: { require_parameters: true } };
  const { status, message } = await refusalOf({ ...wish, model: "kimi-k2.6" });
  expect([status, message]).toEqual([400, expect.stringContaining("provider.require_parameters leaves out")]);
  expect(await routeOf(wish)).toEqual(["cheap"]);
});

test("data_collection", async () => {
  expect(await routeOf({ provider: { data_collection: "deny" } })).toEqual(["middle"]);
  expect(await routeOf({ provider: { data_collection: "allow" } })).toEqual(["cheap"]);
});

test("zdr", async () => {
  expect(await routeOf({ provider: { zdr: true } })).toEqual(["dear"]);
  expect(await routeOf({ provider: { zdr: false } })).toEqual(["cheap"]);
});

test("enforce_distillable_text: nothing is known of it, so nobody is left", async () => {
  const { status, message } = await refusalOf({ provider: { enforce_distillable_text: true } });
  expect(status).toBe(400);
  expect(message).toContain("provider.enforce_distillable_text: is not known to permit distillation");
  expect(await routeOf({ provider: { enforce_distillable_text: false } })).toEqual(["cheap"]);
});

test("quantizations", async () => {
  expect(await routeOf({ provider: { quantizations: ["fp8"] } })).toEqual(["middle"]);
  expect(await routeOf({ provider: { quantizations: ["unknown"] } })).toEqual(["dear"]);
});

test.each(["price", { by: "price" }])("sort %j: by list price, whatever this request will cost", async (sort) => {
  fleet.setPrices({ even: { prompt: 3, completion: 3 }, prompts: { prompt: 0.1, completion: 10 } });
  expect(await routeOf({})).toEqual(["even"]);
  expect(await routeOf({ provider: { sort } })).toEqual(["prompts"]);
});

test.each(["latency", { by: "latency" }])("sort %j: as measured", async (sort) => {
  odd.set("cheap", slowStream);
  for (const provider of ["cheap", "middle"]) await streamFrom(provider);
  expect(await routeOf({ provider: { sort } })).toEqual(["middle"]);
});

test.each(["throughput", { by: "throughput" }])("sort %j: as measured", async (sort) => {
  odd.set("cheap", slowStream);
  odd.set("dear", slowStream);
  odd.set("middle", fastStream);
  for (const provider of ["cheap", "middle", "dear"]) await streamFrom(provider);
  odd.clear();
  expect(await routeOf({ provider: { sort } })).toEqual(["middle"]);
});

test.each(["exacto", { by: "exacto" }])("sort %j: fewest calls of no use", async (sort) => {
  odd.set("cheap", badCalls);
  const tools = [
    { type: "function", function: { name: "Bash", parameters: { type: "object", required: ["command"] } } },
  ];
  for (let turn = 0; turn < 3; turn++) {
    await fleet.gateway.ask(chatClient, { model: "author/m", stream: true, tools, provider: { only: ["cheap"] } });
  }
  odd.clear();
  expect(await routeOf({ provider: { sort } })).toEqual(["middle"]);
});

test("sort.partition: the endpoints of all models together, or one model after the other", async () => {
  const models = ["author/gratis"];
  expect(await routeOf({ models, provider: { sort: { by: "price", partition: "none" } } })).toEqual(["free"]);
  expect(await routeOf({ models, provider: { sort: { by: "price", partition: "model" } } })).toEqual(["cheap"]);
});

test.each([1e9, { p50: 1e9 }, { p90: 1e9 }])(
  "preferred_min_throughput %j moves who is slower back",
  async (preferred) => {
    odd.set("cheap", slowStream);
    await streamFrom("cheap");
    odd.clear();
    expect(await routeOf({ provider: { preferred_min_throughput: preferred } })).toEqual(["middle"]);
    expect(await routeOf({ provider: { preferred_min_throughput: 1, only: ["cheap"] } })).toEqual(["cheap"]);
    expect(await routeOf({ provider: { preferred_min_throughput: preferred, only: ["cheap"] } })).toEqual(["cheap"]);
  },
);

test.each([0.001, { p75: 0.001 }, { p99: 0.001 }])(
  "preferred_max_latency %j moves who is later back",
  async (preferred) => {
    odd.set("cheap", slowStream);
    await streamFrom("cheap");
    odd.clear();
    expect(await routeOf({ provider: { preferred_max_latency: 100 } })).toEqual(["cheap"]);
    expect(await routeOf({ provider: { preferred_max_latency: preferred } })).toEqual(["middle"]);
    expect(await routeOf({ provider: { preferred_max_latency: preferred, only: ["cheap"] } })).toEqual(["cheap"]);
  },
);

test.each(["prompt", "completion"])("max_price.%s", async (kind) => {
  expect(await routeOf({ provider: { max_price: { [kind]: 2 }, order: ["dear", "middle"] } })).toEqual(["middle"]);
  const { message, param } = await refusalOf({ provider: { max_price: { [kind]: "0.5" } } });
  expect(param).toBe(`provider.max_price.${kind}`);
  expect(message).toMatch(/cheap.*costs 1 USD.*middle.*costs 2 USD.*dear.*costs 4 USD/);
});

test("max_price.request", async () => {
  fleet.setPrices({
    fee: { prompt: 1, completion: 1, request: 0.02 },
    small: { prompt: 1, completion: 1, request: 0.001 },
  });
  const provider = { order: ["fee"], max_price: { request: 0.01 } };
  expect(await routeOf({ provider })).toEqual(["small"]);
  expect((await refusalOf({ provider: { max_price: { request: 0.0001 } } })).message).toContain(
    "provider.max_price.request: costs 0.02 USD per request",
  );
});

test.each(["image", "audio"])("max_price.%s limits nothing, and the receipt says so", async (kind) => {
  const heard = await fleet.gateway.ask(chatClient, { model: "author/m", provider: { max_price: { [kind]: 0.1 } } });
  expect(heard.status).toBe(200);
  expect(heard.headers["x-onerouter-receipt"]).toBe(`dropped=provider.max_price.${kind}`);
});

test("a prompt has the price of its length: in the plan, in max_price and in what is paid (T22)", async () => {
  fleet.setPrices({
    tiered: { prompt: 1, completion: 1, tiers: [{ over: 1_000, prompt: 5, completion: 5 }] },
    flat: { prompt: 2, completion: 2 },
  });
  const usage = { prompt_tokens: 2_000, completion_tokens: 10, total_tokens: 2_010 };
  for (const name of ["tiered", "flat"]) {
    odd.set(name, (response) => sendJson(response, 200, chatCompletion(`from ${name}`, { usage })));
  }
  const long = { messages: [{ role: "user", content: "word ".repeat(2_000) }] };
  expect(await routeOf({})).toEqual(["tiered"]);
  expect(await routeOf(long)).toEqual(["flat"]);
  expect(await routeOf({ ...long, provider: { sort: "price" } })).toEqual(["flat"]);
  expect(await routeOf({ ...long, provider: { order: ["tiered"], max_price: { prompt: 3 } } })).toEqual(["flat"]);
  const heard = await fleet.gateway.ask(chatClient, { model: "author/m", ...long, provider: { only: ["tiered"] } });
  expect(Number((await fleet.gateway.generation(heard)).total_cost)).toBeCloseTo(0.010_05, 10);
});
