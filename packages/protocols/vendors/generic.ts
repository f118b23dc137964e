import type { VendorProfile } from "./profile.ts";

/** A server about which only its protocol is known. Careful: takes nothing for granted beyond the common ground. */
export const generic: VendorProfile = {
  name: "generic",
  reasoningField: "reasoning_content",
  reasoningReplay: "tool-turns",
  reasoningRequiredWithToolCalls: false,
  thinkingSwitch: "none",
  thinkingCanBeOff: true,
  toolCallIdForm: "any",
  fixedSampling: [],
  maxTokensField: "max_tokens",
  toolChoices: ["auto", "none", "required", "tool"],
  parallelToolCallsField: true,
  midConversationSystem: "user",
  systemRole: "system",
  structuredOutput: "json-schema",
  cacheControl: false,
  streamOptions: true,
  userField: "user",
  images: true,
  topK: false,
  verifiesSignatures: false,
  takesUnsignedThinking: false,
  anthropicBetas: false,
  express: true,
  models: [
    // Not the server but the model refuses calls without it, whoever passes them on to Google.
    { match: /gemini-(?:[3-9]|\d\d)/i, callsNeedSignature: true },
  ],
};
