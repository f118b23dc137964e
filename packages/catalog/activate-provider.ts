import type { ModelOffer, ProviderOffer } from "./build-catalogue.ts";
import { chooseOffers, newestFirst, type ChosenOffer } from "./choose-offers.ts";
import type { KnownProvider } from "./known-provider.ts";
import { matchesAny } from "./match-models.ts";
import type { CostRates, Offer, OfferCost, OfferData } from "./offer.ts";
import type { PriceList, RateList } from "./pricing.ts";

/** What an operator states of a provider that the catalogue knows. */
export interface Activation extends ProviderOffer {
  /** Of the known models only those that match one of the patterns; default all, or none if `models` are stated. */
  include?: readonly string[];
  exclude?: readonly string[];
}

/**
 * A provider with the models that the catalogue knows of it. What is stated wins, field by field: a stated model takes from
 * the catalogue what it leaves open.
 */
export function activateProvider(provider: Activation, known: KnownProvider, offers: OfferData): ProviderOffer {
  const { include, exclude = [], models: stated } = provider;
  const all = offers[known.id]?.models ?? {};
  const chosen = chooseOffers(all, known);
  const models: Record<string, ModelOffer> = {};
  for (const [id, model] of Object.entries(stated)) {
    models[id] = joinModel(model, model.upstream_id === undefined ? chosen.get(id) : findOffer(all, model.upstream_id));
  }
  const wanted = include ?? (Object.keys(stated).length === 0 ? ["*"] : []);
  const ids = [...chosen.keys()].filter(
    (id) => !Object.hasOwn(stated, id) && matchesAny(id, wanted) && !matchesAny(id, exclude),
  );
  const rank = (id: string): number => rankOf(chosen.get(id)?.offer);
  for (const id of ids.toSorted((a, b) => rank(a) - rank(b) || newestFirst(a, b))) {
    models[id] = joinModel({}, chosen.get(id));
  }
  const leftOut = [...chosen.keys()].filter((id) => !Object.hasOwn(models, id));
  return { ...provider, data_policy: provider.data_policy ?? policyOf(known), known, models, leftOut };
}

/** A stated upstream id is asked for and no other: what is known of the model's other ids does not hold for it. */
function findOffer(all: Readonly<Record<string, Offer>>, upstreamId: string): ChosenOffer | undefined {
  const offer = Object.hasOwn(all, upstreamId) ? all[upstreamId] : undefined;
  return offer === undefined ? undefined : { upstreamId, offer, others: [] };
}

/** Whoever takes the first model of a provider gets one that agents can work with. */
function rankOf(offer: Offer | undefined): number {
  if (offer?.status === "deprecated") return 4;
  if (offer?.kind !== undefined) return 3;
  if (offer?.tool_call === false) return 2;
  return offer?.reasoning === false ? 1 : 0;
}

function policyOf({ policy }: KnownProvider): ProviderOffer["data_policy"] {
  return {
    ...(policy.training === undefined ? {} : { training: policy.training }),
    ...(policy.retentionDays === undefined ? {} : { retention_days: policy.retentionDays }),
  };
}

function joinModel(stated: ModelOffer, chosen: ChosenOffer | undefined): ModelOffer {
  if (chosen === undefined) return stated;
  const { offer, upstreamId, others } = chosen;
  const { name, kind, limit, cost, modalities, reasoning, tool_call, release_date, quantization } = offer;
  const known: ModelOffer = { upstream_id: upstreamId, also: [upstreamId, ...others] };
  if (kind !== undefined) known.kind = kind;
  if (name !== undefined) known.name = name;
  if (limit?.context !== undefined) known.context_length = limit.context;
  if (limit?.output !== undefined) known.max_output_tokens = limit.output;
  if (cost !== undefined) known.pricing = toPriceList(cost);
  if (modalities?.input !== undefined) known.input_modalities = [...modalities.input];
  if (reasoning !== undefined) known.reasoning = reasoning;
  if (tool_call !== undefined) known.tool_call = tool_call;
  if (release_date !== undefined) known.release_date = release_date;
  if (quantization !== undefined) known.quantization = quantization;
  if (offer.status === "deprecated") known.deprecated = true;
  return { ...known, ...withoutUndefined(stated) };
}

function withoutUndefined<Value extends object>(value: Value): Partial<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Partial<Value>;
}

function toPriceList({ tiers, ...rates }: OfferCost): PriceList {
  const list: PriceList = toRates(rates);
  if (tiers !== undefined) list.tiers = tiers.map(({ over, ...tier }) => ({ over, ...toRates(tier) }));
  return list;
}

function toRates({ input, output, ...others }: CostRates): RateList {
  const rates: RateList = { ...others };
  if (input !== undefined) rates.prompt = input;
  if (output !== undefined) rates.completion = output;
  return rates;
}
