import { generic } from "./generic.ts";
import { openModels } from "./open-models.ts";
import type { VendorProfile } from "./profile.ts";

/** Groq, api.groq.com/openai/v1 (https://console.groq.com/docs/reasoning and /docs/openai). The base does not think. */
export const groq: VendorProfile = {
  ...generic,
  name: "groq",
  reasoningField: "reasoning",
  reasoningReplay: "none",
  fixedSampling: ["n"],
  maxTokensField: "max_completion_tokens",
  maxTools: 128,
  maxStopSequences: 4,
  // Schemas are taken of some models only, never in a stream; "json mode cannot be combined with tool/function calling".
  structuredOutput: "json-object",
  structuredOutputWithTools: false,
  images: false,
  // logprobs, logit_bias and top_logprobs are a 400.
  extensionFields: ["service_tier", "search_settings", "documents", "citation_options"],
  // Nothing is kept there (https://console.groq.com/docs/responses-api), and "property 'store' is unsupported"
  // (fanenr/chatbot#21); the others belong to what is kept, and none of them is missed.
  refusedFields: ["store", "include", "truncation", "safety_identifier", "prompt_cache_key"],
  express: false,
  models: [
    ...openModels,
    { match: /llama-4|qwen3\.[5-9]|vision/i, images: true },
    // Asked for in every case: the default is `raw`, tags and all, which beside tools is a 400.
    {
      match: /qwen3|qwq|deepseek-r1/i,
      reasoningReplay: "tool-turns",
      fixedFields: { reasoning_format: "parsed" },
      thinkingSwitch: "reasoning-effort",
      efforts: {
        none: "none",
        minimal: "default",
        low: "default",
        medium: "default",
        high: "default",
        xhigh: "default",
        max: "default",
      },
    },
    { match: /qwq|deepseek-r1/i, thinkingSwitch: "none", thinkingCanBeOff: false, efforts: undefined },
    // Knows no reasoning_format; its thoughts come parsed.
    {
      match: /gpt-oss/i,
      reasoningReplay: "tool-turns",
      thinkingSwitch: "reasoning-effort",
      thinkingCanBeOff: false,
      efforts: { minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" },
    },
  ],
};
