import { generic } from "./generic.ts";
import { openModels } from "./open-models.ts";
import type { VendorProfile } from "./profile.ts";

/** vLLM and servers of its make (https://docs.vllm.ai/en/stable/features/reasoning_outputs/). */
export const vllm: VendorProfile = {
  ...generic,
  name: "vllm",
  servesAnyModel: true,
  // "reasoning used to be called reasoning_content": both are read.
  reasoningField: "reasoning",
  // Without a reasoning parser the tags are part of the text.
  thinkTags: "whole",
  // The chat template decides; one that has no such switch ignores it.
  thinkingSwitch: "chat-template-kwargs",
  thinkingKwarg: "enable_thinking",
  topK: true,
  express: false,
  models: [
    { match: /deepseek-v|granite|kimi|holo2/i, thinkingKwarg: "thinking" },
    {
      match: /kimi-k2-thinking|kimi-k[3-9]|deepseek-r1|qwq|minimax-m|-thinking/i,
      thinkingSwitch: "none",
      thinkingCanBeOff: false,
    },
    // Their chat templates end the prompt with the tag (https://huggingface.co/Qwen/Qwen3-30B-A3B-Thinking-2507).
    { match: /deepseek-r1|qwq|minimax-m2|qwen.*-thinking/i, thinkTags: "opened" },
    {
      match: /gpt-oss/i,
      thinkingSwitch: "reasoning-effort",
      thinkingCanBeOff: false,
      efforts: { minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" },
    },
    ...openModels,
  ],
};
