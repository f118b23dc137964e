import { generic } from "./generic.ts";
import type { VendorProfile } from "./profile.ts";

/** Z.ai's platform, api.z.ai/api/paas/v4 (https://docs.z.ai/guides/capabilities/thinking-mode). The base is GLM-4.5 and 4.6. */
export const zai: VendorProfile = {
  ...generic,
  name: "zai",
  // Interleaved thinking since 4.5: thoughts are returned together with the results of tools.
  reasoningReplay: "tool-turns",
  thinkingSwitch: "thinking-type",
  temperatureRange: [0, 1],
  maxTools: 128,
  maxStopSequences: 1,
  // https://docs.z.ai/api-reference/llm/chat-completion: `auto` is the only documented choice.
  toolChoices: ["auto"],
  parallelToolCallsField: false,
  strictTools: false,
  // Without it the arguments come in one piece after minutes of silence.
  toolStream: true,
  fixedSampling: ["frequency_penalty", "presence_penalty", "seed", "n"],
  structuredOutput: "json-object",
  userField: "user_id",
  images: false,
  extensionFields: ["do_sample", "request_id"],
  takesUnsignedThinking: true,
  express: false,
  models: [
    // Before 4.5 no model thinks.
    { match: /glm-4-|glm-4v|codegeex/i, reasoningReplay: "none", thinkingSwitch: "none" },
    { match: /glm-[\d.]+v/i, images: true },
    // Preserved thinking: every thought goes back unaltered and in order, and `clear_thinking: false` asks for it to be kept.
    { match: /glm-(4\.[7-9]|[5-9])/i, reasoningReplay: "all", thinkingFields: { clear_thinking: false } },
    // Z.ai's own mapping: minimal switches thinking off, low and medium are high, xhigh is max.
    {
      match: /glm-5\.2/i,
      efforts: { minimal: "none", low: "high", medium: "high", high: "high", xhigh: "max", max: "max" },
    },
    // https://docs.z.ai/guides/llm/glm-5.3: always thinks, at one of three efforts.
    {
      match: /glm-(5\.[3-9]|[6-9])/i,
      thinkingCanBeOff: false,
      efforts: { minimal: "low", low: "low", medium: "high", high: "high", xhigh: "max", max: "max" },
    },
  ],
};
