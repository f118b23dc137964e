/** The catalogue's data as of one day. */
export interface CatalogueData {
  /** `YYYY-MM-DD`: of two states of knowledge the later one wins. */
  date: string;
  providers: OfferData;
}

/**
 * In the field names of models.dev (https://models.dev/api.json), so that its file can refresh ours: providers by id, each
 * with its models by the provider's own id. Prices are USD per million tokens.
 */
export type OfferData = Readonly<Record<string, ProviderOffers>>;

export interface ProviderOffers {
  models: Readonly<Record<string, Offer>>;
}

/** One provider's offer of a model. What is not known is left out. */
export interface Offer {
  /** Public id, `author/slug`. models.dev has none: it is derived from the provider's id then. */
  model: string;
  name?: string;
  /** What it makes, if not text. */
  kind?: "embedding";
  reasoning?: boolean;
  tool_call?: boolean;
  modalities?: { input?: readonly string[]; output?: readonly string[] };
  limit?: { context?: number; output?: number };
  /** Absent: unpriced, which is not free. */
  cost?: OfferCost;
  /** `YYYY-MM-DD`. */
  release_date?: string;
  quantization?: string;
  status?: "deprecated";
}

export interface CostRates {
  input?: number;
  output?: number;
  cache_read?: number;
  cache_write?: number;
  cache_write_1h?: number;
  reasoning?: number;
}

export interface OfferCost extends CostRates {
  /** Other rates for the whole request when its prompt is longer than `over` tokens. Ascending. */
  tiers?: ReadonlyArray<CostTier>;
}

export interface CostTier extends CostRates {
  over: number;
}

/** Every offer of a catalogue with where it stands. */
export function* offersOf(providers: OfferData): Generator<[provider: string, upstreamId: string, offer: Offer]> {
  for (const [provider, { models }] of Object.entries(providers)) {
    for (const [upstreamId, offer] of Object.entries(models)) yield [provider, upstreamId, offer];
  }
}
