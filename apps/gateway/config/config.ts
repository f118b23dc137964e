import type { Static } from "typebox";
import type { ConfigSchema, ModelSchema, PricingSchema, ProviderSchema } from "./config-schema.ts";

/**
 * Prices in USD per million tokens, as written in the file; `request` is USD per request. Absent fields are unknown,
 * not free.
 */
export type PricingConfig = Static<typeof PricingSchema>;

export type ModelConfig = Static<typeof ModelSchema>;

/**
 * One provider. `headers` are added to every request to it. Of the `timeouts`, `connect_seconds` runs until the TCP (and
 * TLS) connection stands, `headers_seconds` until the response headers, `idle_seconds` is the longest silence inside an
 * answer.
 */
export type ProviderConfig = Static<typeof ProviderSchema>;

/**
 * The configuration file, checked, with `${VAR}` expanded and defaults filled in, each provider's `vendor` among them.
 * In `server`, `body_limit_mb` is the largest request body taken, `keep_alive_seconds` how often a waiting client gets a
 * sign of life, `drain_seconds` how long SIGTERM waits for open answers.
 */
export type Config = Static<typeof ConfigSchema>;
