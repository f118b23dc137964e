import { generic } from "./generic.ts";
import type { VendorProfile } from "./profile.ts";

const reasoningModel = {
  thinkingSwitch: "reasoning-effort",
  systemRole: "developer",
  // "Only the default (1) value is supported."
  fixedSampling: ["temperature", "top_p", "frequency_penalty", "presence_penalty"],
  // "Unsupported parameter: 'stop' is not supported with this model" (huggingface/smolagents#1662, #1868, #1893).
  maxStopSequences: 0,
} as const;

/** GPT-5.1 and later may be told not to think, and take a temperature then. */
const mayRest = {
  ...reasoningModel,
  thinkingCanBeOff: true,
  fixedSampling: ["frequency_penalty", "presence_penalty"],
  whenThinking: { fixedSampling: reasoningModel.fixedSampling },
} as const;

/** OpenAI itself, api.openai.com/v1 (https://platform.openai.com/docs/api-reference/chat). */
export const openai: VendorProfile = {
  ...generic,
  name: "openai",
  trustedCalls: true,
  // Thoughts are counted but neither shown nor taken back by this protocol.
  reasoningReplay: "none",
  // "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 40".
  toolCallIdMaxLength: 40,
  maxTokensField: "max_completion_tokens",
  maxTools: 128,
  maxStopSequences: 4,
  allowedToolsChoice: true,
  customTools: true,
  toolSchemas: "openai",
  midConversationSystem: "system",
  userField: "safety_identifier",
  documents: true,
  hostedServices: { "openai-responses": ["web-search", "tool-search"] },
  models: [
    // "Unsupported parameter: 'reasoning.effort' is not supported with this model": the rules below name those that think.
    { match: /./, protocol: "openai-responses", efforts: {}, mediaInToolResults: true },
    // https://platform.openai.com/docs/guides/tools-tool-search
    { match: /gpt-(5\.([4-9]|\d\d)|[6-9])/i, protocol: "openai-responses", namespaces: true },
    {
      match: /search-(preview|api)/i,
      hostedServices: { "openai-chat": ["web-search"], "openai-responses": ["web-search", "tool-search"] },
    },
    {
      match: /(^|\/)o\d/i,
      ...reasoningModel,
      thinkingCanBeOff: false,
      efforts: { minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" },
    },
    {
      match: /gpt-5/i,
      ...reasoningModel,
      thinkingCanBeOff: false,
      efforts: { minimal: "minimal", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" },
    },
    {
      match: /gpt-5\.1/i,
      ...mayRest,
      efforts: { none: "none", minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" },
    },
    {
      match: /gpt-(5\.([2-9]|\d\d)|[6-9])/i,
      ...mayRest,
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
      match: /gpt-(5\.([6-9]|\d\d)|[6-9])/i,
      efforts: { none: "none", minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "xhigh", max: "max" },
    },
    // "none" is gone again.
    {
      match: /gpt-(6-astra|6\.[1-9]|[7-9])/i,
      ...reasoningModel,
      thinkingCanBeOff: false,
      whenThinking: undefined,
      efforts: { minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "xhigh", max: "max" },
    },
    // "Function tools with reasoning_effort are not supported in /v1/chat/completions": without thinking, or over Responses
    // (https://developers.openai.com/api/docs/guides/deployment-checklist).
    { match: /gpt-(5\.([4-9]|\d\d)|6)/i, protocol: "openai-chat", toolsWhileThinking: "without-thinking" },
    { match: /gpt-(6-astra|6\.[1-9]|[7-9])/i, protocol: "openai-chat", toolsWhileThinking: "no" },
  ],
};
