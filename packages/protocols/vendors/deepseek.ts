import { generic } from "./generic.ts";
import type { VendorProfile } from "./profile.ts";

/**
 * DeepSeek's platform, api.deepseek.com (https://api-docs.deepseek.com/guides/thinking_mode): V4 and the names of V3.x,
 * `deepseek-reasoner` and `deepseek-chat`.
 */
export const deepseek: VendorProfile = {
  ...generic,
  name: "deepseek",
  // Mandatory in every later request for turns with tool calls, optional for the others.
  reasoningReplay: "tool-turns",
  reasoningRequiredWithToolCalls: true,
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
      thinkingSwitch: "none",
      efforts: undefined,
      whenThinking: undefined,
    },
  ],
};
