import { afterAll, describe, expect, test } from "vitest";
import { connectAnthropic } from "./sdks/anthropic-sdk.ts";
import { connectOpenai } from "./sdks/openai-sdk.ts";
import { connectOpenrouter } from "./sdks/openrouter-sdk.ts";
import type { Access } from "./sdks/sdk.ts";
import { claude, configuredModels, kimi, kimiAlias } from "./stand/gateway-config.ts";
import { startStand } from "./stand/start-stand.ts";

const stand = await startStand();
afterAll(() => stand.close());

const names = configuredModels().flatMap((model) => (model === kimi ? [kimi, kimiAlias] : [model]));

describe.each(["/v1", "/api/v1"] as const)("at %s", (prefix) => {
  const access: Access = { url: stand.url, apiKey: stand.apiKey, prefix };

  describe("@anthropic-ai/sdk", () => {
    const client = connectAnthropic(access);

    test("models.list", async () => {
      const models = [];
      for await (const model of client.models.list()) models.push(model);
      expect(models.map(({ id }) => id)).toEqual(names);
      expect(models[0]).toMatchObject({ type: "model", display_name: kimi, max_input_tokens: 262_144 });
    });

    test("models.retrieve, also by alias", async () => {
      expect(await client.models.retrieve(kimiAlias)).toMatchObject({ type: "model", id: kimiAlias });
      await expect(client.models.retrieve("no/such")).rejects.toMatchObject({ status: 404 });
    });
  });

  describe("openai", () => {
    const client = connectOpenai(access);

    test("models.list", async () => {
      const models = [];
      for await (const model of client.models.list()) models.push(model);
      expect(models.map(({ id }) => id)).toEqual(names);
      expect(models[0]).toMatchObject({ object: "model", created: expect.any(Number), owned_by: "moonshotai" });
    });

    test("models.retrieve, also by alias", async () => {
      expect(await client.models.retrieve(kimiAlias)).toMatchObject({ object: "model", id: kimiAlias });
      await expect(client.models.retrieve("no/such")).rejects.toMatchObject({ status: 404 });
    });
  });

  describe("@openrouter/sdk", () => {
    const client = connectOpenrouter(access);

    test("models.list, checked by its own schema", async () => {
      const pages = await client.models.list();
      const models = [];
      for await (const page of pages) models.push(...page.result.data);
      expect(models.map(({ id }) => id)).toEqual(names);
      expect(models.find(({ id }) => id === kimi)).toMatchObject({
        name: kimi,
        canonicalSlug: kimi,
        contextLength: 262_144,
        pricing: { prompt: "0.0000006", completion: "0.0000025", inputCacheRead: "0.00000015" },
        topProvider: { maxCompletionTokens: 32_768 },
        reasoning: { mandatory: true },
      });
      expect(models.find(({ id }) => id === claude)).toMatchObject({
        pricing: { prompt: "0.000003", inputCacheWrite1h: "0.000006" },
        architecture: { inputModalities: ["text", "image", "file"] },
      });
    });

    test("what is not known is not made up", async () => {
      const { data } = await client.models.get({ author: "mock", slug: "mock-thinking" });
      expect(data).toMatchObject({
        contextLength: null,
        pricing: { prompt: "-1", completion: "-1" },
        perRequestLimits: null,
        defaultParameters: null,
        supportedVoices: null,
      });
      expect(data.reasoning).toBeUndefined();
      expect(data.description).toBeUndefined();
    });

    test("models.list in pages", async () => {
      const pages = await client.models.list({ limit: 5 });
      const sizes = [];
      const ids = [];
      for await (const { result } of pages) {
        sizes.push(result.data.length);
        ids.push(...result.data.map(({ id }) => id));
        expect(result.totalCount).toBe(names.length);
      }
      expect(sizes).toEqual([5, 5, names.length - 10]);
      expect(ids).toEqual(names);
    });

    test("models.count", async () => {
      expect((await client.models.count()).data.count).toBe(names.length);
    });
  });
});
