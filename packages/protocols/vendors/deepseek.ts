import { generic } from "./generic.ts";
import type { VendorProfile } from "./profile.ts";

/**
 * DeepSeek's platform, api.deepseek.com (https://api-docs.deepseek.com/guides/thinking_mode): V4 and the names of V3.x,
 * `deepseek-reasoner` and `deepseek-chat`.
 */
export const deepseek: VendorProfile = {
  ...generic,
  name: "deepseek",
  // Where a request has tools a 400 follows if any answer lacks its thoughts, also one that called none
  // (MoonshotAI/kimi-cli#2141); elsewhere they are ignored. Always sent, so that the prompt keeps its prefix.
  reasoningReplay: "all",
  reasoningRequiredWithToolCalls: true,
  reasoningRequiredAlways: true,
  thinkingSwitch: "thinking-type",
  efforts: { minimal: "low", low: "low", medium: "high", high: "high", xhigh: "high", max: "max" },
  whenThinking: {
    // Ignored without an error while the model thinks: dropped here so that the receipt says so.
    fixedSampling: ["temperature", "top_p", "frequency_penalty", "presence_penalty"],
    // "Thinking mode does not support this tool_choice" (deepseek-ai/DeepSeek-V3#1376).
    toolChoices: [],
    // "logprobs, top_logprobs": an error while the model thinks (https://api-docs.deepseek.com/guides/reasoning_model).
    extensionFields: ["prompt_cache_key"],
  },
  maxTools: 128,
  maxStopSequences: 16,
  parallelToolCallsField: false,
  // `strict` is a feature of the beta address only, and so is `prefix`.
  strictTools: false,
  structuredOutput: "json-object",
  userField: "none",
  images: false,
  extensionFields: ["logprobs", "top_logprobs", "prompt_cache_key"],
  takesUnsignedThinking: true,
  express: false,
  models: [
    { match: /deepseek-reasoner/i, thinkingSwitch: "none", thinkingCanBeOff: false, efforts: undefined },
    {
      match: /deepseek-chat/i,
      reasoningReplay: "none",
      reasoningRequiredWithToolCalls: false,
      reasoningRequiredAlways: false,
      thinkingSwitch: "none",
      efforts: undefined,
      whenThinking: undefined,
    },
  ],
};
