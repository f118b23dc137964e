import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestGateway, type TestGateway } from "../../apps/gateway/testing/start-test-gateway.ts";
import { connectAnthropic } from "./sdks/anthropic-sdk.ts";
import { connectOpenai } from "./sdks/openai-sdk.ts";
import { connectOpenrouter } from "./sdks/openrouter-sdk.ts";
import type { Access } from "./sdks/sdk.ts";

/* Hundreds of models that nobody has typed, as the SDKs' own schemas take them. */

let gateway: TestGateway;
let access: Access;
beforeAll(async () => {
  gateway = await startTestGateway({
    providers: {
      openrouter: {},
      anthropic: {},
      openai: {},
      google: {},
      moonshot: {},
      groq: {},
      together: {},
      vercel: {},
    },
  });
  access = { url: gateway.url, apiKey: gateway.key, prefix: "/api/v1" };
});
afterAll(() => gateway.stop());

const kimi = { author: "moonshotai", slug: "kimi-k2-thinking" };

test("@openrouter/sdk lists them, filtered and in pages", async () => {
  const client = connectOpenrouter(access);
  const list = async (request: Parameters<typeof client.models.list>[0]) => {
    const models = [];
    for await (const { result } of await client.models.list(request)) models.push(...result.data);
    return models;
  };
  const all = await list({ limit: 100 });
  expect(all.length).toBeGreaterThan(400);
  expect((await client.models.count()).data.count).toBe(all.length);
  const tooled = await list({ supportedParameters: "tools", maxPrice: 1, context: 200_000, sort: "newest" });
  expect(tooled.length).toBeGreaterThan(0);
  expect(tooled.length).toBeLessThan(all.length);
  expect(all.find(({ id }) => id === "anthropic/claude-sonnet-4.5")?.pricing).toMatchObject({ prompt: "0.000003" });
  await expect(list({ category: "programming" })).rejects.toMatchObject({ statusCode: 400 });
});

test("@openrouter/sdk reads a model's endpoints, and the providers", async () => {
  const client = connectOpenrouter(access);
  const { data } = await client.endpoints.list(kimi);
  expect(data).toMatchObject({ id: "moonshotai/kimi-k2-thinking", name: "Kimi K2 Thinking" });
  expect(data.endpoints.map(({ tag }) => tag)).toEqual(["openrouter", "moonshot", "vercel"]);
  expect(data.endpoints[1]).toMatchObject({
    pricing: { inputCacheRead: "0.00000015" },
    uptimeLast30m: null,
    status: 0,
  });
  const providers = await client.providers.list();
  expect(providers.data.map(({ slug }) => slug)).toContain("moonshot");
});

test("openai and @anthropic-ai/sdk list them all", async () => {
  const count = (await connectOpenrouter(access).models.count()).data.count;
  const ids = [];
  for await (const model of connectOpenai(access).models.list()) ids.push(model.id);
  expect(ids).toHaveLength(count);
  const anthropic = [];
  for await (const model of connectAnthropic(access).models.list({ limit: 1000 })) anthropic.push(model.id);
  expect(anthropic).toEqual(ids);
});
