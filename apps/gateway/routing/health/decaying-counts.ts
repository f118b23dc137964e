/**
 * Counts of which what happened `tau` ago weighs 1/e: how things are of late, in a few numbers and without a window to
 * sweep. They share one clock, so that their ratios need no arithmetic at all.
 */
export class DecayingCounts {
  readonly #values: Float64Array;
  readonly #tauMs: number;
  #at = 0;

  constructor(size: number, tauMs: number) {
    this.#values = new Float64Array(size);
    this.#tauMs = tauMs;
  }

  add(index: number, now: number, amount = 1): void {
    const values = this.#values;
    const factor = this.factor(now);
    if (factor !== 1) for (let at = 0; at < values.length; at++) values[at] = (values[at] ?? 0) * factor;
    values[index] = (values[index] ?? 0) + amount;
    this.#at = Math.max(this.#at, now);
  }

  set(index: number, amount: number): void {
    this.#values[index] = amount;
  }

  /** The count as it weighs now. */
  of(index: number, now: number): number {
    return (this.#values[index] ?? 0) * this.factor(now);
  }

  /** The count as it weighed when something was last counted: for ratios of counts. */
  raw(index: number): number {
    return this.#values[index] ?? 0;
  }

  /** What a count as it was then is worth now. A clock that goes back ages nothing. */
  factor(now: number): number {
    return now <= this.#at ? 1 : Math.exp((this.#at - now) / this.#tauMs);
  }
}
