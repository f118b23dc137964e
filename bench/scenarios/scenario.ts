import type { Bench } from "../workbench/bench.ts";

/** One measured value by column name; a missing one could not be measured. */
export type Values = Record<string, number | undefined>;

/** What one target gave in one scenario; `note` says why values are missing or not comparable. */
export type Row = { target: string; values: Values; note?: string };

export type Column = { name: string; heading: string; digits: number };

/** One thing to measure over all targets. `name` is what `--only` takes. */
export type Scenario = {
  name: string;
  title: string;
  columns: Column[];
  run: (bench: Bench) => Promise<Row[]>;
};
