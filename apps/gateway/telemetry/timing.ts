import type { Metric, Registry } from "prom-client";

/** Upper bounds of the buckets, in seconds: from an answer out of a cache to a long thought. */
const bounds: readonly number[] = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

interface Series {
  /** One more than there are bounds: the last is for what lies above them all. */
  counts: number[];
  sum: number;
}

interface Sample {
  metricName: string;
  labels: Record<string, string | number>;
  value: number;
}

/**
 * A histogram of seconds by model, observed with every request (see Tally). It hands the registry what prom-client's own
 * histogram would: `_bucket` samples that add up, `_sum` and `_count`.
 */
export class Timing {
  readonly name: string;
  readonly help: string;
  readonly type = "histogram";
  readonly #series = new Map<string, Series>();

  constructor(registry: Registry, { name, help }: { name: string; help: string }) {
    this.name = name;
    this.help = help;
    // The registry asks nothing of a metric but its name and `get`.
    registry.registerMetric(this as unknown as Metric);
  }

  observe(seconds: number, model: string): void {
    let series = this.#series.get(model);
    if (series === undefined) {
      series = { counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 };
      this.#series.set(model, series);
    }
    let at = 0;
    while (at < bounds.length && seconds > (bounds[at] ?? 0)) at++;
    series.counts[at] = (series.counts[at] ?? 0) + 1;
    series.sum += seconds;
  }

  get(): Promise<{ name: string; help: string; type: string; values: Sample[] }> {
    const values: Sample[] = [];
    for (const [model, { counts, sum }] of this.#series) {
      let total = 0;
      for (const [at, count] of counts.entries()) {
        total += count;
        values.push({ metricName: `${this.name}_bucket`, labels: { le: bounds[at] ?? "+Inf", model }, value: total });
      }
      values.push({ metricName: `${this.name}_sum`, labels: { model }, value: sum });
      values.push({ metricName: `${this.name}_count`, labels: { model }, value: total });
    }
    return Promise.resolve({ name: this.name, help: this.help, type: this.type, values });
  }
}
