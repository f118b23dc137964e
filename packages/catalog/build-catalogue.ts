import type { ProtocolName } from "@onerouter/protocols";
import type { Endpoint, Model, ModelKind } from "./endpoint.ts";
import { nearestName } from "./nearest-name.ts";
import { parsePricing, type PriceList } from "./pricing.ts";

/** A provider and its models, as a configuration file states them. */
export interface ProviderOffer {
  protocol: ProtocolName;
  base_url: string;
  vendor?: string;
  models: Readonly<Record<string, ModelOffer>>;
}

export interface ModelOffer {
  /** Defaults to the public id. */
  upstream_id?: string;
  /** Default: chat. */
  kind?: ModelKind;
  context_length?: number;
  max_output_tokens?: number;
  pricing?: PriceList;
}

/** Every model that can be asked for. Immutable: a new configuration builds a new one. */
export interface Catalogue {
  /**
   * Finds a model by id or alias, case-sensitively. A trailing `[1m]` (Claude Code's mark for a long context window) is
   * not part of the name.
   */
  resolve(name: string): Model | undefined;
  /** In the order of the configuration. */
  models(): readonly Model[];
  /** Every alias that leads to the model, directly or through another alias. */
  aliasesOf(id: string): readonly string[];
  /** The id or alias closest to a name that does not resolve. */
  suggest(name: string): string | undefined;
}

/**
 * Joins what the providers offer: the same model id under several providers becomes one model with several endpoints.
 * An alias that leads nowhere (or in a circle) resolves to nothing; a checked configuration has none.
 *
 * @throws PriceError if a price cannot be kept exactly.
 */
export function buildCatalogue(
  providers: Readonly<Record<string, ProviderOffer>>,
  aliases: Readonly<Record<string, string>>,
): Catalogue {
  const endpoints = new Map<string, Endpoint[]>();
  for (const [provider, offer] of Object.entries(providers)) {
    for (const [modelId, model] of Object.entries(offer.models)) {
      const list = endpoints.get(modelId) ?? [];
      list.push(toEndpoint(provider, offer, modelId, model));
      endpoints.set(modelId, list);
    }
  }
  const models = [...endpoints].map(([id, list]): Model => ({ id, endpoints: list }));
  const byName = new Map(models.map((model) => [model.id, model]));
  const aliasesById = new Map<string, string[]>(models.map((model) => [model.id, []]));
  for (const alias of Object.keys(aliases)) {
    const model = byName.get(followAlias(alias, aliases));
    if (model === undefined || byName.has(alias)) continue;
    aliasesById.get(model.id)?.push(alias);
  }
  for (const [id, names] of aliasesById) {
    const model = byName.get(id);
    if (model !== undefined) for (const alias of names) byName.set(alias, model);
  }
  return {
    resolve: (name) => byName.get(name) ?? (name.endsWith(longContextMark) ? byName.get(withoutMark(name)) : undefined),
    models: () => models,
    aliasesOf: (id) => aliasesById.get(id) ?? [],
    suggest: (name) => nearestName(name, byName.keys()),
  };
}

const longContextMark = "[1m]";

function withoutMark(name: string): string {
  return name.slice(0, -longContextMark.length);
}

/** The name at the end of a chain of aliases; the last one before a circle closes. */
function followAlias(alias: string, aliases: Readonly<Record<string, string>>): string {
  const seen = new Set<string>();
  let name = alias;
  while (Object.hasOwn(aliases, name) && !seen.has(name)) {
    seen.add(name);
    name = aliases[name] ?? name;
  }
  return name;
}

function toEndpoint(provider: string, offer: ProviderOffer, modelId: string, model: ModelOffer): Endpoint {
  const endpoint: Endpoint = {
    provider,
    modelId,
    upstreamId: model.upstream_id ?? modelId,
    protocol: offer.protocol,
    baseUrl: offer.base_url,
    vendor: offer.vendor ?? "generic",
  };
  if (model.kind !== undefined) endpoint.kind = model.kind;
  if (model.context_length !== undefined) endpoint.contextLength = model.context_length;
  if (model.max_output_tokens !== undefined) endpoint.maxOutputTokens = model.max_output_tokens;
  if (model.pricing !== undefined) endpoint.pricing = parsePricing(model.pricing);
  return endpoint;
}
