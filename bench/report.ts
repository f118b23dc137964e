import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row, Scenario } from "./scenarios/scenario.ts";
import type { Results, Verdict } from "./verdicts.ts";
import type { MachineFacts } from "./workbench/machine-facts.ts";

/** One scenario as an aligned table, its notes below it. */
export function formatTable({ name, title, columns }: Scenario, rows: Row[], tookMs: number): string {
  const cells = [
    ["", ...columns.map(({ heading }) => heading)],
    ...rows.map(({ target, values }) => [target, ...columns.map((c) => values[c.name]?.toFixed(c.digits) ?? "-")]),
  ];
  const notes = rows.filter(({ note }) => note !== undefined).map(({ target, note }) => `  ${target}: ${note}`);
  return [`\n${title} (--only ${name}, ${Math.round(tookMs / 1000)} s)`, ...align(cells), ...notes].join("\n");
}

/** The goals and whether they were reached. */
export function formatVerdicts(verdicts: Verdict[]): string {
  const mark = (reached: boolean | undefined): string => (reached === undefined ? "" : reached ? "pass" : "MISS");
  const cells = verdicts.map(({ goal, measured, reached }) => [goal, measured, mark(reached)]);
  return ["\nOneRouter against its goals (ratios within this run)", ...align(cells)].join("\n");
}

/** The machine in one line. */
export function formatFacts(facts: MachineFacts): string {
  const { cores, processor, memoryGb, system, node, go, loadAverage } = facts;
  const tools = go === undefined ? "no Go: slower Node tools load the machine" : go;
  return `${cores} cores (${processor}), ${memoryGb} GB, ${system}, Node ${node}, ${tools}, load average ${loadAverage.toFixed(2)} before`;
}

/** Writes everything as JSON and returns the file's path. */
export function saveResults(
  benchFolder: string,
  run: { startedAt: Date; quick: boolean; facts: MachineFacts; results: Results; verdicts: Verdict[] },
): string {
  const folder = join(benchFolder, "results");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${run.startedAt.toISOString().replaceAll(":", "-")}.json`);
  writeFileSync(file, `${JSON.stringify(run, null, 2)}\n`);
  return file;
}

function align(cells: string[][]): string[] {
  const widths: number[] = [];
  for (const row of cells) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return cells.map((row) => {
    const padded = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)));
    return `  ${padded.join("  ")}`.trimEnd();
  });
}
