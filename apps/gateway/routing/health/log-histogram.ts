/** Four buckets for each doubling, from 1 to 2^20: what is read from it is right to 9 %. */
const bucketsPerDoubling = 4;
const buckets = 80;
/** Weights grow with time instead of old ones shrinking; from here on all are brought back to scale. */
const largestWeight = 1e6;

/**
 * How values of late were spread: milliseconds, tokens per second. Newer ones weigh more (what is `tau` old 1/e as much);
 * adding one costs the same however many there are.
 */
export class LogHistogram {
  readonly #weights = new Float64Array(buckets);
  readonly #tauMs: number;
  #landmark: number;
  #total = 0;
  /** Quantiles that were asked for since the last value: plans ask for the same few. */
  readonly #known = new Map<number, number>();

  constructor(tauMs: number, now: number) {
    this.#tauMs = tauMs;
    this.#landmark = now;
  }

  add(value: number, now: number): void {
    let weight = Math.exp((now - this.#landmark) / this.#tauMs);
    if (weight > largestWeight) {
      for (let at = 0; at < buckets; at++) this.#weights[at] = (this.#weights[at] ?? 0) / weight;
      this.#total /= weight;
      this.#landmark = now;
      weight = 1;
    }
    const bucket = bucketOf(value);
    if (this.#known.size > 0) this.#known.clear();
    this.#weights[bucket] = (this.#weights[bucket] ?? 0) + weight;
    this.#total += weight;
  }

  /**
   * The value that this share of all values stays below.
   * @param share 0.5 for the median
   * @returns undefined while there is none
   */
  quantile(share: number): number | undefined {
    if (this.#total === 0) return undefined;
    const known = this.#known.get(share);
    if (known !== undefined) return known;
    const found = middleOf(this.#find(share * this.#total));
    this.#known.set(share, found);
    return found;
  }

  #find(wanted: number): number {
    let sum = 0;
    for (let at = 0; at < buckets; at++) {
      sum += this.#weights[at] ?? 0;
      if (sum > 0 && sum >= wanted) return at;
    }
    return buckets - 1;
  }
}

function bucketOf(value: number): number {
  return value > 1 ? Math.min(buckets - 1, Math.floor(Math.log2(value) * bucketsPerDoubling)) : 0;
}

function middleOf(bucket: number): number {
  return 2 ** ((bucket + 0.5) / bucketsPerDoubling);
}
