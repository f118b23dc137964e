import { generic } from "./generic.ts";
import { openModels } from "./open-models.ts";
import type { VendorProfile } from "./profile.ts";

/** Models that think unless told otherwise, by `reasoning: {enabled}`. */
const hybrid = { thinkingSwitch: "reasoning-object", reasoningReplay: "tool-turns" } as const;
const always = { thinkingSwitch: "none", thinkingCanBeOff: false, reasoningReplay: "tool-turns" } as const;

/** Together AI, api.together.xyz/v1 (https://docs.together.ai/docs/inference/chat/reasoning). The base does not think. */
export const together: VendorProfile = {
  ...generic,
  name: "together",
  servesAnyModel: true,
  reasoningField: "reasoning",
  reasoningReplay: "none",
  thinkTags: "whole",
  topK: true,
  maxTools: 128,
  express: false,
  models: [
    { match: /glm-(4\.[5-9]|[5-9])|kimi-k2[.p][5-9]|deepseek-v(3\.[1-9]|[4-9])|qwen3\.[5-9]|cogito/i, ...hybrid },
    { match: /kimi-k2-thinking|deepseek-r1|minimax-m|qwq|thinking/i, ...always },
    {
      match: /gpt-oss/i,
      ...always,
      thinkingSwitch: "reasoning-effort",
      efforts: { minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" },
    },
    // https://docs.together.ai/docs/kimi-k3-quickstart and .../glm-5.3-quickstart
    {
      match: /kimi-k[3-9]/i,
      ...always,
      thinkingSwitch: "reasoning-effort",
      efforts: { minimal: "low", low: "low", medium: "high", high: "high", xhigh: "max", max: "max" },
    },
    {
      match: /glm-(5\.[3-9]|[6-9])/i,
      ...always,
      reasoningField: "reasoning_content",
      thinkingSwitch: "reasoning-effort",
      efforts: { minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "max", max: "max" },
    },
    ...openModels,
  ],
};
