import { runCalls, type Summary } from "../load/run-load.ts";
import { smallRequest } from "../requests/messages-request.ts";
import { SMALL_MODEL } from "../requests/models.ts";
import { requestFor } from "../requests/request-for.ts";
import { median } from "../workbench/median.ts";
import { runField } from "./field.ts";
import type { Row, Scenario } from "./scenario.ts";

const RATE = 200;

/** How long one small request takes, one at a time and at a fixed rate; "added" is what direct takes less. */
export const latency: Scenario = {
  name: "latency",
  title: `Small Messages -> chat: latency in ms, one at a time and at ${RATE} per second`,
  columns: [
    { name: "oneP50", heading: "1x p50", digits: 2 },
    { name: "oneP99", heading: "1x p99", digits: 2 },
    { name: "oneAddedP50", heading: "added p50", digits: 2 },
    { name: "oneAddedP99", heading: "added p99", digits: 2 },
    { name: "rateP50", heading: `${RATE}/s p50`, digits: 2 },
    { name: "rateP99", heading: `${RATE}/s p99`, digits: 2 },
    { name: "rateAddedP50", heading: "added p50", digits: 2 },
    { name: "rateAddedP99", heading: "added p99", digits: 2 },
    { name: "failed", heading: "failed", digits: 0 },
  ],
  run: async (bench) => {
    const one = new Map<string, Summary[]>();
    const fixed = new Map<string, Summary[]>();
    const failures = new Map<string, number>();
    const { warmUp, latency: duration, rounds } = bench.depth;
    const rows = await runField(
      bench,
      rounds,
      async ({ target }, round) => {
        const request = requestFor(bench.pool, target, smallRequest(target.model(SMALL_MODEL)));
        if (round === 0) await runCalls(bench, request, { duration: warmUp, concurrency: 4 });
        const alone = await runCalls(bench, request, { duration });
        const paced = await runCalls(bench, request, { duration, rate: RATE });
        one.set(target.name, [...(one.get(target.name) ?? []), alone.latency]);
        fixed.set(target.name, [...(fixed.get(target.name) ?? []), paced.latency]);
        failures.set(target.name, (failures.get(target.name) ?? 0) + alone.failed + paced.failed);
      },
      (name) => ({
        oneP50: median((one.get(name) ?? []).map(({ p50 }) => p50)),
        oneP99: median((one.get(name) ?? []).map(({ p99 }) => p99)),
        rateP50: median((fixed.get(name) ?? []).map(({ p50 }) => p50)),
        rateP99: median((fixed.get(name) ?? []).map(({ p99 }) => p99)),
        failed: failures.get(name),
      }),
    );
    addDifferences(rows, {
      oneP50: "oneAddedP50",
      oneP99: "oneAddedP99",
      rateP50: "rateAddedP50",
      rateP99: "rateAddedP99",
    });
    return rows;
  },
};

/** Fills each `added` column with what a row has more than the direct one. */
export function addDifferences(rows: Row[], columns: Record<string, string>): void {
  const base = rows.find(({ target }) => target === "direct");
  for (const row of rows) {
    if (base === undefined || row === base) continue;
    for (const [column, added] of Object.entries(columns)) {
      const [value, direct] = [row.values[column], base.values[column]];
      if (value !== undefined && direct !== undefined) row.values[added] = value - direct;
    }
  }
}
