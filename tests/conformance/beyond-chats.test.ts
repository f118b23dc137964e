import { createOpenAI } from "@ai-sdk/openai";
import { GoogleGenAI } from "@google/genai";
import { startMockUpstream } from "@onerouter/mock-upstream";
import { generateText, stepCountIs, tool } from "ai";
import OpenAI from "openai";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { startTestGateway } from "../../apps/gateway/testing/start-test-gateway.ts";

/* What the SDKs do beside chats, further to openai-stored.test.ts. */

const mock = await startMockUpstream({ seed: "stateful" });
const embedding = { kind: "embedding" as const };
const gateway = await startTestGateway({
  providers: {
    moonshot: {
      protocol: "openai-chat",
      base_url: `${mock.url}/moonshot/v1`,
      models: { kimi: { upstream_id: "kimi-k2-thinking" } },
    },
    openai: { protocol: "openai-responses", base_url: `${mock.url}/openai/v1`, models: { "gpt-5.2": {} } },
    vectors: {
      protocol: "openai-chat",
      vendor: "openai",
      base_url: `${mock.url}/openai/v1`,
      models: { "text-embedding-3-small": embedding },
    },
    google: { protocol: "gemini", base_url: `${mock.url}/google`, models: { "gemini-embedding-001": embedding } },
  },
});
afterAll(async () => {
  await gateway.stop();
  await mock.close();
});
beforeEach(() => mock.reset());

const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.key, maxRetries: 0 });
const genai = new GoogleGenAI({ apiKey: gateway.key, httpOptions: { baseUrl: gateway.url } });

describe.each(["kimi", "gpt-5.2"])("responses of %s", (model) => {
  test("are counted and compacted", async () => {
    const counted = await client.responses.inputTokens.count({ model, input: "say hello" });
    expect([counted.object, counted.input_tokens > 0]).toEqual(["response.input_tokens", true]);
    const compacted = await client.responses.compact({ model, input: [{ role: "user", content: "say hello" }] });
    expect(compacted.output.at(-1)?.type).toBe("compaction");
    const input = [
      ...(compacted.output as OpenAI.Responses.ResponseInputItem[]),
      { role: "user" as const, content: "say hello" },
    ];
    expect((await client.responses.create({ model, input, store: false })).status).toBe("completed");
  });

  test("are referred to by the AI SDK, which sends ids of items in place of the items", async () => {
    const provider = createOpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.key });
    const ran: string[] = [];
    const result = await generateText({
      model: provider.responses(model),
      prompt: "count to 3 with exec_command",
      stopWhen: stepCountIs(6),
      providerOptions: {
        openai: { store: true, reasoningEffort: "medium", reasoningSummary: "auto", forceReasoning: true },
      },
      tools: {
        exec_command: tool({
          description: "Runs a command.",
          inputSchema: z.object({ command: z.string() }),
          execute: ({ command }) => {
            ran.push(command);
            return Promise.resolve("done");
          },
        }),
      },
    });
    expect([ran.length, result.finishReason]).toEqual([3, "stop"]);
    expect(mock.requests.map(({ status, refusal }) => refusal ?? status)).toEqual([200, 200, 200, 200]);
  });
});

test.each(["text-embedding-3-small", "gemini-embedding-001"])("embeddings of %s by Google's SDK", async (model) => {
  const { embeddings } = await genai.models.embedContent({
    model,
    contents: ["hello", "you"],
    config: { outputDimensionality: 8 },
  });
  expect(embeddings?.map(({ values }) => values?.length)).toEqual([8, 8]);
});
