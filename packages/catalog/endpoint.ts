import type { ProtocolName } from "@onerouter/protocols";
import type { Pricing } from "./pricing.ts";

/** What a model makes. */
export type ModelKind = "chat" | "embedding";

/** What a model takes in. */
export type InputModality = "text" | "image" | "file" | "audio" | "video";

/** What a provider does with prompts and answers. Absent is unknown, which counts as the worst of it. */
export interface DataPolicy {
  /** May it train models on them? */
  trains?: boolean;
  /** May it keep them beyond the answer (apart from what the law demands)? */
  retains?: boolean;
}

/** What is known of an endpoint beyond its address and price. Every fact may be absent: an operator's own server has none. */
export interface EndpointFacts {
  /** `int4`, `fp8`, `bf16` and so on, in small letters. */
  quantization?: string;
  dataPolicy?: DataPolicy;
  inputModalities?: readonly InputModality[];
  /** By OpenRouter's names: `tools`, `response_format`, `reasoning` and so on. */
  supportedParameters?: readonly string[];
  /** The model's maker lets others train on its answers. */
  distillable?: boolean;
  /** How long the provider keeps a prompt's prefix in its cache after the last use, in milliseconds. */
  cacheTtlMs?: number;
}

/** One provider's offer of a model. */
export interface Endpoint extends EndpointFacts {
  /** The provider's name in the configuration. */
  provider: string;
  /** Public model id, `author/slug`. */
  modelId: string;
  /** What the provider calls the model. */
  upstreamId: string;
  /** Absent: chat. */
  kind?: ModelKind;
  protocol: ProtocolName;
  baseUrl: string;
  /** Name of the vendor profile. */
  vendor: string;
  /** Tokens of prompt and answer together. */
  contextLength?: number;
  maxOutputTokens?: number;
  /** Absent: unpriced, which is not free. */
  pricing?: Pricing;
}

/** A model under its public id, with every endpoint that offers it, in the order of the configuration. Never empty. */
export interface Model {
  id: string;
  endpoints: readonly Endpoint[];
}

/** The same at every endpoint: a checked configuration has no model of two kinds. */
export function kindOf(model: Model): ModelKind {
  return model.endpoints[0]?.kind ?? "chat";
}

/** The context length that holds on every endpoint of the model; undefined if none of them states one. */
export function contextLengthOf(model: Model): number | undefined {
  return smallest(model.endpoints.map((endpoint) => endpoint.contextLength));
}

/** The answer length that every endpoint of the model grants; undefined if none of them states one. */
export function maxOutputTokensOf(model: Model): number | undefined {
  return smallest(model.endpoints.map((endpoint) => endpoint.maxOutputTokens));
}

function smallest(values: ReadonlyArray<number | undefined>): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
