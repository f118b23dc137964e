import type { Row } from "./scenarios/scenario.ts";

/** All rows of a run, by scenario name. */
export type Results = Record<string, Row[]>;

/** One goal of the project and whether this run reached it; `reached` is undefined when it was not measured. */
export type Verdict = { goal: string; measured: string; reached: boolean | undefined };

/** Compares a run with the goals. Ratios are of targets in the same run, so the machine cancels out. */
export function judge(results: Results): Verdict[] {
  const value = (scenario: string, target: string, column: string): number | undefined =>
    results[scenario]?.find((row) => row.target === target)?.values[column];

  const ratio = (scenario: string, column: string, to: string): number | undefined => {
    const [ours, theirs] = [value(scenario, "onerouter", column), value(scenario, to, column)];
    return ours === undefined || !theirs ? undefined : ours / theirs;
  };
  const ours = (scenario: string, column: string): number | undefined => value(scenario, "onerouter", column);
  const many = "streams-500";
  const wanted: [scenario: string, verdict: Verdict][] = [
    [
      "throughput",
      atLeast("requests/s, 16 connections, of the bare proxy", ratio("throughput", "c16", "bare proxy"), 0.7, "x"),
    ],
    [
      "throughput",
      atLeast("requests/s, 32 connections, of the bare proxy", ratio("throughput", "c32", "bare proxy"), 0.7, "x"),
    ],
    [
      "throughput",
      atLeast("requests/s, 16 connections, of portkey (plain chat)", ratio("throughput", "c16", "portkey"), 8, "x"),
    ],
    [
      "throughput",
      atLeast(
        "requests/s, 16 connections, of claude-code-router",
        ratio("throughput", "c16", "claude-code-router"),
        8,
        "x",
      ),
    ],
    ["large", atMost("1 MB p50, of the bare proxy", ratio("large", "p50", "bare proxy"), 2, "x")],
    ["streams-200", atLeast("200 streams complete", ours("streams-200", "complete"), 200, "")],
    [many, atLeast("500 streams complete", ours(many, "complete"), 500, "")],
    [many, atMost("500 streams: added chunk latency p99", ours(many, "addedP99"), 50, " ms")],
    [many, atMost("500 streams: CPU per chunk, of the bare proxy", ratio(many, "cpuMicros", "bare proxy"), 1, "x")],
    [many, atMost("500 streams: RSS per stream", ours(many, "rssKb"), 100, " KB")],
    ["startup", atMost("ready to serve", ours("startup", "readyMs"), 1000, " ms")],
    ["startup", atMost("idle RSS", ours("startup", "idleRssMb"), 150, " MB")],
  ];
  return wanted.filter(([scenario]) => results[scenario] !== undefined).map(([, verdict]) => verdict);
}

function atLeast(goal: string, measured: number | undefined, limit: number, unit: string): Verdict {
  return verdict(`${goal} >= ${limit}${unit}`, measured, unit, measured === undefined ? undefined : measured >= limit);
}

function atMost(goal: string, measured: number | undefined, limit: number, unit: string): Verdict {
  return verdict(`${goal} <= ${limit}${unit}`, measured, unit, measured === undefined ? undefined : measured <= limit);
}

function verdict(goal: string, measured: number | undefined, unit: string, reached: boolean | undefined): Verdict {
  if (measured === undefined) return { goal, measured: "-", reached };
  return { goal, measured: `${measured.toFixed(unit === "x" ? 2 : measured < 10 ? 1 : 0)}${unit}`, reached };
}
