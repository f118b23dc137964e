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

test("no count is ever negative, no part larger than its whole", () => {
  const count = fc.oneof(fc.integer(), fc.double(), fc.constant(null), fc.string());
  const fields = [
    "prompt_tokens",
    "completion_tokens",
    "total_tokens",
    "cached_tokens",
    "prompt_cache_hit_tokens",
    "cache_creation_input_tokens",
    "reasoning_tokens",
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...fields), count), (wire) => {
      const usage = decodeUsage(wire);
      if (usage === undefined) return;
      for (const value of Object.values(usage)) expect(Number.isInteger(value) && value >= 0).toBe(true);
      expect(usage.cacheReadTokens + usage.cacheWriteTokens).toBeLessThanOrEqual(usage.inputTokens);
      expect(usage.reasoningTokens).toBeLessThanOrEqual(usage.outputTokens);
    }),
  );
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
