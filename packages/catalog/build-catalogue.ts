import type { ProtocolName } from "@onerouter/protocols";
import type { DataPolicy } from "./data-policy.ts";
import type { Endpoint, Model, ModelKind } from "./endpoint.ts";
import type { KnownProvider } from "./known-provider.ts";
import { nearestName } from "./nearest-name.ts";
import { parsePricing, type PriceList } from "./pricing.ts";

/** A provider and its models, as a configuration file states them. */
export interface ProviderOffer {
  protocol: ProtocolName;
  base_url: string;
  vendor?: string;
  data_policy?: { training?: boolean; retention_days?: number };
  models: Readonly<Record<string, ModelOffer>>;
  /** What the catalogue knows of the provider, where its models come from there. */
  known?: KnownProvider;
  /** Ids of models that it is known to have, and that are left out here. */
  leftOut?: readonly string[];
}

export interface ModelOffer {
  /** Defaults to the public id. */
  upstream_id?: string;
  /** Default: chat. */
  kind?: ModelKind;
  context_length?: number;
  max_output_tokens?: number;
  pricing?: PriceList;
  quantization?: string;
  input_modalities?: readonly string[];
  name?: string;
  reasoning?: boolean;
  tool_call?: boolean;
  /** `YYYY-MM-DD` */
  release_date?: string;
  deprecated?: boolean;
  /** Names that lead to the model as long as they lead to no other. */
  also?: readonly string[];
}

/** One provider of a catalogue. */
export interface CatalogueProvider {
  name: string;
  known?: KnownProvider;
  dataPolicy?: DataPolicy;
  models: number;
  /** Ids of models that it is known to have, and that the configuration leaves out. */
  leftOut?: readonly string[];
}

/** Every model that can be asked for. Immutable: a new configuration builds a new one. */
export interface Catalogue {
  /**
   * Finds a model by id or alias, case-sensitively; also by what follows the author in its id, or by a provider's name for
   * it, if no other model is called so. That provider need not be one of those here. A trailing `[1m]` (Claude Code's mark for a long context window) is not part of the
   * name.
   */
  resolve(name: string): Model | undefined;
  /** In the order of the configuration. */
  providers(): readonly CatalogueProvider[];
  /** In the order of the configuration. */
  models(): readonly Model[];
  /** Models that only providers offer that nobody has activated: they are known, and cannot be asked for. */
  inactiveModels(): readonly Model[];
  /** Finds one of them by its id, by what follows the author, or by a provider's name for it, if no other one is called so. */
  resolveInactive(name: string): Model | undefined;
  /** Every alias that leads to the model, directly or through another alias. */
  aliasesOf(id: string): readonly string[];
  /** The id or alias closest to a name that does not resolve. */
  suggest(name: string): string | undefined;
}

/**
 * Joins what the providers offer: the same model id under several providers becomes one model with several endpoints.
 * An alias that leads nowhere (or in a circle) resolves to nothing; a checked configuration has none.
 *
 * @param inactive providers that are known beside them; made when they are asked for
 * @throws PriceError if a price cannot be kept exactly.
 */
export function buildCatalogue(
  providers: Readonly<Record<string, ProviderOffer>>,
  aliases: Readonly<Record<string, string>>,
  inactive: () => Readonly<Record<string, ProviderOffer>> = () => ({}),
): Catalogue {
  const models = joinOffers(providers);
  const byName = new Map(models.map((model) => [model.id, model]));
  const aliasesById = new Map<string, string[]>();
  for (const alias of Object.keys(aliases)) {
    const model = byName.get(followAlias(alias, aliases));
    if (model === undefined || byName.has(alias)) continue;
    const names = aliasesById.get(model.id);
    if (names === undefined) aliasesById.set(model.id, [alias]);
    else names.push(alias);
  }
  for (const [id, names] of aliasesById) {
    const model = byName.get(id);
    if (model !== undefined) for (const alias of names) byName.set(alias, model);
  }
  const shortNames = unambiguousNames(providers, byName);
  let unused: OtherOffers | undefined;
  const others = (): OtherOffers => (unused ??= collectOthers(inactive(), byName));
  const find = (name: string): Model | undefined =>
    byName.get(name) ?? shortNames.get(name) ?? others().otherNames.get(name);
  return {
    resolve: (name) => find(name) ?? (name.endsWith(longContextMark) ? find(withoutMark(name)) : undefined),
    providers: () => Object.entries(providers).map(([name, offer]) => toProvider(name, offer)),
    models: () => models,
    inactiveModels: () => others().models,
    resolveInactive: (name) => others().find(name),
    aliasesOf: (id) => aliasesById.get(id) ?? [],
    suggest: (name) => nearestName(name, byName.keys()),
  };
}

