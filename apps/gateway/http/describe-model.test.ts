import { buildCatalogue, type ProviderOffer } from "@onerouter/catalog";
import { expect, test } from "vitest";
import { describeModel } from "./describe-model.ts";

function describeFirst(providers: Record<string, ProviderOffer>): Record<string, unknown> {
  const [model] = buildCatalogue(providers, {}).models();
  if (model === undefined) throw new Error("no model");
  return describeModel(model.id, model);
}

const offer = { protocol: "openai-chat", base_url: "http://127.0.0.1:9/v1" } as const;
const kimi = "moonshotai/kimi-k2-thinking";

test("a model of which nothing is known claims nothing", () => {
  expect(describeFirst({ some: { ...offer, models: { "a/b": {} } } })).toEqual({
    id: "a/b",
    object: "model",
    created: 0,
    owned_by: "a",
    canonical_slug: "a/b",
    name: "a/b",
    context_length: null,
    max_output_tokens: null,
    architecture: {
      modality: "text->text",
      input_modalities: ["text"],
      output_modalities: ["text"],
      instruct_type: null,
    },
    // Not fixed, as OpenRouter says it; never 0, which is free.
    pricing: { prompt: "-1", completion: "-1" },
    top_provider: { context_length: null, max_completion_tokens: null, is_moderated: false },
    per_request_limits: null,
    supported_parameters: expect.arrayContaining(["tools"]) as unknown,
    default_parameters: null,
    supported_voices: null,
    links: { details: "/api/v1/models/a/b" },
  });
});

test("what is known is told: prices per token, limits, sight, thinking", () => {
  const pricing = { prompt: 0.6, completion: 2.5, cache_read: 0.15, request: 0.001 };
  const models = { [kimi]: { upstream_id: "kimi-k2.6", context_length: 1000, max_output_tokens: 100, pricing } };
  expect(describeFirst({ moonshot: { ...offer, vendor: "moonshot", models } })).toMatchObject({
    context_length: 1000,
    pricing: { prompt: "0.0000006", completion: "0.0000025", input_cache_read: "0.00000015", request: "0.001" },
    architecture: { modality: "text+image->text", input_modalities: ["text", "image"] },
    top_provider: { context_length: 1000, max_completion_tokens: 100 },
    reasoning: { mandatory: false },
  });
});

test("of several endpoints only what holds at each is told, and the price of the first", () => {
  const model = describeFirst({
    moonshot: { ...offer, vendor: "moonshot", models: { [kimi]: { pricing: { prompt: 1, completion: 2 } } } },
    other: { ...offer, models: { [kimi]: { context_length: 500 } } },
  });
  expect(model).toMatchObject({ context_length: 500, top_provider: { context_length: null } });
  expect(model.pricing).toMatchObject({ prompt: "0.000001" });
  expect(model.supported_parameters).not.toContain("temperature");
  expect(model).not.toHaveProperty("reasoning");
});
