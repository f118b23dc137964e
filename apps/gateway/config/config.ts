import type { Static } from "typebox";
import type { AuthSchema, ConfigSchema, ModelSchema, PricingSchema, ProviderSchema } from "./config-schema.ts";

/**
 * Prices in USD per million tokens, as written in the file; `request` is USD per request. Absent fields are unknown,
 * not free.
 */
export type PricingConfig = Static<typeof PricingSchema>;

export type ModelConfig = Static<typeof ModelSchema>;

/** How to authenticate at a cloud; which fields are there depends on the type. */
export type AuthConfig = Static<typeof AuthSchema>;

/**
 * One provider. `base_url` is a cloud's own address where the file says nothing, and `api_keys` is empty where `auth` stands
 * in their place. `headers` are added to every request to it. Of the `timeouts`, `connect_seconds` runs until the TCP (and
 * TLS) connection stands, `headers_seconds` until the response headers, `idle_seconds` is the longest silence inside an
 * answer. A provider with a `catalogue` has the models that are known there; `models` are those that the file states.
 */
export type ProviderConfig = Omit<ProviderFile, "base_url" | "api_keys" | "models"> &
  Required<Pick<ProviderFile, "base_url" | "api_keys" | "models">>;

/** A provider as the file states it. */
export type ProviderFile = Static<typeof ProviderSchema>;

/** The file as the schema knows it. */
export type ConfigFile = Static<typeof ConfigSchema>;

/**
 * The configuration file, checked, with `${VAR}` expanded and defaults filled in, each provider's `vendor` among them.
 * In `server`, `body_limit_mb` is the largest request body taken, `keep_alive_seconds` how often a waiting client gets a
 * sign of life, `drain_seconds` how long SIGTERM waits for open answers, `resume` whether an answer goes on elsewhere when its
 * upstream dies, `hedge` whether a second endpoint is asked when the first one is slow to begin. `stored_responses` bounds what POST /v1/responses
 * keeps in memory.
 */
export type Config = Omit<ConfigFile, "providers"> & { providers: Record<string, ProviderConfig> };
