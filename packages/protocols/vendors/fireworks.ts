import { generic } from "./generic.ts";
import { openModels } from "./open-models.ts";
import type { VendorProfile } from "./profile.ts";

const thinking = { thinkingSwitch: "reasoning-effort", reasoningReplay: "all" } as const;

/**
 * Fireworks AI, api.fireworks.ai/inference/v1 (https://docs.fireworks.ai/guides/reasoning): "Extra inputs are not
 * permitted". The base does not think.
 */
export const fireworks: VendorProfile = {
  ...generic,
  name: "fireworks",
  servesAnyModel: true,
  reasoningReplay: "none",
  // "For some models, the reasoning content may instead be included directly in the content field itself."
  thinkTags: "whole",
  topK: true,
  maxTools: 128,
  maxStopSequences: 4,
  strictTools: false,
  extensionFields: [
    ..."logprobs top_logprobs logit_bias min_p repetition_penalty prediction service_tier metadata".split(" "),
    ..."reasoning_history context_length_exceeded_behavior perf_metrics_in_response prompt_cache_key".split(" "),
  ],
  express: false,
  models: [
    {
      match: /kimi-k2-thinking|minimax-m|gpt-oss|thinking|deepseek-r1/i,
      ...thinking,
      thinkingCanBeOff: false,
      efforts: { minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" },
    },
    {
      match: /kimi-k2[.p][5-9]|qwen3/i,
      ...thinking,
      efforts: { none: "none", minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" },
    },
    {
      match: /glm-(4[.p][5-9]|[5-9])/i,
      ...thinking,
      efforts: { none: "none", minimal: "high", low: "high", medium: "high", high: "high", xhigh: "max", max: "max" },
    },
    {
      match: /deepseek-v[4-9]/i,
      ...thinking,
      efforts: {
        none: "none",
        minimal: "low",
        low: "low",
        medium: "medium",
        high: "high",
        xhigh: "xhigh",
        max: "xhigh",
      },
    },
    {
      match: /kimi-k[3-9]/i,
      ...thinking,
      thinkingCanBeOff: false,
      efforts: { minimal: "low", low: "low", medium: "high", high: "high", xhigh: "max", max: "max" },
    },
    ...openModels.map((rule) =>
      rule.reasoningReplay === undefined ? rule : { ...rule, reasoningReplay: "all" as const },
    ),
  ],
};
