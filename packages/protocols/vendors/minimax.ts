import { generic } from "./generic.ts";
import type { VendorProfile } from "./profile.ts";

/** MiniMax's platform, api.minimax.io/v1 (https://platform.minimax.io/docs/api-reference/text-openai-api). The base is M2. */
export const minimax: VendorProfile = {
  ...generic,
  name: "minimax",
  // Interleaved thinking: "the complete model response must be appended to the conversation history".
  reasoningReplay: "all",
  reasoningDetails: true,
  // Otherwise thoughts stand in the content, in <think> tags.
  fixedFields: { reasoning_split: true },
  thinkTags: "whole",
  thinkingCanBeOff: false,
  // (0, 1]; others are an error.
  temperatureRange: [0.01, 1],
  fixedSampling: ["top_k", "frequency_penalty", "presence_penalty", "seed", "n"],
  maxTokensField: "max_completion_tokens",
  maxTools: 128,
  toolChoices: ["auto"],
  parallelToolCallsField: false,
  strictTools: false,
  structuredOutput: "none",
  userField: "none",
  images: false,
  extensionFields: [],
  takesUnsignedThinking: true,
  express: false,
  models: [
    // M3 sees, and thinks unless it is told not to.
    {
      match: /minimax-m[3-9]/i,
      thinkingSwitch: "thinking-type",
      thinkingOnWord: "adaptive",
      thinkingCanBeOff: true,
      structuredOutput: "json-object",
      images: true,
    },
    // https://platform.minimax.io/docs/api-reference/text-anthropic-api and .../anthropic-api-compatible-cache
    {
      match: /./,
      protocol: "anthropic-messages",
      toolChoices: ["auto", "none", "required", "tool"],
      cacheControl: true,
      // https://platform.minimax.io/docs/guides/server-tools
      hostedServices: { "anthropic-messages": ["web-search"] },
    },
  ],
};
