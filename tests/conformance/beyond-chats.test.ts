import { createOpenAI } from "@ai-sdk/openai";
import { GoogleGenAI } from "@google/genai";
import { startMockUpstream } from "@onerouter/mock-upstream";
import { generateText, stepCountIs, tool } from "ai";
import OpenAI from "openai";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { startTestGateway } from "../../apps/gateway/testing/start-test-gateway.ts";

/* What the SDKs of OpenAI and Google do beside chats: stored responses, completions, embeddings. */

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
  test("are stored, retrieved, listed, gone on with and deleted", async () => {
    const first = await client.responses.create({ model, input: "say hello" });
    expect(first.output_text).not.toBe("");
    const found = await client.responses.retrieve(first.id);
    expect(found.output).toEqual(first.output);
    const items = await client.responses.inputItems.list(first.id);
    expect(items.data.map((item) => [item.type, "role" in item ? item.role : undefined])).toEqual([
      ["message", "user"],
    ]);

    const stream = client.responses.stream({ model, input: "say hello again", previous_response_id: first.id });
    let text = "";
    stream.on("response.output_text.delta", ({ delta }) => void (text += delta));
    const second = await stream.finalResponse();
    expect([second.previous_response_id, second.output_text]).toEqual([first.id, text]);
    expect((await client.responses.inputItems.list(second.id)).data.length).toBeGreaterThan(2);

    await client.responses.delete(first.id);
    await expect(client.responses.retrieve(first.id)).rejects.toThrow(OpenAI.NotFoundError);
    await expect(client.responses.create({ model, input: "x", previous_response_id: first.id })).rejects.toMatchObject({
      status: 400,
      code: "previous_response_not_found",
      param: "previous_response_id",
    });
  });

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

test.each([true, false])("completions; stream: %s", async (isStreamed) => {
  const params = { model: "kimi", prompt: "say hello", max_tokens: 500, echo: true };
  if (!isStreamed) {
    const whole = await client.completions.create(params);
    expect(whole.choices[0]?.text).toMatch(/^say hello./s);
    expect(whole.usage?.total_tokens).toBeGreaterThan(0);
    return;
  }
  let text = "";
  let tokens = 0;
  const stream = await client.completions.create({ ...params, stream: true, stream_options: { include_usage: true } });
  for await (const chunk of stream) {
    text += chunk.choices[0]?.text ?? "";
    tokens = chunk.usage?.total_tokens ?? tokens;
  }
  expect([text.startsWith("say hello"), text.length > 10, tokens > 0]).toEqual([true, true, true]);
});

describe.each(["text-embedding-3-small", "gemini-embedding-001"])("embeddings of %s", (model) => {
  test("by OpenAI's SDK, in both encodings alike", async () => {
    const input = ["hello", "you"];
    // The SDK asks for base64 by itself and reads it.
    const usual = await client.embeddings.create({ model, input, dimensions: 8 });
    const floats = await client.embeddings.create({ model, input, dimensions: 8, encoding_format: "float" });
    expect(usual.data.map(({ embedding: vector }) => vector.length)).toEqual([8, 8]);
    for (const [at, { embedding: vector }] of floats.data.entries()) {
      const same = usual.data[at]?.embedding ?? [];
      expect(vector.every((value, place) => Math.abs(value - (same[place] ?? 9)) < 1e-6)).toBe(true);
    }
    expect(usual.usage.prompt_tokens).toBeGreaterThan(0);
  });

  test("by Google's SDK", async () => {
    const { embeddings } = await genai.models.embedContent({
      model,
      contents: ["hello", "you"],
      config: { outputDimensionality: 8 },
    });
    expect(embeddings?.map(({ values }) => values?.length)).toEqual([8, 8]);
  });
});
