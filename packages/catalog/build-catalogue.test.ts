import { expect, test } from "vitest";
import { buildCatalogue, type ProviderOffer } from "./build-catalogue.ts";
import { contextLengthOf, maxOutputTokensOf } from "./endpoint.ts";

const moonshot: ProviderOffer = {
  protocol: "openai-chat",
  base_url: "https://api.moonshot.test/v1",
  vendor: "moonshot",
  models: {
    "moonshotai/kimi-k2-thinking": {
      upstream_id: "kimi-k2-thinking",
      context_length: 262_144,
      max_output_tokens: 32_768,
      pricing: { prompt: 0.6, completion: 2.5 },
    },
  },
};
const reseller: ProviderOffer = {
  protocol: "anthropic-messages",
  base_url: "https://reseller.test",
  models: { "moonshotai/kimi-k2-thinking": { context_length: 200_000 }, "author/other": {} },
};

const catalogue = buildCatalogue(
  { moonshot, reseller },
  { "kimi-k2-thinking": "moonshotai/kimi-k2-thinking", kimi: "kimi-k2-thinking" },
);

test("one model under several providers has several endpoints, in the order of the configuration", () => {
  const model = catalogue.resolve("moonshotai/kimi-k2-thinking");
  expect(model?.endpoints).toEqual([
    {
      provider: "moonshot",
      modelId: "moonshotai/kimi-k2-thinking",
      upstreamId: "kimi-k2-thinking",
      protocol: "openai-chat",
      baseUrl: "https://api.moonshot.test/v1",
      vendor: "moonshot",
      contextLength: 262_144,
      maxOutputTokens: 32_768,
      pricing: { prompt: 600_000n, completion: 2_500_000n },
    },
    {
      provider: "reseller",
      modelId: "moonshotai/kimi-k2-thinking",
      upstreamId: "moonshotai/kimi-k2-thinking",
      protocol: "anthropic-messages",
      baseUrl: "https://reseller.test",
      vendor: "generic",
      contextLength: 200_000,
    },
  ]);
  expect(catalogue.models().map(({ id }) => id)).toEqual(["moonshotai/kimi-k2-thinking", "author/other"]);
});

test("the limits of a model are those that hold on every endpoint", () => {
  const [kimi, other] = catalogue.models();
  expect(kimi && contextLengthOf(kimi)).toBe(200_000);
  expect(kimi && maxOutputTokensOf(kimi)).toBe(32_768);
  expect(other && contextLengthOf(other)).toBeUndefined();
});

test("aliases lead to the model, also through each other", () => {
  const model = catalogue.resolve("moonshotai/kimi-k2-thinking");
  expect(catalogue.resolve("kimi-k2-thinking")).toBe(model);
  expect(catalogue.resolve("kimi")).toBe(model);
  expect(catalogue.aliasesOf("moonshotai/kimi-k2-thinking")).toEqual(["kimi-k2-thinking", "kimi"]);
  expect(catalogue.aliasesOf("author/other")).toEqual([]);
});

test("Claude Code's [1m] is not part of the name", () => {
  expect(catalogue.resolve("kimi[1m]")?.id).toBe("moonshotai/kimi-k2-thinking");
  expect(catalogue.resolve("[1m]")).toBeUndefined();
});

test.each(["Kimi", "", "__proto__", "constructor", "toString", "kimi-k2"])("%j is no model", (name) => {
  expect(catalogue.resolve(name)).toBeUndefined();
});

test("aliases in a circle or to nowhere resolve to nothing", () => {
  const broken = buildCatalogue({ moonshot }, { a: "b", b: "a", c: "nowhere" });
  expect(["a", "b", "c"].map((name) => broken.resolve(name))).toEqual([undefined, undefined, undefined]);
});

test("the nearest name is suggested for one that does not resolve", () => {
  expect(catalogue.suggest("kimi-k2-thinkin")).toBe("kimi-k2-thinking");
  expect(catalogue.suggest("moonshotai/kimi-k2-thinkng")).toBe("moonshotai/kimi-k2-thinking");
  expect(catalogue.suggest("OTHER")).toBe("author/other");
  expect(catalogue.suggest("claude-opus-4-8")).toBeUndefined();
  expect(catalogue.suggest("k".repeat(1_000_000))).toBeUndefined();
});

test("a model that nobody has activated is found by its id and by what its providers call it", () => {
  const idle: ProviderOffer = {
    ...reseller,
    models: { "author/idle": { also: ["idle-2026-01-01"] }, "author/other": {}, "x/twin": {}, "y/twin": {} },
  };
  const { resolve, resolveInactive } = buildCatalogue({ reseller }, {}, () => ({ idle }));
  for (const name of ["author/idle", "idle", "idle-2026-01-01"]) {
    expect([resolve(name), resolveInactive(name)?.endpoints[0]?.provider]).toEqual([undefined, "idle"]);
  }
  for (const name of ["author/other", "other", "twin", "nothing"]) expect(resolveInactive(name)).toBeUndefined();
});

test("a model is found by what providers call it that nobody has activated, unless that is another one's name", () => {
  const also = ["other-2026-01-01", "idle", "kimi-k2-thinking"];
  const idle: ProviderOffer = { ...reseller, models: { "author/other": { also }, "author/idle": {} } };
  const { resolve } = buildCatalogue({ reseller }, {}, () => ({ idle }));
  expect(resolve("other-2026-01-01")?.id).toBe("author/other");
  expect(resolve("other-2026-01-01[1m]")?.endpoints.map(({ provider }) => provider)).toEqual(["reseller"]);
  expect(resolve("idle")).toBeUndefined();
  expect(resolve("kimi-k2-thinking")?.id).not.toBe("author/other");
});
