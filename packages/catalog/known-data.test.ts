import { readFileSync } from "node:fs";
import { vendorProfiles } from "@onerouter/protocols/vendors/index";
import { expect, test } from "vitest";
import { activateProvider } from "./activate-provider.ts";
import { benchmarkScores } from "./benchmarks.ts";
import { buildCatalogue } from "./build-catalogue.ts";
import { knownProviders } from "./known-providers.ts";
import { modelArchitectures } from "./model-architecture.ts";
import { offersOf, type CatalogueData } from "./offer.ts";
import { readOffers } from "./read-offers.ts";

const data = JSON.parse(readFileSync(new URL("./data/offers.json", import.meta.url), "utf8")) as CatalogueData;
const providers = Object.fromEntries(
  knownProviders.map((known) => {
    const stated = { protocol: known.protocol, base_url: known.baseUrl, models: {} };
    return [known.id, activateProvider(stated, known, data.providers)];
  }),
);
// Throws where a price is not exact.
const catalogue = buildCatalogue(providers, {});

test("hundreds of models of more than twenty providers", () => {
  expect(Object.keys(data.providers)).toEqual(knownProviders.map(({ id }) => id));
  for (const { models } of Object.values(data.providers)) expect(Object.keys(models).length).toBeGreaterThan(0);
  expect(catalogue.models().length).toBeGreaterThan(500);
  expect(knownProviders.length).toBeGreaterThan(20);
});

test("the data is what a refresh from it would read", () => {
  const ids = [...offersOf(data.providers)].map(([, , { model }]) => model);
  const { providers: read, broken, unpriced } = readOffers(data, ids);
  expect([broken, unpriced]).toEqual([0, []]);
  expect(read).toEqual(data.providers);
});

test("nothing costs nothing that is not called free, and nothing is cheaper when longer (T22)", () => {
  for (const [provider, id, { cost }] of offersOf(data.providers)) {
    if (cost === undefined) continue;
    if (!/[:-]free$/.test(id))
      expect([provider, id, (cost.input ?? 0) + (cost.output ?? 0) > 0]).toEqual([provider, id, true]);
    for (const tier of cost.tiers ?? []) {
      expect([provider, id, (tier.input ?? 0) >= (cost.input ?? 0)]).toEqual([provider, id, true]);
    }
  }
});

test("known providers have profiles that exist, addresses that are https, and names of their own", () => {
  for (const { id, vendor = id, baseUrl, keyVariable } of knownProviders) {
    expect(Object.keys(vendorProfiles)).toContain(vendor);
    expect(new URL(baseUrl).protocol).toBe("https:");
    expect(keyVariable).toMatch(/^[A-Z][A-Z0-9_]+$/);
  }
  expect(new Set(knownProviders.map(({ id }) => id)).size).toBe(knownProviders.length);
});

test("a policy names the page that states it", () => {
  for (const { policy, policyUrl } of knownProviders) {
    expect(policyUrl !== undefined).toBe(Object.keys(policy).length > 0);
  }
});

test("the six models of the published comparison are in the catalogue with their scores", () => {
  const counts = [...benchmarkScores].map(([id, scores]) => [id, scores.length, catalogue.resolve(id)?.id]);
  expect(counts).toEqual([
    ["moonshotai/kimi-k2-thinking", 27, "moonshotai/kimi-k2-thinking"],
    ["openai/gpt-5", 27, "openai/gpt-5"],
    ["anthropic/claude-sonnet-4.5", 24, "anthropic/claude-sonnet-4.5"],
    ["moonshotai/kimi-k2-0905", 24, "moonshotai/kimi-k2-0905"],
    ["deepseek/deepseek-v3.2", 23, "deepseek/deepseek-v3.2"],
    ["x-ai/grok-4", 11, "x-ai/grok-4"],
  ]);
  const kimi = benchmarkScores.get("moonshotai/kimi-k2-thinking") ?? [];
  expect(kimi).toContainEqual({ category: "reasoning", benchmark: "HLE", setting: "with tools", score: 44.9 });
  expect(benchmarkScores.get("openai/gpt-5")?.every(({ variant }) => variant === "high")).toBe(true);
});

test("Kimi K2 Thinking is built as its maker says", () => {
  expect(modelArchitectures.get("moonshotai/kimi-k2-thinking")).toMatchObject({
    layers: 61,
    denseLayers: 1,
    experts: 384,
    expertsPerToken: 8,
    attention: "MLA",
    activation: "SwiGLU",
    contextLength: 262_144,
    quantization: "int4",
  });
});

test.each([
  ["kimi-k2-thinking", "moonshotai/kimi-k2-thinking"],
  ["claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4.5"],
  ["claude-haiku-4-5", "anthropic/claude-haiku-4.5"],
  ["gpt-5", "openai/gpt-5"],
  ["gemini-2.5-pro", "google/gemini-2.5-pro"],
])("%s, as clients ask for it, leads to %s", (name, id) => {
  expect(catalogue.resolve(name)?.id).toBe(id);
});
