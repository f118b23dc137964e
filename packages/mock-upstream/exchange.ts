import type { IncomingHttpHeaders } from "node:http";
import type { Fault } from "./faults/fault.ts";
import type { JsonObject } from "./json-object.ts";
import type { KeptResponses } from "./openai-responses/kept-responses.ts";
import type { PrefixCache } from "./prefix-cache.ts";
import type { ReasoningMemory } from "./reasoning-memory.ts";
import type { RecordedRequest } from "./request-log.ts";

/** How strict the mock is. Everything is on by default. */
export type Strictness = {
  /** Refuse what the real provider would refuse. Without it, only what cannot be understood at all is refused. */
  strict: boolean;
  /** Refuse reasoning that is not exactly what this mock produced before that tool call. */
  verifyReasoning: boolean;
  /** Refuse tool schemas outside of Moonshot's subset (moonshot dialect only). */
  checkToolSchemas: boolean;
  /** Context window in tokens for every model, instead of each model's own. */
  contextWindow?: number;
};

/** Everything a protocol needs to answer one request. */
export type Exchange = {
  /** The parsed body. */
  body: JsonObject;
  /** The requested model without its fault suffix. */
  model: string;
  headers: IncomingHttpHeaders;
  apiKey: string;
  fault: Fault;
  strictness: Strictness;
  /** Secret of the server: thoughts and signatures are made with it. */
  seed: string;
  /** Seeded numbers from 0 to 1, for ids. */
  draw: () => number;
  /** Milliseconds since 1970. */
  now: number;
  memory: ReasoningMemory;
  cache: PrefixCache;
  /** Responses and items that the provider stores (openai-responses only). */
  kept: KeptResponses;
  record: RecordedRequest;
};
