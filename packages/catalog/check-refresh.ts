import { mergeOffers } from "./merge-offers.ts";
import { offersOf, type CatalogueData, type CostRates, type Offer, type OfferData } from "./offer.ts";
import { readOffers } from "./read-offers.ts";

/** A price that changed by more than anybody changes prices. */
export interface PriceJump {
  provider: string;
  upstreamId: string;
  rate: string;
  from: number;
  to: number;
}

/** What a refresh brings. */
export interface Refresh {
  catalogue: CatalogueData;
  providers: number;
  /** Models that were not known. */
  added: number;
  /** Models that were known, at another price. */
  repriced: number;
  /** Models that the source no longer has; they stay, as deprecated. */
  gone: number;
  /** Their prices stay as they were, unless the refresh is forced. */
  jumps: readonly PriceJump[];
  /** Models whose price in the file cannot be read, or is half of what is known. */
  unpriced: readonly string[];
}

/** The file is not taken over, none of it. The message is a sentence for the operator. */
export class RefreshError extends Error {
  override readonly name = "RefreshError";
}

export interface RefreshOptions {
  /** `YYYY-MM-DD` */
  today: string;
  /** Takes over prices that jumped, and files in which much is missing. */
  force?: boolean;
}

/** The largest factor by which a price may change. */
const largestJump = 10;
/** The largest share of a catalogue that may be broken, gone, or jump. */
const largestShare = 0.3;

/**
 * Checks a file of models.dev's form against what is known.
 *
 * @param current everything that is known
 * @param before what earlier refreshes brought; undefined before the first
 * @throws RefreshError if the file is not to be trusted.
 */
export function checkRefresh(
  file: unknown,
  current: CatalogueData,
  before: CatalogueData | undefined,
  { today, force = false }: RefreshOptions,
): Refresh {
  const knownIds = [...offersOf(current.providers)].map(([, , { model }]) => model);
  const { providers, count, broken, unpriced } = readOffers(file, knownIds);
  const halves = new Set(findHalves(current.providers, providers));
  if (count === 0) throw new RefreshError("the file has no models of any provider that is known here");
  const unread = broken + unpriced.length + halves.size;
  if (unread > count * largestShare) {
    throw new RefreshError(`${unread} of the file's ${count} models cannot be read`);
  }
  // Sources differ in what they list: only against its own earlier files can one be found to lack something.
  const had = [...offersOf(before?.providers ?? {})].filter(([, , { status }]) => status === undefined);
  const gone = had.filter(([provider, id]) => providers[provider]?.models[id] === undefined);
  if (gone.length > had.length * largestShare && !force) {
    throw new RefreshError(`${gone.length} of the ${had.length} models of the last refresh are missing in the file`);
  }
  const jumps = findJumps(current.providers, providers);
  const jumped = new Set(jumps.map(({ provider, upstreamId }) => `${provider} ${upstreamId}`));
  if (jumped.size > Math.max(3, count * largestShare) && !force) {
    throw new RefreshError(`the prices of ${jumped.size} of the file's ${count} models jumped`);
  }
  const brought = mapOffers(providers, (provider, id, { cost, ...facts }) => ({
    ...facts,
    // A model that is known already keeps its public id.
    model: current.providers[provider]?.models[id]?.model ?? facts.model,
    ...(cost === undefined || halves.has(`${provider} ${id}`) || (jumped.has(`${provider} ${id}`) && !force)
      ? {}
      : { cost }),
  }));
  const all = mapOffers(
    mergeOffers(before?.providers ?? {}, brought),
    (provider, id, { status: _earlier, ...offer }) => {
      const listed = brought[provider]?.models[id];
      const status = listed === undefined ? "deprecated" : listed.status;
      return status === undefined ? offer : { ...offer, status };
    },
  );
  return {
    catalogue: { date: today, providers: all },
    providers: Object.keys(providers).length,
    added: [...offersOf(brought)].filter(([provider, id]) => current.providers[provider]?.models[id] === undefined)
      .length,
    repriced: countRepriced(current.providers, brought),
    gone: gone.length,
    jumps,
    unpriced: [...unpriced, ...halves],
  };
}

function countRepriced(current: OfferData, brought: OfferData): number {
  return [...offersOf(brought)].filter(([provider, id, { cost }]) => {
    const known = current[provider]?.models[id];
    if (known === undefined || cost === undefined) return false;
    return known.cost?.input !== cost.input || known.cost?.output !== cost.output;
  }).length;
}

function findJumps(current: OfferData, file: OfferData): PriceJump[] {
  const jumps: PriceJump[] = [];
  for (const [provider, upstreamId, { cost: now }] of offersOf(file)) {
    const then = current[provider]?.models[upstreamId]?.cost;
    if (then === undefined || now === undefined) continue;
    for (const { rate, from, to } of [
      ...changesOf(then, now),
      ...(now.tiers ?? []).flatMap((tier) => {
        const known = then.tiers?.find(({ over }) => over === tier.over);
        return known === undefined ? [] : changesOf(known, tier);
      }),
    ]) {
      if (Math.max(from, to) > Math.min(from, to) * largestJump) jumps.push({ provider, upstreamId, rate, from, to });
    }
  }
  return jumps;
}

const rateNames = ["input", "output", "cache_read", "cache_write"] as const satisfies Array<keyof CostRates>;

function changesOf(then: CostRates, now: CostRates): Array<{ rate: string; from: number; to: number }> {
  return rateNames.flatMap((rate) => {
    const from = then[rate];
    const to = now[rate];
    return from === undefined || to === undefined || from === to ? [] : [{ rate, from, to }];
  });
}

/** Models of which the file knows what prompts cost and not what answers do, while both are known here. */
function findHalves(current: OfferData, file: OfferData): string[] {
  return [...offersOf(file)].flatMap(([provider, upstreamId, { cost }]) => {
    const isKnown = current[provider]?.models[upstreamId]?.cost?.output !== undefined;
    return isKnown && cost !== undefined && cost.output === undefined ? [`${provider} ${upstreamId}`] : [];
  });
}

function mapOffers(
  providers: OfferData,
  change: (provider: string, upstreamId: string, offer: Offer) => Offer,
): OfferData {
  return Object.fromEntries(
    Object.entries(providers).map(([provider, { models }]) => [
      provider,
      { models: Object.fromEntries(Object.entries(models).map(([id, offer]) => [id, change(provider, id, offer)])) },
    ]),
  );
}
