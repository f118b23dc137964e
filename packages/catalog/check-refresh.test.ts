import { expect, test } from "vitest";
import { checkRefresh, RefreshError } from "./check-refresh.ts";
import { mergeCatalogues } from "./merge-offers.ts";
import type { CatalogueData, Offer } from "./offer.ts";

const names = Array.from({ length: 10 }, (_, index) => `claude-test-${index}`);

function offer(model: string, input: number): Offer {
  const cost = { input, output: 5 * input, cache_write: 1.25 * input, cache_write_1h: 2 * input };
  return { model: `anthropic/${model}`, limit: { context: 200_000 }, cost };
}

const shipped: CatalogueData = {
  date: "2026-01-01",
  providers: { anthropic: { models: Object.fromEntries(names.map((name) => [name, offer(name, 3)])) } },
};

function file(models: Record<string, unknown>): unknown {
  return { anthropic: { id: "anthropic", models } };
}

function entry(input: unknown): unknown {
  return { limit: { context: 200_000 }, cost: { input, output: 15 } };
}

const all = Object.fromEntries(names.map((name) => [name, entry(3)]));
const options = { today: "2026-02-01" };
const costOf = (data: CatalogueData, name: string) =>
  mergeCatalogues(shipped, data).providers.anthropic?.models[name]?.cost;

test("new prices and new models are taken over", () => {
  const refresh = checkRefresh(
    file({ ...all, "claude-test-1": entry(4), "claude-new": entry(1) }),
    shipped,
    undefined,
    options,
  );
  expect(refresh).toMatchObject({ providers: 1, added: 1, repriced: 1, gone: 0, jumps: [], unpriced: [] });
  expect(costOf(refresh.catalogue, "claude-test-1")).toMatchObject({ input: 4 });
  expect(costOf(refresh.catalogue, "claude-new")).toMatchObject({ input: 1 });
  expect(refresh.catalogue.date).toBe("2026-02-01");
});

test("a price that cannot be read leaves the good one standing (T22)", () => {
  const { catalogue, unpriced } = checkRefresh(
    file({ ...all, "claude-test-1": entry(-1) }),
    shipped,
    undefined,
    options,
  );
  expect(unpriced).toEqual(["anthropic claude-test-1"]);
  expect(costOf(catalogue, "claude-test-1")).toMatchObject({ input: 3 });
});

test("a price of zero leaves the good one standing (T22)", () => {
  const models = { ...all, "claude-test-1": { cost: { input: 0, output: 0 } } };
  expect(costOf(checkRefresh(file(models), shipped, undefined, options).catalogue, "claude-test-1")).toMatchObject({
    input: 3,
  });
});

test("a price that jumps is named and not taken over, unless the operator insists", () => {
  const models = file({ ...all, "claude-test-1": entry(0.000_003), "claude-test-2": entry(31) });
  const { catalogue, jumps } = checkRefresh(models, shipped, undefined, options);
  expect(jumps).toEqual([
    { provider: "anthropic", upstreamId: "claude-test-1", rate: "input", from: 3, to: 0.000_003 },
    { provider: "anthropic", upstreamId: "claude-test-2", rate: "input", from: 3, to: 31 },
  ]);
  expect(costOf(catalogue, "claude-test-1")).toMatchObject({ input: 3 });
  const forced = checkRefresh(models, shipped, undefined, { ...options, force: true });
  expect(costOf(forced.catalogue, "claude-test-2")).toMatchObject({ input: 31 });
});

test("half a price leaves the good one standing (T22)", () => {
  const models = { ...all, "claude-test-1": { cost: { input: 2 } } };
  const { catalogue, unpriced } = checkRefresh(file(models), shipped, undefined, options);
  expect(unpriced).toEqual(["anthropic claude-test-1"]);
  expect(costOf(catalogue, "claude-test-1")).toMatchObject({ input: 3, output: 15 });
});

