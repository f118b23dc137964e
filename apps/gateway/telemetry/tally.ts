import { Counter, type Registry } from "prom-client";

interface Cell<Label extends string> {
  labels: Record<Label, string>;
  value: number;
}

/** Cells by the value of each label in turn: strings that are used again are found without building a key. */
type Cells<Label extends string> = Map<string, Map<string, Map<string, Cell<Label>>>>;

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
  readonly #cells: Cells<Label> = new Map();
  readonly #list: Cell<Label>[] = [];

  constructor(registry: Registry, { name, help, labels }: TallyOptions<Label>) {
    this.#labels = labels;
    const list = this.#list;
    new Counter({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      collect() {
        this.reset();
        for (const cell of list) this.inc(cell.labels, cell.value);
      },
    });
  }

  /** @param values one for each label, in order */
  add(amount: number, first: string, second = "", third = ""): void {
    const cell = this.#cells.get(first)?.get(second)?.get(third);
    if (cell === undefined) this.#open(amount, [first, second, third]);
    else cell.value += amount;
  }

  #open(value: number, values: readonly [string, string, string]): void {
    const labels = Object.fromEntries(this.#labels.map((label, at) => [label, values[at] ?? ""]));
    const cell = { labels: labels as Record<Label, string>, value };
    const [first, second, third] = values;
    const seconds = this.#cells.get(first) ?? new Map<string, Map<string, Cell<Label>>>();
    const thirds = seconds.get(second) ?? new Map<string, Cell<Label>>();
    this.#cells.set(first, seconds);
    seconds.set(second, thirds);
    thirds.set(third, cell);
    this.#list.push(cell);
  }
}
