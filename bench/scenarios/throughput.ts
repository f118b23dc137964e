import { runAutocannon, runCalls } from "../load/run-load.ts";
import { smallRequest } from "../requests/messages-request.ts";
import { SMALL_MODEL } from "../requests/models.ts";
import { requestFor } from "../requests/request-for.ts";
import { median } from "../workbench/median.ts";
import { runField } from "./field.ts";
import type { Scenario } from "./scenario.ts";

const CONNECTIONS = [16, 32];

/** Small requests as fast as they are answered, counted by autocannon. */
export const throughput: Scenario = {
  name: "throughput",
  title: "Small Messages -> chat, not streamed: requests per second",
  columns: [
    ...CONNECTIONS.map((count) => ({ name: `c${count}`, heading: `${count} connections`, digits: 0 })),
    { name: "failed", heading: "failed", digits: 0 },
  ],
  run: async (bench) => {
    const samples = new Map<string, number[]>();
    const failures = new Map<string, number>();
    const seconds = bench.depth.throughputSeconds;
    return runField(
      bench,
      bench.depth.rounds,
      async ({ target }, round) => {
        const request = requestFor(bench.pool, target, smallRequest(target.model(SMALL_MODEL)));
        if (round === 0) await runCalls(bench, request, { duration: bench.depth.warmUp, concurrency: 16 });
        for (const connections of CONNECTIONS) {
          const { perSecond, failed } = await runAutocannon(bench, request, { connections, seconds });
          const place = `${target.name} c${connections}`;
          samples.set(place, [...(samples.get(place) ?? []), perSecond]);
          failures.set(target.name, (failures.get(target.name) ?? 0) + failed);
        }
      },
      (name) => ({
        ...Object.fromEntries(CONNECTIONS.map((c) => [`c${c}`, median(samples.get(`${name} c${c}`) ?? [])])),
        failed: failures.get(name),
      }),
    );
  },
};
