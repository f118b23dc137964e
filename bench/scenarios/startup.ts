import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "../targets/target.ts";
import type { Bench } from "../workbench/bench.ts";
import { median } from "../workbench/median.ts";
import { readUsage } from "../workbench/process-usage.ts";
import { messageOf } from "./field.ts";
import type { Row, Scenario } from "./scenario.ts";

/** From spawn to the first 200 of the ready address, and resident memory a little later, before any request. */
export const startup: Scenario = {
  name: "startup",
  title: "Start and idle memory",
  columns: [
    { name: "readyMs", heading: "ready after ms", digits: 0 },
    { name: "idleRssMb", heading: "idle RSS MB", digits: 0 },
  ],
  run: async (bench) => {
    const rows: Row[] = [];
    for (const target of bench.targets.filter(({ isGateway }) => isGateway)) {
      try {
        rows.push(await measure(bench, target));
      } catch (error) {
        rows.push({ target: target.name, values: {}, note: messageOf(error) });
      }
    }
    return rows;
  },
};

async function measure(bench: Bench, target: Target): Promise<Row> {
  const ready: number[] = [];
  const idle: number[] = [];
  for (let start = 0; start < bench.depth.starts; start += 1) {
    const running = await target.start(bench);
    ready.push(running.readyAfter);
    await sleep(bench.depth.settle);
    const usage = readUsage(running.pid);
    if (usage !== undefined) idle.push(usage.rssBytes / 1e6);
    await running.stop();
  }
  return { target: target.name, values: { readyMs: median(ready), idleRssMb: median(idle) } };
}
