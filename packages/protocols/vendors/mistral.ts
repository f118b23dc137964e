import { generic } from "./generic.ts";
import type { VendorProfile } from "./profile.ts";

/** Mistral's platform, api.mistral.ai/v1 (https://docs.mistral.ai/api/endpoint/chat). Fields it does not know are a 422. */
export const mistral: VendorProfile = {
  ...generic,
  name: "mistral",
  reasoningReplay: "none",
  thoughtsAsParts: true,
  // "Tool call id was ... but must be a-z, A-Z, 0-9, with a length of 9."
  toolCallIdForm: "nine-alphanumeric",
  temperatureRange: [0, 1.5],
  seedField: "random_seed",
  maxTools: 128,
  requiredWord: "any",
  // "Unexpected role 'user' after role 'tool'" (code 3230).
  assistantAfterTools: true,
  // "Expected last role User or Tool (or Assistant with prefix True)".
  prefillField: "prefix",
  // Usage comes unasked, in the last chunk.
  streamOptions: false,
  userField: "none",
  extensionFields: ["safe_prompt", "prediction", "guardrails", "prompt_cache_key", "metadata"],
  express: false,
  models: [
    { match: /codestral|magistral-(small|medium)-250[67]|open-mi[sx]tral|mistral-nemo/i, images: false },
    // https://docs.mistral.ai/capabilities/reasoning/native
    { match: /magistral/i, thinkingCanBeOff: false, reasoningReplay: "all", fixedFields: { prompt_mode: "reasoning" } },
    // https://docs.mistral.ai/capabilities/reasoning/adjustable: on or off.
    {
      match: /mistral-small-(latest|26|2[7-9])|mistral-medium-(3[.-]5|26(?:0[4-9]|1)|2[7-9])/i,
      reasoningReplay: "all",
      thinkingSwitch: "reasoning-effort",
      efforts: { none: "none", minimal: "high", low: "high", medium: "high", high: "high", xhigh: "high", max: "high" },
    },
    // https://docs.mistral.ai/inference/conversations/reasoning: Large 4 has degrees.
    {
      match: /mistral-large-[4-9]/i,
      reasoningReplay: "all",
      thinkingSwitch: "reasoning-effort",
      efforts: { none: "none", minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" },
    },
  ],
};
