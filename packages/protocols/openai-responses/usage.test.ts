import { expect, test } from "vitest";
import { decodeUsage, encodeUsage } from "./usage.ts";

test.each<[string, object, [input: number, read: number, output: number, reasoning: number]]>([
  [
    "OpenAI",
    {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 60 },
      output_tokens: 50,
      output_tokens_details: { reasoning_tokens: 40 },
      total_tokens: 150,
    },
    [100, 60, 50, 40],
  ],
  [
    // As xAI counts in chat (https://docs.x.ai/docs/guides/reasoning): only the total tells.
    "a server that counts thoughts apart",
    { input_tokens: 100, output_tokens: 50, output_tokens_details: { reasoning_tokens: 40 }, total_tokens: 190 },
    [100, 0, 90, 40],
  ],
  [
    "a server that leaves the cached tokens out",
    { input_tokens: 100, input_tokens_details: { cached_tokens: 60 }, output_tokens: 5, total_tokens: 165 },
    [160, 60, 5, 0],
  ],
  ["a server with the names of chat", { prompt_tokens: 7, completion_tokens: 3 }, [7, 0, 3, 0]],
])("reads usage of %s (T21)", (_, wire, [inputTokens, cacheReadTokens, outputTokens, reasoningTokens]) => {
  const usage = decodeUsage(wire);
  expect(usage).toMatchObject({ inputTokens, cacheReadTokens, outputTokens, reasoningTokens });
  expect(usage && decodeUsage(encodeUsage(usage))).toEqual(usage);
});
