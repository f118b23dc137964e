import { expect, test } from "vitest";
import { createCanonicalizer } from "./canonical-id.ts";

const { idOf } = createCanonicalizer([
  "moonshotai/kimi-k2-thinking",
  "moonshotai/kimi-k2.5",
  "anthropic/claude-sonnet-4.5",
  "anthropic/claude-sonnet-4",
  "anthropic/claude-opus-4.6",
  "z-ai/glm-4.6",
  "deepseek/deepseek-v3.2",
  "meta-llama/llama-3.3-70b-instruct",
  "openai/gpt-5",
]);

test.each([
  ["kimi-k2-thinking", "moonshot", "moonshotai", "moonshotai/kimi-k2-thinking"],
  ["accounts/fireworks/models/kimi-k2p5", "fireworks", undefined, "moonshotai/kimi-k2.5"],
  ["moonshotai/Kimi-K2-Thinking", "huggingface", undefined, "moonshotai/kimi-k2-thinking"],
  ["claude-sonnet-4-5-20250929", "anthropic", "anthropic", "anthropic/claude-sonnet-4.5"],
  ["claude-sonnet-4-0", "anthropic", "anthropic", "anthropic/claude-sonnet-4"],
  ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock", undefined, "anthropic/claude-sonnet-4.5"],
  ["global.anthropic.claude-opus-4-6-v1", "bedrock", undefined, "anthropic/claude-opus-4.6"],
  ["claude-sonnet-4-5@20250929", "vertex", undefined, "anthropic/claude-sonnet-4.5"],
  ["zai-org/GLM-4.6-FP8", "together", undefined, "z-ai/glm-4.6"],
  ["deepseek-ai/DeepSeek-V3.2", "huggingface", undefined, "deepseek/deepseek-v3.2"],
  ["llama-3.3-70b-instruct", "groq", undefined, "meta-llama/llama-3.3-70b-instruct"],
  ["gpt-5-2025-08-07", "openai", "openai", "openai/gpt-5"],
])("%s of %s is a model that is known", (upstreamId, provider, author, id) => {
  expect(idOf(upstreamId, provider, author)).toBe(id);
});

test.each([
  ["Qwen/Qwen9-Huge", "together", undefined, "qwen/qwen9-huge"],
  ["qwen9-huge", "groq", undefined, "qwen/qwen9-huge"],
  ["zai-org/GLM-9", "novita", undefined, "z-ai/glm-9"],
  ["something", "cerebras", undefined, "cerebras/something"],
])("%s of %s, which is not known, is spelt like the others", (upstreamId, provider, author, id) => {
  expect(idOf(upstreamId, provider, author)).toBe(id);
});

test("a variant is part of the id", () => {
  expect(idOf("moonshotai/kimi-k2-thinking:free", "openrouter")).toBe("moonshotai/kimi-k2-thinking:free");
});

test("a provider that serves only its own models does not get those of others", () => {
  expect(idOf("gpt-5", "moonshot", "moonshotai")).toBe("moonshotai/gpt-5");
});
