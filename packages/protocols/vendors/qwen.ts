import { generic } from "./generic.ts";
import type { VendorProfile } from "./profile.ts";

/** Models that think when `enable_thinking` says so, with a budget of tokens for it. */
const hybrid = {
  thinkingSwitch: "enable-thinking",
  thinkingBudget: true,
  whenThinking: {
    // "tool_choice" can force no tool, and JSON no form, while the model thinks.
    toolChoices: ["auto", "none"],
    structuredOutput: "none",
  },
} as const;

/**
 * Alibaba Cloud Model Studio in its OpenAI-compatible mode, dashscope-intl.aliyuncs.com/compatible-mode/v1
 * (https://www.alibabacloud.com/help/en/model-studio/qwen-api-via-openai-chat-completions). The base does not think.
 */
export const qwen: VendorProfile = {
  ...generic,
  name: "qwen",
  reasoningReplay: "none",
  // Below 2, which is excluded.
  temperatureRange: [0, 1.99],
  fixedSampling: ["frequency_penalty"],
  topK: true,
  maxTools: 128,
  toolChoices: ["auto", "none", "tool"],
  strictTools: false,
  prefillField: "partial",
  structuredOutput: "json-object",
  // Explicit context cache: marks of five minutes (https://www.alibabacloud.com/help/en/model-studio/context-cache).
  cacheControl: true,
  cacheControlOnTools: false,
  cacheTtl: false,
  userField: "none",
  images: false,
  extensionFields: ["logprobs", "top_logprobs", "repetition_penalty", "enable_search", "search_options"],
  takesUnsignedThinking: true,
  express: false,
  models: [
    { match: /-vl|qvq|omni|qwen3\.[5-9]|qwen[4-9]/i, images: true },
    { match: /qwen-(plus|flash|turbo)|qwen3(?!.*(coder|instruct))|qwen[4-9]/i, ...hybrid },
    // "thinking" in the name, and QwQ: always.
    {
      match: /-thinking|qwq|qvq/i,
      ...hybrid,
      thinkingSwitch: "none",
      thinkingCanBeOff: false,
    },
    // The open editions think in streams only: "parameter.enable_thinking must be set to false for non-streaming calls".
    { match: /-thinking|qwq|qvq|qwen3-[\d.]+b(?!.*(coder|instruct))/i, streamOnly: true },
    // https://docs.qwencloud.com/developer-guides/text-generation/thinking#preserve-thinking-in-multi-turn
    { match: /qwen3\.[6-9]|qwen[4-9]/i, reasoningReplay: "all", fixedFields: { preserve_thinking: true } },
  ],
};
