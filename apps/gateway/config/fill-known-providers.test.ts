import { expect, test } from "vitest";
import { ConfigError } from "./config-error.ts";
import type { Config, ProviderConfig } from "./config.ts";
import { parseConfig } from "./load-config.ts";

function parse(providers: unknown, aliases: unknown = {}): Config {
  return parseConfig("test.yaml", JSON.stringify({ providers, aliases }), {});
}

function only(name: string, provider: unknown): ProviderConfig | undefined {
  return parse({ [name]: provider }).providers[name];
}

function problemsOf(providers: unknown, aliases: unknown = {}): string[] {
  try {
    parse(providers, aliases);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

const keys = { api_keys: ["k"] };

test("a known provider needs a key and nothing else", () => {
  expect(only("fireworks", keys)).toEqual({
    ...keys,
    catalogue: "fireworks",
    protocol: "openai-chat",
    base_url: "https://api.fireworks.ai/inference/v1",
    vendor: "fireworks",
    models: {},
  });
});

test("under another name it is known by its catalogue, and what is stated wins", () => {
  expect(only("mine", { ...keys, catalogue: "anthropic", base_url: "https://proxy.test", vendor: "generic" })).toEqual({
    ...keys,
    catalogue: "anthropic",
    protocol: "anthropic-messages",
    base_url: "https://proxy.test",
    vendor: "generic",
    models: {},
  });
});

test.each([
  ["another address", { protocol: "openai-chat", base_url: "http://127.0.0.1:9/v1" }],
  ["another protocol", { protocol: "anthropic-messages", base_url: "https://api.moonshot.ai/v1" }],
])("a server of a known name with %s is somebody else's", (_what, fields) => {
  expect(only("moonshot", { ...keys, ...fields, models: { "a/b": {} } })).not.toHaveProperty("catalogue");
});

test("a known provider's own address may be stated", () => {
  expect(only("moonshot", { ...keys, base_url: "https://api.moonshot.ai/v1" })).toMatchObject({
    catalogue: "moonshot",
  });
});

test("a cloud has its address from its region and its models from the catalogue", () => {
  const auth = { type: "aws-sigv4", region: "eu-west-1", access_key_id: "id", secret_access_key: "secret" };
  expect(only("bedrock", { auth })).toMatchObject({
    catalogue: "bedrock",
    protocol: "anthropic-messages",
    base_url: "https://bedrock-runtime.eu-west-1.amazonaws.com",
    vendor: "anthropic",
  });
});

test("a provider that nobody knows is told what it lacks, and which one was probably meant", () => {
  expect(problemsOf({ antropic: keys })).toEqual([
    "providers.antropic.protocol: is missing",
    "providers.antropic.base_url: is missing",
    "providers.antropic.models: is missing; did you mean the provider anthropic, whose are known?",
  ]);
  expect(
    problemsOf({ mine: { ...keys, catalogue: "antropic", protocol: "openai-chat", base_url: "http://x.test" } }),
  ).toEqual(["providers.mine.catalogue: is no provider that is known; did you mean anthropic?"]);
});

test("an alias may lead to a known model of a provider that has a key, and to no other", () => {
  const aliases = { sonnet: "anthropic/claude-sonnet-4.5" };
  expect(problemsOf({ anthropic: keys }, aliases)).toEqual([]);
  expect(problemsOf({ moonshot: keys }, aliases)).toEqual([
    expect.stringMatching(/^aliases.sonnet: leads to no model/),
  ]);
  expect(problemsOf({ anthropic: keys }, { sonet: "anthropic/claude-sonet-4.5" })).toEqual([
    "aliases.sonet: leads to no model or alias; did you mean anthropic/claude-sonnet-4.5?",
  ]);
});

test("prices of tiers are checked like others, and named by their place (T22)", () => {
  const pricing = {
    prompt: 1,
    tiers: [
      { over: 10, prompt: 2 },
      { over: 20, prompt: 0.000_000_1 },
    ],
  };
  const models = { "a/b": { pricing } };
  expect(problemsOf({ moonshot: { ...keys, models } })).toEqual([
    "providers.moonshot.models.a/b.pricing.tiers[1].prompt: a price has at most 6 decimals",
  ]);
  expect(problemsOf({ moonshot: { ...keys, models: { "a/b": { pricing: { tiers: [{ prompt: 1 }] } } } } })).toEqual([
    expect.stringMatching(/tiers\[0\]\.over: is missing/),
  ]);
});
