import { defaultDatabaseUrl } from "./config-schema.ts";
import type { Config } from "./config.ts";

/**
 * The configuration used when there is no file: no key, no provider, only the mock upstream. It speaks Moonshot's dialect for
 * the model of the first five minutes, and OpenRouter's for the hundreds that OpenRouter is known to offer.
 *
 * @param mockUrl where the mock upstream listens, `http://127.0.0.1:PORT`.
 */
export function createDefaultConfig(mockUrl: string): Config {
  return {
    server: {
      host: "127.0.0.1",
      port: 4000,
      body_limit_mb: 32,
      keep_alive_seconds: 15,
      drain_seconds: 30,
      resume: true,
      hedge: false,
    },
    stored_responses: { enabled: true, max_mb: 64, max_count: 10_000, ttl_minutes: 720 },
    database: { url: defaultDatabaseUrl },
    providers: {
      mock: {
        protocol: "openai-chat",
        base_url: `${mockUrl}/moonshot/v1`,
        api_keys: ["mock"],
        vendor: "moonshot",
        models: {
          "moonshotai/kimi-k2-thinking": {
            upstream_id: "kimi-k2-thinking",
            context_length: 262_144,
            max_output_tokens: 32_768,
            pricing: { prompt: 0.6, completion: 2.5, cache_read: 0.15 },
          },
        },
      },
      "mock-openrouter": {
        catalogue: "openrouter",
        protocol: "openai-chat",
        base_url: `${mockUrl}/openrouter/v1`,
        api_keys: ["mock"],
        vendor: "openrouter",
        exclude: ["moonshotai/kimi-k2-thinking"],
        models: {},
      },
    },
    catalogue: { refresh_hours: 24 },
    web_search: { provider: "mock", max_results: 5, timeout_seconds: 10 },
    aliases: { "kimi-k2-thinking": "moonshotai/kimi-k2-thinking" },
  };
}
