import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeUsage, encodeUsage } from "./usage.ts";

test.each<[string, object, [input: number, read: number, write: number, output: number, reasoning: number]]>([
  [
    "OpenAI",
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60 },
      completion_tokens_details: { reasoning_tokens: 40 },
    },
    [100, 60, 0, 50, 40],
  ],
  [
    "Moonshot",
    { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150, cached_tokens: 60 },
    [100, 60, 0, 50, 0],
  ],
  [
    "DeepSeek",
    { prompt_tokens: 100, completion_tokens: 50, prompt_cache_hit_tokens: 60, prompt_cache_miss_tokens: 40 },
    [100, 60, 0, 50, 0],
  ],
  [
    "OpenRouter",
    { prompt_tokens: 100, completion_tokens: 50, prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 } },
    [100, 60, 30, 50, 0],
  ],
  [
    "xAI, which counts reasoning apart",
    {
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 150,
      completion_tokens_details: { reasoning_tokens: 40 },
    },
    [100, 0, 0, 50, 40],
  ],
  [
    "a vendor that leaves the cached tokens out",
    { prompt_tokens: 10, completion_tokens: 5, cache_read_input_tokens: 60, cache_creation_input_tokens: 30 },
    [100, 60, 30, 5, 0],
  ],
  [
    // https://docs.x.ai/docs/guides/reasoning; the total alone tells, whatever the vendor's name.
    "a vendor that leaves out the thoughts and the cached tokens",
    {
      prompt_tokens: 40,
      completion_tokens: 10,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60 },
      completion_tokens_details: { reasoning_tokens: 40 },
    },
    [100, 60, 0, 50, 40],
  ],
  [
    // Portkey-AI/gateway#1210: the prompt excludes what was cached, and only the total says so.
    "Bedrock behind a gateway, with more prompt than cache",
    {
      prompt_tokens: 500,
      completion_tokens: 50,
      total_tokens: 640,
      cache_read_input_tokens: 60,
      cache_creation_input_tokens: 30,
    },
    [590, 60, 30, 50, 0],
  ],
  [
    // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
    "Bedrock in its own words",
    { inputTokens: 10, outputTokens: 50, totalTokens: 150, cacheReadInputTokens: 60, cacheWriteInputTokens: 30 },
    [100, 60, 30, 50, 0],
  ],
  [
    // https://www.alibabacloud.com/help/en/model-studio/context-cache
    "Qwen",
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 0, cache_creation_input_tokens: 80, cache_type: "ephemeral" },
    },
    [100, 0, 80, 50, 0],
  ],
  [
    // https://docs.mistral.ai/api/endpoint/chat
    "Mistral",
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      num_cached_tokens: 60,
      prompt_tokens_details: null,
    },
    [100, 60, 0, 50, 0],
  ],
  [
    // vercel/ai#19311
    "Kimi K3, with one thought more than its answer has tokens",
    {
      prompt_tokens: 951,
      completion_tokens: 6000,
      total_tokens: 6952,
      completion_tokens_details: { reasoning_tokens: 6001 },
    },
    [951, 0, 0, 6000, 6000],
  ],
  [
    "OpenAI's newer models, which write their cache",
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
    },
    [100, 60, 30, 50, 0],
  ],
  [
    "Responses",
    {
      input_tokens: 100,
      output_tokens: 50,
      total_tokens: 150,
      input_tokens_details: { cached_tokens: 60 },
      output_tokens_details: { reasoning_tokens: 20 },
    },
    [100, 60, 0, 50, 20],
  ],
  [
    "vLLM",
    { prompt_tokens: 10, total_tokens: 12, completion_tokens: 2, prompt_tokens_details: null },
    [10, 0, 0, 2, 0],
  ],
])(
  "reads the usage of %s (T21)",
  (_, wire, [inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens]) => {
    expect(decodeUsage(wire)).toEqual({
      inputTokens,
      cacheReadTokens,
      cacheWriteTokens,
      cacheWrite1hTokens: 0,
      outputTokens,
      reasoningTokens,
    });
  },
);

test.each([undefined, null, 7, {}, { prompt_tokens: 0, completion_tokens: 0 }, { prompt_tokens: -5 }])(
  "%j says nothing",
  (value) => {
    expect(decodeUsage(value)).toBeUndefined();
  },
);

test("no count is ever negative, no part larger than its whole (QuantumNous/new-api#5003, T21)", () => {
  const count = fc.oneof(fc.integer(), fc.double(), fc.constant(null), fc.string());
  const fields = [
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "totalTokens",
    "inputTokens",
    "cached_tokens",
    "num_cached_tokens",
    "cacheReadInputTokens",
    "cacheWriteInputTokens",
    "prompt_cache_miss_tokens",
    "prompt_cache_hit_tokens",
    "cache_creation_input_tokens",
    "reasoning_tokens",
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...fields), count), (wire) => {
      const usage = decodeUsage(wire);
      if (usage === undefined) return;
      for (const value of Object.values(usage)) expect(Number.isInteger(value) && value >= 0).toBe(true);
      expect(usage.cacheReadTokens + usage.cacheWriteTokens + usage.cacheWrite1hTokens).toBeLessThanOrEqual(
        usage.inputTokens,
      );
      expect(usage.reasoningTokens).toBeLessThanOrEqual(usage.outputTokens);
    }),
  );
});

test("tokens written to the cache for an hour are told apart from those of five minutes (maximhq/bifrost#2322, T21)", () => {
  const wire = {
    prompt_tokens: 100,
    completion_tokens: 5,
    prompt_tokens_details: {
      cached_tokens: 10,
      cache_write_tokens: 50,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 30 },
    },
  };
  const usage = decodeUsage(wire);
  expect(usage).toMatchObject({ cacheReadTokens: 10, cacheWriteTokens: 20, cacheWrite1hTokens: 30 });
  if (usage !== undefined) expect(decodeUsage(encodeUsage(usage))).toEqual(usage);
});

test("what is written is read back", () => {
  const usage = {
    inputTokens: 100,
    cacheReadTokens: 60,
    cacheWriteTokens: 30,
    cacheWrite1hTokens: 0,
    outputTokens: 50,
    reasoningTokens: 40,
  };
  expect(decodeUsage(encodeUsage(usage))).toEqual(usage);
});
