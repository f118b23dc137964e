import fc from "fast-check";
import { expect, test } from "vitest";
import { exactPrice, readCost } from "./read-cost.ts";
import { readOffers } from "./read-offers.ts";

const known = ["anthropic/claude-sonnet-4.5", "moonshotai/kimi-k2-thinking"];

function readModel(entry: unknown, id = "claude-sonnet-4-5") {
  const read = readOffers({ anthropic: { id: "anthropic", models: { [id]: entry } } }, known);
  return { ...read, offer: read.providers.anthropic?.models[id] };
}

test("a model as models.dev writes it", () => {
  const { offer, broken, unpriced } = readModel({
    id: "claude-sonnet-4-5",
    name: "Claude Sonnet 4.5",
    attachment: true,
    reasoning: true,
    tool_call: true,
    release_date: "2025-09-29",
    modalities: { input: ["text", "image", "pdf"], output: ["text"] },
    cost: { input: 3, output: 15, cache_read: 0.3, cache_write: 3.75, context_over_200k: { input: 6, output: 22.5 } },
    limit: { context: 200_000, output: 64_000 },
  });
  expect(offer).toEqual({
    model: "anthropic/claude-sonnet-4.5",
    name: "Claude Sonnet 4.5",
    reasoning: true,
    tool_call: true,
    release_date: "2025-09-29",
    modalities: { input: ["text", "image", "file"], output: ["text"] },
    cost: {
      input: 3,
      output: 15,
      cache_read: 0.3,
      cache_write: 3.75,
      tiers: [{ over: 200_000, input: 6, output: 22.5 }],
    },
    limit: { context: 200_000, output: 64_000 },
  });
  expect([broken, unpriced]).toEqual([0, []]);
});

test("tiers in both spellings, in order of their length", () => {
  const rates = { input: 1, output: 2 };
  const tiers = [
    { ...rates, tier: { type: "context", size: 512_000 } },
    { ...rates, over: 128_000 },
  ];
  expect(readCost({ ...rates, tiers }, false)).toMatchObject({ tiers: [{ over: 128_000 }, { over: 512_000 }] });
});

test.each([
  ["negative", { input: -1, output: 2 }],
  ["text", { input: "3", output: 15 }],
  ["without a price for input", { output: 15 }],
  ["negative for cached input", { input: 3, output: 15, cache_read: -0.3 }],
  ["broken in a tier", { input: 3, output: 15, tiers: [{ over: 200_000, input: null }] }],
  ["finer than a picodollar", { input: 1e-9, output: 15 }],
  ["beyond all reason", { input: 3e6, output: 15e6 }],
  ["a list", []],
])("a price that is %s is none, never 0 (BerriAI/litellm#26919, T22)", (_what, cost) => {
  const { offer, unpriced } = readModel({ limit: { context: 1000 }, cost });
  expect(offer).toBeDefined();
  expect(offer).not.toHaveProperty("cost");
  expect(unpriced).toEqual(["anthropic claude-sonnet-4-5"]);
});

test("zero is unknown, unless the provider calls the model free (T22)", () => {
  const free = { input: 0, output: 0 };
  expect(readModel({ cost: free }).offer).not.toHaveProperty("cost");
  expect(readModel({ cost: free }, "some-model:free").offer?.cost).toEqual(free);
  expect(readCost({ input: 1, output: 1, cache_read: 0 }, false)).toEqual({ input: 1, output: 1 });
});

test.each([
  ["text", "a model"],
  ["a broken limit", { limit: { context: -5 } }],
  ["a limit that is text", { limit: { context: "200k" } }],
])("an entry that is %s is left out and counted", (_what, entry) => {
  expect(readModel(entry)).toMatchObject({ offer: undefined, count: 1, broken: 1 });
});

test("models that make no text, providers that nobody knows, and ids with spaces are no offers", () => {
  const file = {
    anthropic: { models: { "with space": {}, "draws-2": { modalities: { input: ["text"], output: ["image"] } } } },
    unheard: { models: { "claude-sonnet-4-5": {} } },
  };
  expect(readOffers(file, known).providers).toEqual({ anthropic: { models: {} } });
});

test("a float's noise is taken off, and nothing else", () => {
  expect(exactPrice(0.449_999_999_999_999_96)).toBe(0.45);
  expect(exactPrice(0.083_333_333_333_333_34)).toBe(0.083_333);
  expect(exactPrice(0.000_000_1)).toBeUndefined();
  expect(exactPrice(Number.NaN)).toBeUndefined();
});

test("whatever a file holds, reading it neither throws nor makes a price of less than nothing", () => {
  const cost = fc.record({ input: fc.anything(), output: fc.anything() }, { requiredKeys: [] });
  const entry = fc.oneof(fc.anything(), fc.record({ cost, limit: fc.anything() }, { requiredKeys: [] }));
  const file = fc.record({ anthropic: fc.record({ models: fc.dictionary(fc.string(), entry) }) });
  fc.assert(
    fc.property(fc.oneof(fc.anything(), file), (json) => {
      const { providers } = readOffers(json, known);
      for (const { models } of Object.values(providers)) {
        for (const offer of Object.values(models)) expect(offer.cost?.input ?? 0).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});
