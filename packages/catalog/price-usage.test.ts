import { noUsage, type Usage } from "@onerouter/protocols";
import fc from "fast-check";
import { expect, test } from "vitest";
import { priceUsage } from "./price-usage.ts";
import { parsePricing } from "./pricing.ts";

const kimi = parsePricing({ prompt: 0.6, completion: 2.5, cache_read: 0.15 });

function usage(counts: Partial<Usage>): Usage {
  return { ...noUsage, ...counts };
}

test("cached input costs its own price, the rest the prompt price", () => {
  const cost = priceUsage(usage({ inputTokens: 1000, cacheReadTokens: 900, outputTokens: 10 }), kimi);
  expect(cost).toBe(100n * 600_000n + 900n * 150_000n + 10n * 2_500_000n);
});

test("cache writes and reads without a price of their own cost the prompt price", () => {
  const plain = parsePricing({ prompt: 1, completion: 1 });
  const counts = { inputTokens: 100, cacheReadTokens: 20, cacheWriteTokens: 30, cacheWrite1hTokens: 40 };
  expect(priceUsage(usage(counts), plain)).toBe(100n * 1_000_000n);
});

test("the one-hour write costs its own price, else the default write's", () => {
  const counts = usage({ inputTokens: 10, cacheWrite1hTokens: 10 });
  expect(priceUsage(counts, parsePricing({ prompt: 1, cache_write: 1.25, cache_write_1h: 2 }))).toBe(20_000_000n);
  expect(priceUsage(counts, parsePricing({ prompt: 1, cache_write: 1.25 }))).toBe(12_500_000n);
});

test("reasoning is part of the output and costs the completion price unless it has its own", () => {
  const counts = usage({ outputTokens: 10, reasoningTokens: 4 });
  expect(priceUsage(counts, parsePricing({ completion: 2 }))).toBe(20_000_000n);
  expect(priceUsage(counts, parsePricing({ completion: 2, reasoning: 1 }))).toBe(16_000_000n);
});

test("the request price is added once", () => {
  expect(priceUsage(usage({ inputTokens: 1 }), parsePricing({ prompt: 1, request: 0.001 }))).toBe(1_001_000_000n);
});

test("tokens without a price make it unpriced, never free (BerriAI/litellm#9812, T22)", () => {
  expect(priceUsage(usage({ inputTokens: 1 }), undefined)).toBeNull();
  expect(priceUsage(usage({ inputTokens: 1 }), {})).toBeNull();
  expect(priceUsage(usage({ outputTokens: 1 }), parsePricing({ prompt: 1 }))).toBeNull();
  expect(priceUsage(usage({ inputTokens: 1 }), parsePricing({ completion: 1 }))).toBeNull();
  // Nothing of the unpriced kind was used.
  expect(priceUsage(usage({ inputTokens: 1 }), parsePricing({ prompt: 1 }))).toBe(1_000_000n);
  // A price of 0 is a price.
  expect(priceUsage(usage({ inputTokens: 1, outputTokens: 1 }), parsePricing({ prompt: 0, completion: 0 }))).toBe(0n);
});

test("no usage, however inconsistent, costs less than nothing", () => {
  const count = fc.nat({ max: 10_000_000 });
  const anyUsage = fc.record({
    inputTokens: count,
    cacheReadTokens: count,
    cacheWriteTokens: count,
    cacheWrite1hTokens: count,
    outputTokens: count,
    reasoningTokens: count,
  });
  fc.assert(
    fc.property(anyUsage, (counts) => {
      const cost = priceUsage(counts, kimi);
      expect(cost).not.toBeNull();
      expect(cost ?? -1n).toBeGreaterThanOrEqual(0n);
    }),
  );
});

test("a long prompt makes the whole request dearer, to the token (T22)", () => {
  const pricing = parsePricing({
    prompt: 3,
    completion: 15,
    cache_read: 0.3,
    cache_write: 3.75,
    tiers: [
      { over: 400_000, prompt: 9 },
      { over: 200_000, prompt: 6, completion: 22.5, cache_read: 0.6 },
    ],
  });
  const counts = usage({ inputTokens: 200_000, cacheReadTokens: 199_000, outputTokens: 10 });
  expect(priceUsage(counts, pricing)).toBe(1000n * 3_000_000n + 199_000n * 300_000n + 10n * 15_000_000n);
  const longer = usage({ inputTokens: 200_001, cacheReadTokens: 199_000, cacheWriteTokens: 1, outputTokens: 10 });
  expect(priceUsage(longer, pricing)).toBe(1000n * 6_000_000n + 199_000n * 600_000n + 3_750_000n + 10n * 22_500_000n);
  // What a tier leaves out is as it is without tiers.
  expect(priceUsage(usage({ inputTokens: 400_001, outputTokens: 1 }), pricing)).toBe(
    400_001n * 9_000_000n + 15_000_000n,
  );
});

test("a tier that leaves a price unknown leaves it unpriced (T22)", () => {
  const pricing = parsePricing({ prompt: 1, tiers: [{ over: 10, prompt: 2 }] });
  expect(priceUsage(usage({ inputTokens: 11, outputTokens: 1 }), pricing)).toBeNull();
});
