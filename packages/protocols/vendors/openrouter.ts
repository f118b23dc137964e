import { generic } from "./generic.ts";
import type { VendorProfile } from "./profile.ts";

/** OpenRouter and gateways of its make (https://openrouter.ai/docs/use-cases/reasoning-tokens). */
export const openrouter: VendorProfile = {
  ...generic,
  name: "openrouter",
  hostedServices: { "openai-chat": ["web-search"] },
  reasoningField: "reasoning",
  reasoningReplay: "all",
  reasoningDetails: true,
  thinkingSwitch: "reasoning-effort",
  efforts: {
    none: "none",
    minimal: "minimal",
    low: "low",
    medium: "medium",
    high: "high",
    xhigh: "xhigh",
    max: "xhigh",
  },
  toolCallIdMaxLength: 40,
  maxTools: 128,
  cacheControl: true,
  topK: true,
  documents: true,
  takesGatewayFields: true,
  // Signatures among its reasoning_details have to be sealed.
  express: false,
};