test("a price of long prompts that jumps is named, too (T22)", () => {
  const tiered = (input: number): unknown => ({
    cost: { input: 3, output: 15, tiers: [{ tier: { type: "context", size: 200_000 }, input, output: 30 }] },
  });
  const first = checkRefresh(file({ ...all, "claude-test-1": tiered(6) }), shipped, undefined, options).catalogue;
  const current = mergeCatalogues(shipped, first);
  const { catalogue, jumps } = checkRefresh(
    file({ ...all, "claude-test-1": tiered(0.000_006) }),
    current,
    first,
    options,
  );
  expect(jumps).toMatchObject([{ upstreamId: "claude-test-1", rate: "input", from: 6, to: 0.000_006 }]);
  expect(costOf(catalogue, "claude-test-1")?.tiers).toMatchObject([{ over: 200_000, input: 6 }]);
});

test("prices in other units make most of them jump: the file is refused", () => {
  const models = Object.fromEntries(names.map((name) => [name, { cost: { input: 0.000_003, output: 0.000_015 } }]));
  expect(() => checkRefresh(file(models), shipped, undefined, options)).toThrow("jumped");
});

test("a file in which a third of the last refresh is missing is refused, unless the operator insists", () => {
  const { catalogue } = checkRefresh(file(all), shipped, undefined, options);
  const part = file(Object.fromEntries(Object.entries(all).slice(4)));
  expect(() => checkRefresh(part, shipped, catalogue, options)).toThrow("4 of the 10 models");
  expect(checkRefresh(part, shipped, catalogue, { ...options, force: true }).gone).toBe(4);
});

test("a model that the source no longer has stays, as deprecated, until it is back", () => {
  const first = checkRefresh(file(all), shipped, undefined, options).catalogue;
  const { "claude-test-1": _gone, ...others } = all;
  const second = checkRefresh(file(others), shipped, first, options);
  expect(second.gone).toBe(1);
  expect(second.catalogue.providers.anthropic?.models["claude-test-1"]).toMatchObject({
    status: "deprecated",
    cost: { input: 3 },
  });
  const third = checkRefresh(file(all), shipped, second.catalogue, options);
  expect(third.catalogue.providers.anthropic?.models["claude-test-1"]).not.toHaveProperty("status");
});

test.each([
  ["an error page", "<html>"],
  ["a list", []],
  ["an error in JSON", { error: "rate limited" }],
  ["no provider that is known", { unheard: { models: { a: {} } } }],
  ["nothing but broken models", file({ a: 1, b: 2 })],
])("%s is refused", (_what, json) => {
  expect(() => checkRefresh(json, shipped, undefined, options)).toThrow(RefreshError);
});

test("a model keeps its public id, and its price for an hour of cache where the rest has not changed", () => {
  const known: CatalogueData = {
    ...shipped,
    providers: { anthropic: { models: { odd: { ...offer("odd", 3), model: "author/slug" } } } },
  };
  const read = { cost: { input: 3, output: 15, cache_write: 3.75 } };
  const { catalogue } = checkRefresh(file({ odd: read }), known, undefined, options);
  expect(mergeCatalogues(known, catalogue).providers.anthropic?.models.odd).toMatchObject({
    model: "author/slug",
    cost: { cache_write_1h: 6 },
  });
});

test("of two states of knowledge the later one wins, whichever is given first", () => {
  const later = {
    date: "2026-03-01",
    providers: { anthropic: { models: { "claude-test-0": offer("claude-test-0", 7) } } },
  };
  for (const merged of [mergeCatalogues(shipped, later), mergeCatalogues(later, shipped)]) {
    expect(merged.date).toBe("2026-03-01");
    expect(merged.providers.anthropic?.models["claude-test-0"]?.cost?.input).toBe(7);
    expect(Object.keys(merged.providers.anthropic?.models ?? {})).toHaveLength(10);
  }
});
