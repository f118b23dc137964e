import type { ProtocolName } from "@onerouter/protocols";
import Type from "typebox";

/*
 * The configuration file as one object: the TypeScript types of config.ts, the check and the defaults all come from here.
 * Limits of value are JSON Schema keywords; `problem` is the sentence a person reads when a keyword does not hold.
 */

/** Checked against ProtocolName below: a protocol added to the hub must be listed here. */
const protocols = ["anthropic-messages", "openai-chat", "openai-responses", "gemini"] as const satisfies ProtocolName[];

const closed = { additionalProperties: false } as const;
const price = Type.Optional(Type.Number({ minimum: 0 }));
const tokens = Type.Optional(Type.Integer({ minimum: 1 }));
const seconds = Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 86_400 }));
const name = Type.String({ minLength: 1, problem: "must not be empty" });

/** Goes into an HTTP header, where a stray line break or space would break every request. */
const credential = Type.String({
  pattern: "^[\\x21-\\x7e]+$",
  problem: "must be a key without spaces or line breaks, and not empty",
});

export const PricingSchema = Type.Object(
  {
    prompt: price,
    completion: price,
    cache_read: price,
    cache_write: price,
    cache_write_1h: price,
    reasoning: price,
    request: price,
  },
  closed,
);

export const ModelSchema = Type.Object(
  {
    upstream_id: Type.Optional(name),
    context_length: tokens,
    max_output_tokens: tokens,
    pricing: Type.Optional(PricingSchema),
  },
  closed,
);

export const ProviderSchema = Type.Object(
  {
    protocol: Type.Enum(protocols),
    base_url: Type.String(),
    api_keys: Type.Array(credential, { minItems: 1, problem: "needs at least one key" }),
    vendor: Type.Optional(Type.String()),
    headers: Type.Optional(
      Type.Record(
        Type.String(),
        Type.String({ pattern: "^[\\t\\x20-\\x7e]*$", problem: "must be one line of plain ASCII text" }),
      ),
    ),
    timeouts: Type.Optional(
      Type.Object({ connect_seconds: seconds, headers_seconds: seconds, idle_seconds: seconds }, closed),
    ),
    models: Type.Record(Type.String(), ModelSchema, { minProperties: 1, problem: "needs at least one model" }),
  },
  closed,
);

export const ServerSchema = Type.Object(
  {
    host: Type.String({ minLength: 1, default: "127.0.0.1", problem: "must not be empty" }),
    /** 0 lets the operating system choose. */
    port: Type.Integer({ minimum: 0, maximum: 65_535, default: 4000 }),
    body_limit_mb: Type.Number({ exclusiveMinimum: 0, maximum: 1024, default: 32 }),
    keep_alive_seconds: Type.Number({ exclusiveMinimum: 0, maximum: 300, default: 15 }),
    drain_seconds: Type.Number({ minimum: 0, maximum: 86_400, default: 30 }),
  },
  { ...closed, default: {} },
);

/** The database of the default configuration: the file onerouter.db in the data folder, see cli/locate-database.ts. */
export const defaultDatabaseUrl = "sqlite:./.onerouter/onerouter.db";

export const ConfigSchema = Type.Object(
  {
    server: ServerSchema,
    database: Type.Object({ url: Type.String({ default: defaultDatabaseUrl }) }, { ...closed, default: {} }),
    providers: Type.Record(Type.String(), ProviderSchema, {
      minProperties: 1,
      problem: "needs at least one provider",
    }),
    aliases: Type.Record(Type.String(), name, { default: {} }),
  },
  closed,
);
