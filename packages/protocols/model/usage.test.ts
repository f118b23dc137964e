import { expect, test } from "vitest";
import { noUsage, tokenCount, uncachedInputTokens } from "./usage.ts";

test.each([
  [17, 17],
  [55.9, 55],
  [0, 0],
  [-3, 0],
  [Number.NaN, 0],
  [Number.POSITIVE_INFINITY, 0],
  [Number.MAX_VALUE, 1e12],
  ["17", 0],
  [null, 0],
  [undefined, 0],
])("a count of %s is %i (T21)", (value, count) => {
  expect(tokenCount(value)).toBe(count);
  // Money is counted in integers of any size, which an infinite sum of counts would not be.
  expect(() => BigInt(tokenCount(value) * 4)).not.toThrow();
});

test("what was neither read from nor written to a cache is never negative (QuantumNous/new-api#5003, T21)", () => {
  expect(uncachedInputTokens({ ...noUsage, inputTokens: 100, cacheReadTokens: 60, cacheWriteTokens: 10 })).toBe(30);
  expect(uncachedInputTokens({ ...noUsage, inputTokens: 10, cacheReadTokens: 60, cacheWrite1hTokens: 5 })).toBe(0);
});
