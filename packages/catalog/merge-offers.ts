import type { CatalogueData, Offer, OfferData } from "./offer.ts";

/**
 * Two states of knowledge as one. Of what both know the later one's word holds; what only the earlier one knows stays, so
 * that no model disappears from under somebody who uses it.
 */
export function mergeCatalogues(a: CatalogueData, b: CatalogueData): CatalogueData {
  const [earlier, later] = a.date <= b.date ? [a, b] : [b, a];
  return { date: later.date, providers: mergeOffers(earlier.providers, later.providers) };
}

export function mergeOffers(earlier: OfferData, later: OfferData): OfferData {
  const providers: Record<string, OfferData[string]> = { ...earlier };
  for (const [id, { models }] of Object.entries(later)) {
    const merged: Record<string, Offer> = { ...earlier[id]?.models };
    for (const [upstreamId, offer] of Object.entries(models)) {
      merged[upstreamId] = mergeOffer(merged[upstreamId], offer);
    }
    providers[id] = { models: merged };
  }
  return providers;
}

/** What the later one leaves out, a price among it, is as it was. */
function mergeOffer(earlier: Offer | undefined, later: Offer): Offer {
  if (earlier === undefined) return later;
  const merged: Offer = { ...earlier, ...later };
  if (earlier.limit !== undefined) merged.limit = { ...earlier.limit, ...later.limit };
  // models.dev knows no price for an hour of cache; where the rest has stayed the same, so has that.
  const { cost } = earlier;
  if (cost?.cache_write_1h !== undefined && later.cost?.cache_write === cost.cache_write && later.cost !== undefined) {
    merged.cost = { cache_write_1h: cost.cache_write_1h, ...later.cost };
  }
  return merged;
}
