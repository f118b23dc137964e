import { generic } from "./generic.ts";
import { openModels } from "./open-models.ts";
import type { VendorProfile } from "./profile.ts";

/** OpenRouter and gateways of its make (https://openrouter.ai/docs/use-cases/reasoning-tokens). */
export const openrouter: VendorProfile = {
  ...generic,
  name: "openrouter",
  servesAnyModel: true,
  hostedServices: { "openai-chat": ["web-search"] },
  reasoningField: "reasoning",
  reasoningReplay: "all",
  reasoningDetails: true,
  thinkingSwitch: "reasoning-object",
  thinkingBudget: true,
  efforts: {
    none: "none",
    minimal: "minimal",
    low: "low",
    medium: "medium",
    high: "high",
    xhigh: "xhigh",
    max: "max",
  },
  toolCallIdMaxLength: 40,
  maxTools: 128,
  cacheControl: true,
  topK: true,
  documents: true,
  takesGatewayFields: true,
  // Signatures among its reasoning_details have to be sealed.
  express: false,
  models: [
    ...openModels.map((rule) =>
      rule.reasoningReplay === undefined ? rule : { ...rule, reasoningReplay: "all" as const },
    ),
    // https://openrouter.ai/docs/guides/best-practices/prompt-caching
    { match: /claude|qwen(3-max|3-coder-(plus|flash)|-plus)/i, cachesAtMarksOnly: true },
    // https://openrouter.ai/docs/cookbook/evaluate-and-optimize/model-migrations/opus-5-5, and the guides of the models before
    { match: /claude-[a-z]+-(4\.[6-9]|[5-9])/i, takesPrefill: false },
    { match: /claude-((opus|sonnet)-5\.[5-9]|(fable|mythos)-5\.[1-9])/i, toolChoices: ["auto", "none"] },
    // "Reasoning is mandatory for this endpoint and cannot be disabled."
    {
      match:
        /kimi-k2-thinking|kimi-k[3-9]|minimax-m[12]|gpt-5(?!\.|-chat)|\/o\d|gemini-(2\.5-pro|[3-9])|gpt-oss|deepseek-r1|claude-(fable|mythos|opus-5\.[5-9])|glm-5\.[3-9]/i,
      thinkingCanBeOff: false,
    },
  ],
};