/** What providers offer that nobody has activated. */
interface OtherOffers {
  /** Those that no other provider offers. */
  models: readonly Model[];
  find(name: string): Model | undefined;
  /** What they call models that active providers offer, too. */
  otherNames: ReadonlyMap<string, Model>;
}

function collectOthers(
  providers: Readonly<Record<string, ProviderOffer>>,
  active: ReadonlyMap<string, Model>,
): OtherOffers {
  const models = joinOffers(providers).filter(({ id }) => !active.has(id));
  const byName = new Map(models.map((model) => [model.id, model]));
  const shortNames = unambiguousNames(providers, byName);
  const find = (name: string): Model | undefined => byName.get(name) ?? shortNames.get(name);
  const names = [...unambiguousNames(providers, active)].filter(([name]) => find(name) === undefined);
  return { models, find, otherNames: new Map(names) };
}

/** In the order in which the models are first offered. */
function joinOffers(providers: Readonly<Record<string, ProviderOffer>>): Model[] {
  const endpoints = new Map<string, Endpoint[]>();
  for (const [provider, offer] of Object.entries(providers)) {
    for (const [modelId, model] of Object.entries(offer.models)) {
      const list = endpoints.get(modelId);
      const endpoint = toEndpoint(provider, offer, modelId, model);
      if (list === undefined) endpoints.set(modelId, [endpoint]);
      else list.push(endpoint);
    }
  }
  return [...endpoints].map(([id, list]) => ({ id, endpoints: list }));
}

/** Names that nobody has stated: the slug of each id, and what providers call the model. Those of two models are nobody's. */
function unambiguousNames(
  providers: Readonly<Record<string, ProviderOffer>>,
  byName: ReadonlyMap<string, Model>,
): Map<string, Model> {
  const names = new Map<string, Model | undefined>();
  for (const { models } of Object.values(providers)) {
    for (const [id, { also = [] }] of Object.entries(models)) {
      const model = byName.get(id);
      if (model === undefined) continue;
      for (const name of [id.slice(id.lastIndexOf("/") + 1), ...also]) {
        names.set(name, !names.has(name) || names.get(name) === model ? model : undefined);
      }
    }
  }
  const unambiguous = new Map<string, Model>();
  for (const [name, model] of names) if (model !== undefined && !byName.has(name)) unambiguous.set(name, model);
  return unambiguous;
}

function toProvider(name: string, offer: ProviderOffer): CatalogueProvider {
  const provider: CatalogueProvider = { name, models: Object.keys(offer.models).length };
  if (offer.known !== undefined) provider.known = offer.known;
  if (offer.leftOut !== undefined) provider.leftOut = offer.leftOut;
  const dataPolicy = toDataPolicy(offer);
  if (dataPolicy !== undefined) provider.dataPolicy = dataPolicy;
  return provider;
}

function toDataPolicy({ data_policy: policy }: ProviderOffer): DataPolicy | undefined {
  if (policy === undefined) return undefined;
  const { training, retention_days: retentionDays } = policy;
  return {
    ...(training === undefined ? {} : { training }),
    ...(retentionDays === undefined ? {} : { retentionDays }),
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
  if (model.name !== undefined) endpoint.name = model.name;
  if (model.release_date !== undefined) endpoint.releasedAt = Date.parse(model.release_date) / 1000;
  if (model.input_modalities !== undefined) endpoint.inputModalities = model.input_modalities;
  if (model.reasoning !== undefined) endpoint.reasoning = model.reasoning;
  if (model.tool_call !== undefined) endpoint.toolCalls = model.tool_call;
  if (model.quantization !== undefined) endpoint.quantization = model.quantization;
  if (model.deprecated !== undefined) endpoint.deprecated = model.deprecated;
  const dataPolicy = toDataPolicy(offer);
  if (dataPolicy !== undefined) endpoint.dataPolicy = dataPolicy;
  return endpoint;
}
