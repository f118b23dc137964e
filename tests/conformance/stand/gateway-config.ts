/** A model under test: its public id, and the vendor whose dialect the mock upstream speaks for it. */
export interface Upstream {
  vendor: "moonshot" | "deepseek" | "zai" | "openai" | "generic" | "anthropic" | "google";
  model: string;
  protocol: "openai-chat" | "anthropic-messages" | "openai-responses" | "gemini";
  /** The model sees images. */
  images: boolean;
  /** Where the model's thoughts are. `hidden` ones are counted but not shown. */
  thoughts: "shown" | "hidden";
  /** It thinks without being asked to. */
  thinksUnasked: boolean;
}

export const upstreams: readonly Upstream[] = [
  upstream("moonshot", "moonshotai/kimi-k2-thinking", { images: false }),
  upstream("moonshot", "moonshotai/kimi-k2.6", {}),
  upstream("deepseek", "deepseek/deepseek-v4-pro", { images: false }),
  upstream("zai", "z-ai/glm-5.2", { images: false }),
  upstream("openai", "openai/gpt-5.5", { thoughts: "hidden" }),
  upstream("generic", "mock/mock-thinking", {}),
  upstream("anthropic", "anthropic/claude-sonnet-4-5", { protocol: "anthropic-messages", thinksUnasked: false }),
];

/** One model in each protocol, and in chat one each of those that show their thoughts and want them back, and that hide them. */
export const protocolUpstreams: readonly Upstream[] = [
  upstream("moonshot", "moonshotai/kimi-k2.6", {}),
  upstream("openai", "openai/gpt-5.5", { thoughts: "hidden" }),
  upstream("anthropic", "anthropic/claude-sonnet-4-5", { protocol: "anthropic-messages", thinksUnasked: false }),
  upstream("openai", "openai/gpt-5-mini", { protocol: "openai-responses", thinksUnasked: false }),
  upstream("google", "google/gemini-3-pro-preview", { protocol: "gemini", thinksUnasked: false }),
];

function upstream(vendor: Upstream["vendor"], model: string, rest: Partial<Upstream>): Upstream {
  const usual = {
    protocol: "openai-chat",
    images: true,
    thoughts: "shown",
    thinksUnasked: true,
  } as const;
  return { vendor, model, ...usual, ...rest };
}

/** Found by name where a test needs one upstream and not every one. */
export const kimi = "moonshotai/kimi-k2-thinking";
export const claude = "anthropic/claude-sonnet-4-5";
export const expressChat = "mock/mock-thinking";
/** Models that make vectors, with the provider of each. */
export const embeddingModels = [
  ["openai-openai-chat", "openai/text-embedding-3-small"],
  ["google-gemini", "google/gemini-embedding-001"],
] as const;
/** An alias of kimi: what clients ask for must be what they are told. */
export const kimiAlias = "kimi-k2-thinking";

/** The configuration file of the gateway under test; JSON is YAML. */
export function writeGatewayConfig(mockUrl: string, keepAliveSeconds: number): string {
  const providers = listProviders(mockUrl);
  const server = { body_limit_mb: 1, keep_alive_seconds: keepAliveSeconds };
  return JSON.stringify({ server, providers, aliases: { [kimiAlias]: kimi } }, null, 2);
}

/** Every model of the configuration, in its order. */
export function configuredModels(): string[] {
  return Object.values(listProviders("")).flatMap(({ models }) => Object.keys(models));
}

function listProviders(mockUrl: string): Record<string, ProviderEntry> {
  const providers: Record<string, ProviderEntry> = {};
  for (const { vendor, model, protocol } of [...upstreams, ...protocolUpstreams]) {
    const provider = (providers[`${vendor}-${protocol}`] ??= {
      protocol,
      vendor,
      base_url: `${mockUrl}${folders[vendor]}`,
      api_keys: ["upstream-key"],
      models: {},
    });
    provider.models[model] = { upstream_id: model.slice(model.indexOf("/") + 1), ...facts[model] };
  }
  for (const [provider, model] of embeddingModels) {
    const upstreamId = model.slice(model.indexOf("/") + 1);
    Object.assign(providers[provider]?.models ?? {}, { [model]: { upstream_id: upstreamId, kind: "embedding" } });
  }
  return providers;
}

interface ProviderEntry {
  protocol: Upstream["protocol"];
  vendor: string;
  base_url: string;
  api_keys: string[];
  models: Record<string, Record<string, unknown>>;
}

/** Where the mock speaks each dialect. */
const folders: Readonly<Record<Upstream["vendor"], string>> = {
  moonshot: "/moonshot/v1",
  deepseek: "/deepseek/v1",
  zai: "/zai/v1",
  openai: "/openai/v1",
  generic: "/v1",
  anthropic: "/anthropic",
  google: "/google",
};

/** One model with every fact known, one with some; the rest is unknown to the gateway. */
const facts: Readonly<Record<string, Record<string, unknown>>> = {
  [kimi]: {
    context_length: 262_144,
    max_output_tokens: 32_768,
    pricing: { prompt: 0.6, completion: 2.5, cache_read: 0.15 },
  },
  [claude]: { context_length: 200_000, pricing: { prompt: 3, completion: 15, cache_write_1h: 6 } },
};
