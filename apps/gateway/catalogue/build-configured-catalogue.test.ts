import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseConfig } from "../config/load-config.ts";
import { buildConfiguredCatalogue } from "./build-configured-catalogue.ts";
import { createKnownModels } from "./known-models.ts";
import { refreshedFile } from "./read-catalogue.ts";

function catalogueOf(providers: unknown, dataDir?: string) {
  return buildConfiguredCatalogue(
    parseConfig("test.yaml", JSON.stringify({ providers }), {}),
    createKnownModels(dataDir),
  );
}

const keys = { api_keys: ["k"] };

test("two keys make hundreds of models, each with every endpoint that has a key", () => {
  const catalogue = catalogueOf({ openrouter: keys, moonshot: keys });
  expect(catalogue.models().length).toBeGreaterThan(300);
  expect(catalogue.resolve("kimi-k2-thinking")?.endpoints).toMatchObject([
    { provider: "openrouter", upstreamId: "moonshotai/kimi-k2-thinking", vendor: "openrouter" },
    { provider: "moonshot", upstreamId: "kimi-k2-thinking", baseUrl: "https://api.moonshot.ai/v1" },
  ]);
});

test("models whose providers have no key are known, and cannot be asked for", () => {
  const catalogue = catalogueOf({ moonshot: keys });
  expect(catalogue.resolve("anthropic/claude-sonnet-4.5")).toBeUndefined();
  const inactive = catalogue.inactiveModels().map(({ id }) => id);
  expect(inactive).toContain("anthropic/claude-sonnet-4.5");
  expect(inactive).not.toContain("moonshotai/kimi-k2-thinking");
});

test("a configuration that names no known provider reads nothing", () => {
  const stated = { protocol: "openai-chat", base_url: "http://127.0.0.1:9", ...keys, models: { "a/b": {} } };
  const config = parseConfig("test.yaml", JSON.stringify({ providers: { mine: stated } }), {});
  const known = {
    current: () => expect.unreachable("the catalogue was read"),
    refreshed: () => undefined,
    reread: () => {},
  };
  expect(buildConfiguredCatalogue(config, known).models()).toHaveLength(1);
});

function dataWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "onerouter-catalogue-"));
  writeFileSync(refreshedFile(folder), text);
  return folder;
}

const priceOf = (dataDir: string): bigint | undefined =>
  catalogueOf({ moonshot: keys }, dataDir).resolve("kimi-k2-thinking")?.endpoints[0]?.pricing?.prompt;

test("what a refresh has brought goes first, if it is later", () => {
  const offer = { model: "moonshotai/kimi-k2-thinking", cost: { input: 7, output: 8 } };
  const file = (date: string): string =>
    JSON.stringify({ date, providers: { moonshot: { models: { "kimi-k2-thinking": offer } } } });
  expect(priceOf(dataWith(file("2099-01-01")))).toBe(7_000_000n);
  expect(priceOf(dataWith(file("2020-01-01")))).toBe(600_000n);
});

test.each(["", "{", "[]", "null", '{"date":5}', '{"date":"2099-01-01"}', '{"date":"2099-01-01","providers":[1]}'])(
  "a kept file that holds %j changes nothing (T22)",
  (text) => {
    expect(priceOf(dataWith(text))).toBe(600_000n);
  },
);

test("a price that somebody broke in the kept file is not 0 (T22)", () => {
  const offer = { model: "moonshotai/kimi-k2-thinking", cost: { input: "cheap", output: -1 } };
  const file = { date: "2099-01-01", providers: { moonshot: { models: { "kimi-k2-thinking": offer } } } };
  expect(priceOf(dataWith(JSON.stringify(file)))).toBe(600_000n);
});
