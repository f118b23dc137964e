import { generic } from "./generic.ts";
import type { VendorProfile } from "./profile.ts";

const thinks = {
  thinkingSwitch: "reasoning-effort",
  // "Penalty is not enabled for this model".
  fixedSampling: ["frequency_penalty", "presence_penalty"],
} as const;

/** Thinking is measured in tokens, and a signature is welcome but not demanded. */
const generation2_5 = {
  ...thinks,
  thinkingMeasure: { least: 1, most: 24_576 },
  // As Google's chat endpoint has them.
  efforts: { none: "none", minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" },
  // "Function calling with a response mime type: 'application/json' is unsupported".
  structuredOutputWithTools: false,
} as const;

/** Thinking has levels, and calls must come back with their signatures. */
const generation3 = {
  ...thinks,
  thinkingMeasure: "level",
  thinkingCanBeOff: false,
  callsNeedSignature: true,
  mediaInToolResults: true,
  structuredOutputWithTools: true,
  efforts: { minimal: "low", low: "low", medium: "high", high: "high", xhigh: "high", max: "high" },
} as const;

/**
 * Google's Gemini API, generativelanguage.googleapis.com/v1beta (https://ai.google.dev/gemini-api/docs/thinking,
 * https://ai.google.dev/gemini-api/docs/thought-signatures).
 */
export const google: VendorProfile = {
  ...generic,
  name: "google",
  trustedCalls: true,
  reasoningReplay: "none",
  topK: true,
  documents: true,
  userField: "none",
  maxStopSequences: 5,
  // https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling
  maxTools: 512,
  parallelToolCallsField: false,
  strictTools: false,
  functionCallIds: true,
  hostedServices: { gemini: ["web-search"] },
  // Signatures stand in nearly every answer and have to be sealed.
  express: false,
  models: [
    // They know neither JSON Schema nor thoughts.
    {
      match: /gemini-(?:1\.|2\.0|pro$)/i,
      toolSchemas: "openapi",
      thinkingMeasure: "none",
      structuredOutputWithTools: false,
      // Files that were uploaded have URIs; others are not fetched.
      imageUrls: false,
    },
    { match: /gemini-2\.5/i, ...generation2_5 },
    { match: /gemini-2\.5-pro/i, thinkingMeasure: { least: 128, most: 32_768 }, thinkingCanBeOff: false },
    { match: /gemini-2\.5-flash-lite/i, thinkingMeasure: { least: 512, most: 24_576 } },
    { match: /gemini-(?:[3-9]|\d\d)/i, ...generation3 },
    // Gemini 3 Pro has two levels, later ones three, Flash a fourth below them.
    {
      match: /gemini-(?:3\.[1-9]|[4-9]|\d\d)/i,
      efforts: { minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" },
    },
    {
      match: /gemini-(?:[3-9]|\d\d).*flash/i,
      efforts: { minimal: "minimal", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" },
    },
  ],
};
