import { expect, test } from "vitest";
import { buildConfiguredCatalogue } from "../catalogue/build-configured-catalogue.ts";
import { createKnownModels } from "../catalogue/known-models.ts";
import { parseConfig } from "../config/load-config.ts";
import { chooseClaudeModel } from "./claude-variables.ts";

const own = { protocol: "openai-chat", base_url: "http://127.0.0.1:9", models: { "a/first": {}, "a/second": {} } };

test.each([
  ["kimi-k2-thinking where somebody has it", { anthropic: {}, moonshot: {} }, undefined, "kimi-k2-thinking"],
  ["a Claude that agents work with, not the first by name", { anthropic: {} }, undefined, "claude-sonnet-4.5"],
  ["the first where nothing is preferred", { own }, "", "a/first"],
  ["what ANTHROPIC_MODEL says", { moonshot: {} }, "a/other", "a/other"],
])("Claude Code gets %s", (_what, providers, wanted, model) => {
  const withKeys = Object.entries(providers).map(([name, provider]) => [name, { ...provider, api_keys: ["k"] }]);
  const config = parseConfig("test.yaml", JSON.stringify({ providers: Object.fromEntries(withKeys) as unknown }), {});
  expect(chooseClaudeModel(buildConfiguredCatalogue(config, createKnownModels()), wanted)).toBe(model);
});
