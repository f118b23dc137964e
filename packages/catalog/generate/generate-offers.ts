import { writeFile } from "node:fs/promises";
import { createCanonicalizer, type Canonicalizer } from "../canonical-id.ts";
import type { KnownProvider } from "../known-provider.ts";
import { knownProviders } from "../known-providers.ts";
import { offersOf, type Offer, type OfferCost } from "../offer.ts";
import { readCost } from "../read-cost.ts";
import { makesNoText, makesVectors } from "../read-offers.ts";
import { readLimits, type LimitedModel } from "./read-limits.ts";
import { readPrices, type PricedModel } from "./read-prices.ts";

/*
 * `npm run catalogue`: writes data/offers.json from @pydantic/genai-prices (prices with their tiers) and pi-ai (limits,
 * modalities, reasoning). Nothing in that file is written by hand.
 */
const now = new Date();
const limitsOf = await readLimits();
const pricesOf = await readPrices(now);

/** OpenRouter's list spells `author/slug`; its variants and pointers are no models. */
const spelt = [...limitsOf("openrouter"), ...pricesOf("openrouter")]
  .map(({ id }) => id)
  .filter((id) => /^[a-z0-9][^~:]*\/[^:]+$/.test(id));
const canonical = createCanonicalizer(spelt);
const facts = collectFacts(canonical);

const providers: Record<string, { models: Record<string, Offer> }> = {};
for (const provider of knownProviders) {
  const models = collectOffers(provider, canonical).toSorted(([a], [b]) => (a < b ? -1 : 1));
  providers[provider.id] = { models: Object.fromEntries(models) };
}
fillContexts();
await writeFile(new URL("../data/offers.json", import.meta.url), formatByModel());

const ids = new Set([...offersOf(providers)].map(([, , { model }]) => model));
const count = [...offersOf(providers)].length;
console.log(`${Object.keys(providers).length} providers, ${ids.size} models, ${count} offers`);

/** What holds for a model wherever it is served, from the first provider that tells. */
function collectFacts({ idOf }: Canonicalizer): Map<string, Pick<Offer, "reasoning" | "modalities">> {
  const found: typeof facts = new Map();
  for (const { id: provider, author, sources } of knownProviders) {
    for (const { id: upstreamId, reasoning, input } of limitsOf(sources.limits)) {
      const id = idOf(upstreamId, provider, author);
      if (!found.has(id)) found.set(id, { reasoning, modalities: { input, output: ["text"] } });
    }
  }
  return found;
}

function collectOffers(provider: KnownProvider, { idOf }: Canonicalizer): Array<[upstreamId: string, offer: Offer]> {
  const { sources, only } = provider;
  const limits = new Map(limitsOf(sources.limits).map((model) => [model.id, model]));
  const prices = new Map(pricesOf(sources.prices).map((model) => [upstreamIdOf(provider, model.id), model]));
  const upstreamIds = [...new Set([...limits.keys(), ...prices.keys()])];
  return upstreamIds
    .filter((id) => (only === undefined || only.test(id)) && !makesNoText(id))
    .map((id) => [id, makeOffer(id, idOf(id, provider.id, provider.author), limits.get(id), prices.get(id))]);
}

/** genai-prices names Fireworks' models by their last part. */
function upstreamIdOf(provider: KnownProvider, id: string): string {
  return provider.id === "fireworks" && !id.includes("/") ? `accounts/fireworks/models/${id}` : id;
}

function makeOffer(
  upstreamId: string,
  model: string,
  limits: LimitedModel | undefined,
  prices: PricedModel | undefined,
): Offer {
  const offer: Offer = { model };
  const name = prices?.name ?? limits?.name;
  if (name !== undefined) offer.name = name;
  if (makesVectors(upstreamId)) offer.kind = "embedding";
  Object.assign(offer, facts.get(model.replace(/:(free|thinking|extended)$/, "")));
  // pi-ai lists only models that take tools.
  if (limits !== undefined) offer.tool_call = true;
  const context = limits?.contextWindow ?? prices?.context;
  if (context !== undefined) offer.limit = { context };
  // A limit as long as the whole window is no limit of its own.
  if (limits !== undefined && limits.maxTokens < limits.contextWindow) {
    offer.limit = { ...offer.limit, output: limits.maxTokens };
  }
  const cost = readCost(prices?.cost ?? (limits && costOf(limits)), /[:-]free$/.test(upstreamId));
  if (cost === "malformed") console.warn(`${upstreamId}: the price cannot be kept exactly`);
  else if (cost !== undefined) offer.cost = cost;
  const date = releaseDate(upstreamId);
  if (date !== undefined) offer.release_date = date;
  const quantization = /-(fp8|fp4|fp16|bf16|nvfp4|int4|int8)$/i.exec(upstreamId)?.[1]?.toLowerCase();
  if (quantization !== undefined) offer.quantization = quantization;
  if (prices?.deprecated === true) offer.status = "deprecated";
  return offer;
}

function costOf({ cost: { input, output, cacheRead, cacheWrite } }: LimitedModel): OfferCost {
  return { input, output, cache_read: cacheRead, cache_write: cacheWrite };
}

function releaseDate(id: string): string | undefined {
  const [, year, month, day] = /(20[2-3]\d)-?([01]\d)-?([0-3]\d)(?!\d)/.exec(id) ?? [];
  return year === undefined ? undefined : `${year}-${month}-${day}`;
}

/**
 * A host that does not state the context of a model is taken to offer the shortest that any other states. A model whose
 * window nobody states cannot be planned with; most of them are long gone.
 */
function fillContexts(): void {
  const shortest = new Map<string, number>();
  for (const [, , { model, limit }] of offersOf(providers)) {
    if (limit?.context === undefined) continue;
    shortest.set(model, Math.min(shortest.get(model) ?? Number.POSITIVE_INFINITY, limit.context));
  }
  for (const [provider, id, offer] of offersOf(providers)) {
    const context = offer.limit?.context ?? shortest.get(offer.model);
    if (context !== undefined) offer.limit = { ...offer.limit, context };
    else if (offer.kind === undefined) delete providers[provider]?.models[id];
  }
}

/** One line for each offer, so that a change of the data reads as one. */
function formatByModel(): string {
  const parts = Object.entries(providers).map(([id, { models }]) => {
    const lines = Object.entries(models).map(([name, offer]) => `${JSON.stringify(name)}:${JSON.stringify(offer)}`);
    return `${JSON.stringify(id)}:{"models":{\n${lines.join(",\n")}\n}}`;
  });
  return `{"date":"${now.toISOString().slice(0, 10)}","providers":{\n${parts.join(",\n")}\n}}\n`;
}
