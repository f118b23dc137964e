import { generic } from "./generic.ts";
import type { VendorProfile } from "./profile.ts";

/** Ollama's OpenAI-compatible address, localhost:11434/v1 (https://docs.ollama.com/api/openai-compatibility). */
export const ollama: VendorProfile = {
  ...generic,
  name: "ollama",
  servesAnyModel: true,
  reasoningField: "reasoning",
  thinkTags: "whole",
  // Models that can think do so unless told `none`; of one that cannot, any other effort is refused ("does not support
  // thinking"), while `none` is taken (ollama/ollama#14820).
  thinkingSwitch: "reasoning-effort",
  efforts: { none: "none" },
  toolChoices: ["auto"],
  parallelToolCallsField: false,
  strictTools: false,
  userField: "none",
  imageUrls: false,
  extensionFields: [],
  takesUnsignedThinking: true,
  express: false,
  models: [
    {
      match: /gpt-oss/i,
      thinkingCanBeOff: false,
      efforts: { minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" },
    },
  ],
};
