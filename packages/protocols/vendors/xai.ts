import { generic } from "./generic.ts";
import type { VendorProfile } from "./profile.ts";

/** xAI, api.x.ai/v1 (https://docs.x.ai/developers/model-capabilities/text/reasoning). The base does not reason. */
export const xai: VendorProfile = {
  ...generic,
  name: "xai",
  // Chat has no field for the thoughts of later models, and does not want those of Grok 3 back.
  reasoningReplay: "none",
  maxTokensField: "max_completion_tokens",
  maxTools: 128,
  maxStopSequences: 4,
  express: false,
  models: [
    { match: /grok-(2(?!.*vision)|3|code)/i, images: false },
    { match: /grok-3(?!-mini)/i, fixedSampling: ["presence_penalty"] },
    // "presencePenalty, frequencyPenalty and stop are not supported by reasoning models": an error.
    {
      match: /grok-(3-mini|code|[4-9]|latest)(?!.*non-reasoning)/i,
      thinkingCanBeOff: false,
      fixedSampling: ["presence_penalty", "frequency_penalty"],
      maxStopSequences: 0,
    },
    {
      match: /grok-3-mini/i,
      thinkingSwitch: "reasoning-effort",
      efforts: { minimal: "low", low: "low", medium: "low", high: "high", xhigh: "high", max: "high" },
    },
    // Those before 4.3 refuse any effort; since then `none` ends thinking.
    {
      match: /grok-(4\.[3-9](?!\d)|[5-9]|latest)(?!.*non-reasoning)/i,
      thinkingSwitch: "reasoning-effort",
      thinkingCanBeOff: true,
      efforts: { none: "none", minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" },
    },
  ],
};
