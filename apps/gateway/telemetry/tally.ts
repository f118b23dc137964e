import { Counter, type Registry } from "prom-client";

interface Cell<Label extends string> {
  labels: Record<Label, string>;
  value: number;
}

export interface TallyOptions<Label extends string> {
  name: string;
  help: string;
  labels: readonly Label[];
}

/**
 * A counter for what happens with every request. prom-client checks and joins the labels anew at each call, which for the
 * ten numbers of a request costs as much as converting it; here they are looked up by value and shown when asked for.
 */
export class Tally<Label extends string> {
  readonly #labels: readonly Label[];
  readonly #cells = new Map<string, Cell<Label>>();

  constructor(registry: Registry, { name, help, labels }: TallyOptions<Label>) {
    this.#labels = labels;
    const cells = this.#cells;
    new Counter({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      collect() {
        this.reset();
        for (const cell of cells.values()) this.inc(cell.labels, cell.value);
      },
    });
  }

  /** @param values one for each label, in order */
  add(amount: number, first: string, second = "", third = ""): void {
    const key = `${first}\n${second}\n${third}`;
    const cell = this.#cells.get(key);
    if (cell !== undefined) {
      cell.value += amount;
      return;
    }
    const values = [first, second, third];
    const labels = Object.fromEntries(this.#labels.map((label, at) => [label, values[at] ?? ""]));
    this.#cells.set(key, { labels: labels as Record<Label, string>, value: amount });
  }
}
