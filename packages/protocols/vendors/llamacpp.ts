import { generic } from "./generic.ts";
import { openModels } from "./open-models.ts";
import type { VendorProfile } from "./profile.ts";

/** llama.cpp's llama-server (https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md). */
export const llamacpp: VendorProfile = {
  ...generic,
  name: "llamacpp",
  servesAnyModel: true,
  thinkTags: "whole",
  thinkingSwitch: "chat-template-kwargs",
  thinkingKwarg: "enable_thinking",
  // The prefix that it already has is not evaluated again.
  fixedFields: { cache_prompt: true },
  // A named choice silently becomes `auto`.
  toolChoices: ["auto", "none", "required"],
  topK: true,
  userField: "none",
  takesUnsignedThinking: true,
  express: false,
  models: [
    {
      match: /gpt-oss/i,
      thinkingSwitch: "reasoning-effort",
      thinkingCanBeOff: false,
      efforts: { minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" },
    },
    ...openModels,
  ],
};
