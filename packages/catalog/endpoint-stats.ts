/** Percentiles as OpenRouter shows them: half (75, 90, 99 %) of the answers did better. */
export interface Percentiles {
  p50: number;
  p75: number;
  p90: number;
  p99: number;
}

/** How an endpoint has been doing lately, as lists of endpoints show it. What nobody has measured is left out. */
export interface EndpointStats {
  /** Open: requests go elsewhere for the time being. */
  state: "closed" | "open" | "half-open";
  /** Percent of attempts that were answered. */
  uptime5m?: number;
  uptime30m?: number;
  uptime1d?: number;
  /** Seconds to the first content. */
  latency?: Percentiles;
  /** Tokens per second. */
  throughput?: Percentiles;
}
