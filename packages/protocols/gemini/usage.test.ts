import { expect, test } from "vitest";
import { noUsage } from "../model/usage.ts";
import { decodeUsage, encodeUsage, usageDetails } from "./usage.ts";

test.each<[string, object, object | undefined]>([
  [
    "thoughts are not among the candidates' tokens",
    {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 7,
      totalTokenCount: 112,
    },
    { inputTokens: 100, cacheReadTokens: 60, outputTokens: 12, reasoningTokens: 7 },
  ],
  [
    "unless the total says so",
    { promptTokenCount: 100, candidatesTokenCount: 12, thoughtsTokenCount: 7, totalTokenCount: 112 },
    { inputTokens: 100, outputTokens: 12, reasoningTokens: 7 },
  ],
  [
    "what a hosted tool brought is input, too",
    { promptTokenCount: 10, toolUsePromptTokenCount: 90, candidatesTokenCount: 5, totalTokenCount: 105 },
    { inputTokens: 100, outputTokens: 5 },
  ],
  [
    "never negative",
    { promptTokenCount: -5, candidatesTokenCount: -1, thoughtsTokenCount: 3, cachedContentTokenCount: 8 },
    { inputTokens: 8, cacheReadTokens: 8, outputTokens: 3, reasoningTokens: 3 },
  ],
  ["nothing", { trafficType: "ON_DEMAND" }, undefined],
])("%s (T21)", (_, metadata, usage) => {
  expect(decodeUsage(metadata)).toEqual(usage === undefined ? undefined : { ...noUsage, ...usage });
});

test("what is written is read again, but for what was written to a cache", () => {
  const usage = {
    ...noUsage,
    inputTokens: 100,
    cacheReadTokens: 60,
    cacheWriteTokens: 9,
    outputTokens: 12,
    reasoningTokens: 7,
  };
  expect(decodeUsage(encodeUsage(usage))).toEqual({ ...usage, cacheWriteTokens: 0 });
});

test("the rest is kept", () => {
  expect(usageDetails({ promptTokenCount: 1, promptTokensDetails: [] })).toEqual({ promptTokensDetails: [] });
  expect(usageDetails({ promptTokenCount: 1 })).toBeUndefined();
});
