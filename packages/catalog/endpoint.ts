import type { ProtocolName } from "@onerouter/protocols";
import type { DataPolicy } from "./data-policy.ts";
import type { Pricing } from "./pricing.ts";

/** What a model makes. */
export type ModelKind = "chat" | "embedding";

/** One provider's offer of a model. */
export interface Endpoint {
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
  /** What people call the model. */
  name?: string;
  /** Unix seconds. */
  releasedAt?: number;
  /** What the model takes beside text; absent: what the vendor profile says. */
  inputModalities?: readonly string[];
  /** Whether the model can think; absent: what the vendor profile says. */
  reasoning?: boolean;
  /** False: it is known to take no tools. */
  toolCalls?: boolean;
  /** The precision of the weights here, such as `fp8`. */
  quantization?: string;
  /** Absent: unconfirmed, which is treated as the worst. */
  dataPolicy?: DataPolicy;
  /** The provider is about to end it. */
  deprecated?: boolean;
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

/** What people call the model, if anybody says; else its id. */
export function nameOf(model: Model): string {
  return model.endpoints.find(({ name }) => name !== undefined)?.name ?? model.id;
}

/** When the model appeared, in Unix seconds: the earliest date that an endpoint states. */
export function releasedAt(model: Model): number | undefined {
  return smallest(model.endpoints.map((endpoint) => endpoint.releasedAt));
}

function smallest(values: ReadonlyArray<number | undefined>): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
