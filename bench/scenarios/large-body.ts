import { runCalls, type CallsResult } from "../load/run-load.ts";
import { largeRequest } from "../requests/messages-request.ts";
import { SMALL_MODEL } from "../requests/models.ts";
import { requestFor } from "../requests/request-for.ts";
import { runField } from "./field.ts";
import type { Scenario } from "./scenario.ts";

const WARM_UP_REQUESTS = 10;
const WARM_UP_LIMIT = 3000;

/** What a coding agent sends late in a session: 1 MB with 300 tool steps, one request at a time. */
export const largeBody: Scenario = {
  name: "large",
  title: "1 MB Messages -> chat with 300 tool turns: latency in ms, one at a time",
  columns: [
    { name: "kilobytes", heading: "body KB", digits: 0 },
    { name: "p50", heading: "p50", digits: 1 },
    { name: "p99", heading: "p99", digits: 1 },
    { name: "requests", heading: "requests", digits: 0 },
    { name: "failed", heading: "failed", digits: 0 },
  ],
  run: async (bench) => {
    const results = new Map<string, CallsResult & { bytes: number }>();
    return runField(
      bench,
      1,
      async ({ target, thinking }) => {
        const request = requestFor(bench.pool, target, largeRequest(target.model(SMALL_MODEL), thinking));
        await runCalls(bench, request, { count: WARM_UP_REQUESTS, duration: WARM_UP_LIMIT });
        const { largeRequests: count, largeLimit: duration } = bench.depth;
        results.set(target.name, { ...(await runCalls(bench, request, { count, duration })), bytes: request.bytes });
      },
      (name) => {
        const result = results.get(name);
        if (result === undefined) return {};
        const { latency, failed, bytes } = result;
        return { kilobytes: bytes / 1000, p50: latency.p50, p99: latency.p99, requests: latency.count, failed };
      },
    );
  },
};
