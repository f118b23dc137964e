import type { KnownProvider } from "./known-provider.ts";
import type { Offer } from "./offer.ts";

/** The offer of a model that a provider is asked by, and what else it calls that model. */
export interface ChosenOffer {
  upstreamId: string;
  offer: Offer;
  /** Other upstream ids of the same model. */
  others: readonly string[];
}

/**
 * One offer for each public id. Of several upstream ids of a model the deprecated come last; those whose abilities are
 * known come first, because price lists have ids that nobody can ask for; then those that the provider is known to prefer,
 * then those without a date, then the latest date.
 */
export function chooseOffers(
  models: Readonly<Record<string, Offer>>,
  { prefer }: Pick<KnownProvider, "prefer"> = {},
): Map<string, ChosenOffer> {
  const groups = new Map<string, Array<[upstreamId: string, offer: Offer]>>();
  for (const [upstreamId, offer] of Object.entries(models)) {
    const group = groups.get(offer.model);
    if (group === undefined) groups.set(offer.model, [[upstreamId, offer]]);
    else group.push([upstreamId, offer]);
  }
  const chosen = new Map<string, ChosenOffer>();
  for (const [model, group] of groups) {
    const [best, ...rest] = group.toSorted(
      ([a, offerA], [b, offerB]) =>
        Number(offerA.status === "deprecated") - Number(offerB.status === "deprecated") ||
        Number(offerB.tool_call !== undefined) - Number(offerA.tool_call !== undefined) ||
        Number(prefer?.test(b) === true) - Number(prefer?.test(a) === true) ||
        Number(isDated(a)) - Number(isDated(b)) ||
        newestFirst(a, b),
    );
    if (best === undefined) continue;
    chosen.set(model, { upstreamId: best[0], offer: best[1], others: rest.map(([id]) => id) });
  }
  return chosen;
}

function isDated(id: string): boolean {
  return /20\d{6}|20\d\d-\d\d-\d\d|-\d{4}(?=$|-)/.test(id);
}

/** Versions and dates count as numbers, so that 4.10 is newer than 4.9. */
export function newestFirst(a: string, b: string): number {
  const left = a.split(digits);
  const right = b.split(digits);
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const x = left[at] ?? "";
    const y = right[at] ?? "";
    if (x === y) continue;
    if (at % 2 === 1) return Number(y) - Number(x) || y.length - x.length;
    // A version with a number more is the later one: 4.1 after 4.
    if (x.startsWith(".") !== y.startsWith(".")) return x.startsWith(".") ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return left.length - right.length;
}

const digits = /(\d+)/;
