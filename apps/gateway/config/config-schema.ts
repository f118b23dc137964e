import type { ProtocolName } from "@onerouter/protocols";
import Type from "typebox";
import { searchProviderNames } from "../server-tools/search/create-search-provider.ts";

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

const rates = {
  prompt: price,
  completion: price,
  cache_read: price,
  cache_write: price,
  cache_write_1h: price,
  reasoning: price,
};

export const PricingSchema = Type.Object(
  {
    ...rates,
    request: price,
    tiers: Type.Optional(Type.Array(Type.Object({ over: Type.Integer({ minimum: 1 }), ...rates }, closed))),
  },
  closed,
);

/** What a model makes: text in a chat, or vectors. */
const kinds = ["chat", "embedding"] as const;

const modalities = ["text", "image", "file", "audio", "video"] as const;

export const ModelSchema = Type.Object(
  {
    upstream_id: Type.Optional(name),
    kind: Type.Optional(Type.Enum(kinds)),
    context_length: tokens,
    max_output_tokens: tokens,
    pricing: Type.Optional(PricingSchema),
    quantization: Type.Optional(name),
    input_modalities: Type.Optional(Type.Array(Type.Enum(modalities), { minItems: 1, problem: "needs at least text" })),
  },
  closed,
);

/** The ways to authenticate at a cloud, where a key in a header is not enough. */
const authTypes = ["aws-sigv4", "google"] as const;

const secret = Type.Optional(Type.String({ minLength: 1, problem: "must not be empty" }));

/** Becomes a part of an address. */
const place = Type.Optional(
  Type.String({ pattern: "^[^\\s/?#@\\\\]+$", problem: "must be a name without spaces and slashes" }),
);

/** One section for all types, so that a misspelt field is named; which of them belong together is checked by meaning. */
export const AuthSchema = Type.Object(
  {
    type: Type.Enum(authTypes),
    region: place,
    access_key_id: Type.Optional(credential),
    secret_access_key: secret,
    session_token: secret,
    project: place,
    location: place,
    credentials_file: secret,
    service_account_json: secret,
    access_token: Type.Optional(credential),
  },
  closed,
);

/** Of model ids; `*` stands for anything. */
const patterns = Type.Array(name);

export const ProviderSchema = Type.Object(
  {
    catalogue: Type.Optional(name),
    protocol: Type.Enum(protocols),
    base_url: Type.Optional(Type.String()),
    api_keys: Type.Optional(Type.Array(credential, { minItems: 1, problem: "needs at least one key" })),
    auth: Type.Optional(AuthSchema),
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
    data_policy: Type.Optional(
      Type.Object(
        { training: Type.Optional(Type.Boolean()), retention_days: Type.Optional(Type.Integer({ minimum: 0 })) },
        closed,
      ),
    ),
    include: Type.Optional(patterns),
    exclude: Type.Optional(patterns),
    models: Type.Optional(Type.Record(Type.String(), ModelSchema)),
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
    resume: Type.Boolean({ default: true }),
    hedge: Type.Boolean({ default: false }),
  },
  { ...closed, default: {} },
);

/** What POST /v1/responses keeps, so that a later request can name it instead of repeating it. */
export const StoredResponsesSchema = Type.Object(
  {
    enabled: Type.Boolean({ default: true }),
    max_mb: Type.Number({ exclusiveMinimum: 0, maximum: 65_536, default: 64 }),
    max_count: Type.Integer({ minimum: 1, maximum: 10_000_000, default: 10_000 }),
    ttl_minutes: Type.Number({ exclusiveMinimum: 0, maximum: 525_600, default: 720 }),
  },
  { ...closed, default: {} },
);

/** How the gateway searches the web for models whose provider does not. */
export const WebSearchSchema = Type.Object(
  {
    provider: Type.Enum(searchProviderNames),
    api_key: Type.Optional(credential),
    base_url: Type.Optional(Type.String()),
    max_results: Type.Integer({ minimum: 1, maximum: 20, default: 5 }),
    timeout_seconds: Type.Number({ exclusiveMinimum: 0, maximum: 300, default: 10 }),
  },
  closed,
);

/** Where the catalogue's facts are renewed from, and how often; without an address never. */
export const CatalogueSchema = Type.Object(
  {
    refresh_url: Type.Optional(Type.String()),
    refresh_hours: Type.Number({ minimum: 1, maximum: 8760, default: 24 }),
  },
  { ...closed, default: {} },
);

/** The database of the default configuration: the file onerouter.db in the data folder, see cli/locate-database.ts. */
export const defaultDatabaseUrl = "sqlite:./.onerouter/onerouter.db";

export const ConfigSchema = Type.Object(
  {
    server: ServerSchema,
    stored_responses: StoredResponsesSchema,
    database: Type.Object({ url: Type.String({ default: defaultDatabaseUrl }) }, { ...closed, default: {} }),
    providers: Type.Record(Type.String(), ProviderSchema, {
      minProperties: 1,
      problem: "needs at least one provider",
    }),
    aliases: Type.Record(Type.String(), name, { default: {} }),
    catalogue: CatalogueSchema,
    web_search: Type.Optional(WebSearchSchema),
  },
  closed,
);
