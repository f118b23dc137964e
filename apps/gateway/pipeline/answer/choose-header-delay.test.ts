import type { Model } from "@onerouter/catalog";
import { expect, test } from "vitest";
import { chooseHeaderDelay } from "./choose-header-delay.ts";

const model = (contextLength?: number): Model => ({
  id: "a/b",
  endpoints: [
    {
      provider: "p",
      modelId: "a/b",
      upstreamId: "b",
      protocol: "openai-chat",
      baseUrl: "http://127.0.0.1",
      vendor: "generic",
      contextLength,
    },
  ],
});

test.each([
  ["a short prompt", 1_000, 100_000, 2_000],
  ["a prompt that may be too long", 60_001, 100_000, 10_000],
  ["a model whose context length nobody knows", 10_000_000, undefined, 2_000],
])("%s", (_name, tokens, contextLength, delay) => {
  expect(chooseHeaderDelay(model(contextLength), tokens)).toBe(delay);
});
