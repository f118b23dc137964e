/** What endpoints are ordered by instead of their expected cost. */
export type SortBy = "price" | "throughput" | "latency" | "exacto";

/** Limits by percentile: half (75, 90, 99 %) of the answers must do better. */
export type Thresholds = Readonly<Partial<Record<"p50" | "p75" | "p90" | "p99", number>>>;

/** When the answer of one model is given up for that of the next; see docs/routing.md for what each measure is. */
export interface FallbackRules {
  /** Statuses of an upstream's refusal. */
  statuses?: ReadonlySet<number>;
  /** Milliseconds to the first content, and to the end of the answer. */
  ttftMs?: number;
  latencyMs?: number;
  /** Tokens a minute; requests that are left to the credential in a minute. */
  tokensPerMinute?: number;
  requestsPerMinute?: number;
}

/** Prices in picodollars per token, `request` per request. */
export interface PriceLimits {
  prompt?: number;
  completion?: number;
  request?: number;
}

/** What a request, or its key, wants of the endpoints that may serve it. Names are in small letters. */
export interface RoutingWishes {
  order?: readonly string[];
  only?: readonly string[];
  /** `only` names providers that are none here: an upstream that is a gateway itself may know them. */
  onlyElsewhere?: boolean;
  ignore?: readonly string[];
  allowFallbacks?: boolean;
  denyDataCollection?: boolean;
  zeroRetention?: boolean;
  distillable?: boolean;
  quantizations?: readonly string[];
  sort?: SortBy;
  /** Endpoints of all models asked for are ordered together; else those of the second model come after those of the first. */
  sortAcrossModels?: boolean;
  maxPrice?: PriceLimits;
  /** Tokens per second. */
  minThroughput?: Thresholds;
  /** Seconds to the first content. */
  maxLatency?: Thresholds;
  /** Only what costs nothing (`:free`). */
  free?: boolean;
  /** Only those with the longest context (`:extended`). */
  longestContext?: boolean;
  rules?: FallbackRules;
}

export const noWishes: RoutingWishes = Object.freeze({});
