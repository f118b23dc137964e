import { generic } from "./generic.ts";
import type { VendorProfile } from "./profile.ts";

const thinkingEnabled = {
  reasoningReplay: "tool-turns",
  reasoningRequiredWithToolCalls: true,
  thinkingSwitch: "none",
  thinkingCanBeOff: false,
  // MoonshotAI/Kimi-Vendor-Verifier tests/params: any other value is a 400.
  fixedSampling: ["temperature", "top_p", "frequency_penalty", "presence_penalty", "n"],
  // "tool_choice 'required' is incompatible with thinking enabled"; K3 has lifted that.
  whenThinking: { toolChoices: ["auto", "none"] },
} as const;

/** Thoughts of the whole conversation stay in the prompt, so that it keeps its prefix when the user speaks again. */
const keepsThoughts = {
  reasoningReplay: "all",
  // "preserved thinking requires reasoning_content on every assistant message" (MoonshotAI/kimi-cli#2498).
  reasoningRequiredAlways: true,
} as const;

/** Moonshot's platform, api.moonshot.ai/v1 (https://platform.kimi.ai/docs). The base profile is a Kimi that does not think. */
export const moonshot: VendorProfile = {
  ...generic,
  name: "moonshot",
  countsTokens: true,
  reasoningReplay: "none",
  // MoonshotAI/Kimi-K2 docs/tool_call_guidance.md: foreign ids in the history make K2 leak markup or stop early.
  toolCallIdForm: "functions-index",
  temperatureRange: [0, 1],
  // MoonshotAI/Kimi-K2#90.
  maxTools: 128,
  // https://platform.kimi.ai/docs/api/chat: at most five, of at most 32 bytes.
  maxStopSequences: 5,
  maxStopBytes: 32,
  toolChoices: ["auto", "none", "required"],
  parallelToolCallsField: false,
  strictTools: false,
  toolSchemas: "moonshot",
  prefillField: "partial",
  structuredOutput: "json-object",
  userField: "safety_identifier",
  images: false,
  // https://platform.kimi.ai/docs/guide/use-kimi-vision-model: base64 or an uploaded file, no URLs.
  imageUrls: false,
  extensionFields: ["prompt_cache_key", "safety_identifier", "logprobs", "top_logprobs"],
  takesUnsignedThinking: true,
  express: false,
  models: [
    { match: /vision/i, images: true },
    { match: /kimi-k2-thinking|kimi-thinking/i, ...thinkingEnabled },
    // K2.5 and later see; thinking is on by default and can be switched off for these two only.
    {
      match: /k2[.-][56](?!\d)/i,
      ...thinkingEnabled,
      thinkingSwitch: "thinking-type",
      thinkingCanBeOff: true,
      structuredOutput: "json-schema",
      images: true,
    },
    // From K2.6 on thoughts are kept where it is asked for; K2.7 and later always keep them.
    { match: /k2[.-]6(?!\d)/i, ...keepsThoughts, thinkingFields: { keep: "all" } },
    { match: /k2[.-]7(?!\d)/i, ...thinkingEnabled, ...keepsThoughts, structuredOutput: "json-schema", images: true },
    {
      match: /kimi-k[3-9](?!\d)/i,
      ...thinkingEnabled,
      ...keepsThoughts,
      thinkingSwitch: "reasoning-effort",
      efforts: { minimal: "low", low: "low", medium: "high", high: "high", xhigh: "max", max: "max" },
      whenThinking: {},
      // Kimi-Vendor-Verifier tests/k3_features, "dynamic tools".
      toolsInMessages: true,
      structuredOutput: "json-schema",
      images: true,
    },
  ],
};
