import { generic } from "./generic.ts";
import type { VendorProfile } from "./profile.ts";

/** Anthropic itself, api.anthropic.com (https://platform.claude.com/docs/en/api/messages). */
export const anthropic: VendorProfile = {
  ...generic,
  name: "anthropic",
  trustedCalls: true,
  toolSchemas: "anthropic",
  // Its openai-chat endpoint has no place for thoughts; its own protocol carries them as signed blocks.
  reasoningReplay: "none",
  cacheControl: true,
  topK: true,
  documents: true,
  verifiesSignatures: true,
  takesUnsignedThinking: false,
  anthropicBetas: true,
  hostedServices: { "anthropic-messages": ["web-search", "tool-search"] },
};
