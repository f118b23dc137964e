import type { ProtocolName } from "@onerouter/protocols";

/** What `init` proposes for a provider it knows; everything can be answered differently. */
export interface ProviderPreset {
  name: string;
  title: string;
  protocol: ProtocolName;
  baseUrl: string;
  keyVariable: string;
  model?: ModelPreset;
}

/** A model with the facts its provider publishes. */
export interface ModelPreset {
  id: string;
  upstreamId: string;
  alias?: string;
  contextLength?: number;
  maxOutputTokens?: number;
  pricing?: { prompt: number; completion: number; cache_read?: number };
}

export const providerPresets: readonly ProviderPreset[] = [
  {
    name: "moonshot",
    title: "Moonshot AI (Kimi)",
    protocol: "openai-chat",
    baseUrl: "https://api.moonshot.ai/v1",
    keyVariable: "MOONSHOT_API_KEY",
    model: {
      id: "moonshotai/kimi-k2-thinking",
      upstreamId: "kimi-k2-thinking",
      alias: "kimi-k2-thinking",
      contextLength: 262_144,
      maxOutputTokens: 32_768,
      pricing: { prompt: 0.6, completion: 2.5, cache_read: 0.15 },
    },
  },
  {
    name: "anthropic",
    title: "Anthropic",
    protocol: "anthropic-messages",
    baseUrl: "https://api.anthropic.com",
    keyVariable: "ANTHROPIC_API_KEY",
  },
  {
    name: "openai",
    title: "OpenAI",
    protocol: "openai-chat",
    baseUrl: "https://api.openai.com/v1",
    keyVariable: "OPENAI_API_KEY",
  },
  {
    name: "google",
    title: "Google (Gemini)",
    protocol: "gemini",
    baseUrl: "https://generativelanguage.googleapis.com",
    keyVariable: "GEMINI_API_KEY",
  },
  {
    name: "deepseek",
    title: "DeepSeek",
    protocol: "openai-chat",
    baseUrl: "https://api.deepseek.com/v1",
    keyVariable: "DEEPSEEK_API_KEY",
  },
  {
    name: "zai",
    title: "Z.ai (GLM)",
    protocol: "openai-chat",
    baseUrl: "https://api.z.ai/api/paas/v4",
    keyVariable: "ZAI_API_KEY",
  },
  {
    name: "openrouter",
    title: "OpenRouter",
    protocol: "openai-chat",
    baseUrl: "https://openrouter.ai/api/v1",
    keyVariable: "OPENROUTER_API_KEY",
  },
];
