import { model } from "./client-environment.ts";

const publicId = `moonshotai/${model}`;

/** A configuration with kimi-k2-thinking at one provider for each base URL, tried in this order. */
export function moonshotConfig(
  baseUrls: Record<string, string>,
  facts: object = defaultFacts,
): Record<string, unknown> {
  const providers = Object.entries(baseUrls).map(([name, baseUrl]) => [
    name,
    {
      protocol: "openai-chat",
      base_url: baseUrl,
      api_keys: ["upstream-key"],
      vendor: "moonshot",
      models: { [publicId]: { upstream_id: model, ...facts } },
    },
  ]);
  return { providers: Object.fromEntries(providers) as Record<string, unknown>, aliases: { [model]: publicId } };
}

const defaultFacts = {
  context_length: 262_144,
  max_output_tokens: 32_768,
  pricing: { prompt: 0.6, completion: 2.5, cache_read: 0.15 },
};
