import { expect, test } from "vitest";
import { activateProvider, type Activation } from "./activate-provider.ts";
import { buildCatalogue } from "./build-catalogue.ts";
import { chooseOffers, newestFirst } from "./choose-offers.ts";
import type { KnownProvider } from "./known-provider.ts";
import { matchesAny } from "./match-models.ts";
import type { Offer, OfferData } from "./offer.ts";

const known: KnownProvider = {
  id: "maker",
  title: "Maker",
  protocol: "openai-chat",
  baseUrl: "https://maker.test/v1",
  keyVariable: "MAKER_KEY",
  sources: {},
  policy: { training: false, retentionDays: 30 },
};
const offers: OfferData = {
  maker: {
    models: {
      "large-20250101": { model: "maker/large", limit: { context: 1000 }, release_date: "2025-01-01" },
      "large-20250601": { model: "maker/large", limit: { context: 2000, output: 500 }, cost: { input: 1, output: 2 } },
      small: {
        model: "maker/small",
        name: "Small",
        cost: { input: 0.1, output: 0.2, cache_read: 0.01, tiers: [{ over: 100, input: 0.2, output: 0.4 }] },
        modalities: { input: ["text", "image"] },
        quantization: "fp8",
      },
      "small-embed": { model: "maker/small-embed", kind: "embedding" },
    },
  },
};
const base: Activation = { protocol: "openai-chat", base_url: "https://maker.test/v1", models: {} };
const idsWith = (fields: Partial<Activation>): string[] =>
  Object.keys(activateProvider({ ...base, ...fields }, known, offers).models);

test("a provider about whose models nothing is stated has all that are known", () => {
  const { models, data_policy, known: same } = activateProvider(base, known, offers);
  expect(Object.keys(models)).toEqual(["maker/large", "maker/small", "maker/small-embed"]);
  expect(models["maker/small"]).toEqual({
    upstream_id: "small",
    also: ["small"],
    name: "Small",
    pricing: {
      prompt: 0.1,
      completion: 0.2,
      cache_read: 0.01,
      tiers: [{ over: 100, prompt: 0.2, completion: 0.4 }],
    },
    input_modalities: ["text", "image"],
    quantization: "fp8",
  });
  expect([data_policy, same]).toEqual([{ training: false, retention_days: 30 }, known]);
});

test("stated models are the only ones, and what is stated of them wins field by field", () => {
  const { models } = activateProvider({ ...base, models: { "maker/large": { context_length: 5 } } }, known, offers);
  expect(models).toEqual({
    "maker/large": {
      upstream_id: "large-20250601",
      also: ["large-20250601", "large-20250101"],
      context_length: 5,
      max_output_tokens: 500,
      pricing: { prompt: 1, completion: 2 },
    },
  });
});

test("facts of one upstream id do not hold for another", () => {
  const stated = { "maker/large": { upstream_id: "large-20250101" }, "maker/small": { upstream_id: "small-beta" } };
  const { models } = activateProvider({ ...base, models: stated }, known, offers);
  expect(models["maker/large"]).toMatchObject({ context_length: 1000 });
  expect(models["maker/large"]).not.toHaveProperty("pricing");
  expect(models["maker/small"]).toEqual({ upstream_id: "small-beta" });
});

test("include adds to stated models, exclude takes away from known ones", () => {
  expect(idsWith({ include: ["maker/small*"] })).toEqual(["maker/small", "maker/small-embed"]);
  expect(idsWith({ exclude: ["*embed"] })).toEqual(["maker/large", "maker/small"]);
  expect(activateProvider({ ...base, exclude: ["*embed"] }, known, offers).leftOut).toEqual(["maker/small-embed"]);
  expect(idsWith({ models: { "a/b": {} }, include: ["*"], exclude: ["*small*"] })).toEqual(["a/b", "maker/large"]);
});

test("a stated data policy takes the place of the known one", () => {
  const policy = { training: false, retention_days: 0 };
  expect(activateProvider({ ...base, data_policy: policy }, known, offers).data_policy).toEqual(policy);
});

test("of several upstream ids: not deprecated, known to be asked for, preferred, undated, latest", () => {
  const choose = (models: Record<string, Offer>, prefer?: RegExp): string | undefined =>
    chooseOffers(models, { prefer }).get("m")?.upstreamId;
  const plain: Offer = { model: "m" };
  const gone: Offer = { model: "m", status: "deprecated" };
  expect(choose({ "m-20250101": plain, "m-20250601": plain })).toBe("m-20250601");
  expect(choose({ "m-20250601": plain, m: plain })).toBe("m");
  expect(choose({ m: gone, "m-20250601": plain })).toBe("m-20250601");
  expect(choose({ m: gone })).toBe("m");
  expect(choose({ m: plain, "eu.m": plain, "global.m": plain }, /^global\./)).toBe("global.m");
  expect(choose({ m: plain, "m-20250601": { ...plain, tool_call: true } })).toBe("m-20250601");
});

test("later versions come first", () => {
  const names = ["a/m-4", "a/m-4.9", "a/m-4-mini", "a/m-10", "a/m-4.10"];
  expect(names.toSorted(newestFirst)).toEqual(["a/m-10", "a/m-4.10", "a/m-4.9", "a/m-4", "a/m-4-mini"]);
});

test.each([
  ["anthropic/claude-sonnet-4.5", "anthropic/*", true],
  ["anthropic/claude-sonnet-4.5", "*sonnet*", true],
  ["anthropic/claude-sonnet-4.5", "Anthropic/Claude-Sonnet-4.5", true],
  ["anthropic/claude-sonnet-4.5", "claude*", false],
  ["anthropic/claude-sonnet-4.5", "*claude", false],
  ["ab", "ab*b", false],
  ["a/b", "*", true],
  ["a.b", "a?b", false],
])("%s and the pattern %s", (id, pattern, expected) => {
  expect(matchesAny(id, [pattern])).toBe(expected);
});

test("a model is found by its slug and by its providers' names for it, as long as they are nobody else's", () => {
  const catalogue = buildCatalogue({ maker: activateProvider(base, known, offers) }, { small: "maker/large" });
  expect(catalogue.resolve("large")?.id).toBe("maker/large");
  expect(catalogue.resolve("large-20250101")?.id).toBe("maker/large");
  expect(catalogue.resolve("large[1m]")?.id).toBe("maker/large");
  // Configured aliases win.
  expect(catalogue.resolve("small")?.id).toBe("maker/large");
  const two = buildCatalogue({ one: { ...base, models: { "a/same": {}, "b/same": {} } } }, {});
  expect(two.resolve("same")).toBeUndefined();
});
