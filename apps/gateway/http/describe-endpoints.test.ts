import { buildCatalogue, type EndpointStats, type ModelOffer } from "@onerouter/catalog";
import { expect, test } from "vitest";
import { describeEndpoints } from "./describe-endpoints.ts";

function describeOne(model: ModelOffer, stats: EndpointStats = { state: "closed" }, vendor = "generic"): unknown {
  const provider = {
    protocol: "openai-chat",
    base_url: "http://127.0.0.1:9",
    vendor,
    models: { "a/b": model },
  } as const;
  const [found] = buildCatalogue({ some: provider }, {}).models();
  if (found === undefined) throw new Error("no model");
  const { endpoints } = describeEndpoints(
    found,
    (name) => name.toUpperCase(),
    () => stats,
  );
  return Array.isArray(endpoints) ? endpoints[0] : undefined;
}

test("an endpoint of which nothing is known claims nothing", () => {
  expect(describeOne({})).toMatchObject({
    name: "SOME | a/b",
    tag: "some",
    context_length: 0,
    max_completion_tokens: null,
    pricing: { prompt: "-1", completion: "-1" },
    quantization: null,
    data_policy: { training: null, retains_prompts: null, retention_days: null },
    supports_implicit_caching: false,
    status: 0,
    uptime_last_5m: null,
    latency_last_30m: null,
  });
});

test("what is measured is told in OpenRouter's units", () => {
  const percentiles = { p50: 0.5, p75: 1, p90: 2, p99: 4 };
  const stats = { state: "open", uptime30m: 99.5, latency: percentiles, throughput: percentiles } as const;
  expect(describeOne({}, stats)).toMatchObject({
    status: -2,
    uptime_last_30m: 99.5,
    uptime_last_5m: null,
    latency_last_30m: { p50: 500, p75: 1000, p90: 2000, p99: 4000 },
    throughput_last_30m: percentiles,
  });
});

test("a model that is known to take no tools, or not to think, is not said to", () => {
  const kimi = { upstream_id: "kimi-k2.6" };
  const described = describeOne({ ...kimi, tool_call: false, reasoning: false }, undefined, "moonshot");
  expect(describeOne(kimi, undefined, "moonshot")).toMatchObject({
    supported_parameters: expect.arrayContaining(["tools", "reasoning"]) as unknown,
    supports_tool_choice: { auto: true },
  });
  expect(described).toMatchObject({ supports_tool_choice: { auto: false, none: false, required: false } });
  expect(JSON.stringify(described)).not.toMatch(/"(tools|tool_choice|reasoning)"/);
});

test("cache reads without a price for writes need no marks", () => {
  const pricing = { prompt: 1, completion: 1, cache_read: 0.1 };
  expect(describeOne({ pricing, quantization: "fp8" })).toMatchObject({
    supports_implicit_caching: true,
    tag: "some/fp8",
    quantization: "fp8",
  });
  expect(describeOne({ pricing: { ...pricing, cache_write: 1.25 } })).toMatchObject({
    supports_implicit_caching: false,
  });
});
