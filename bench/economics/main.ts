// `node bench/economics/main.ts [--seed N] [--quick]`: what agent sessions, chats and batches cost under each way to choose
// endpoints, beside what they would have cost somebody who knew everything. See bench/README.md.
import { parseArgs } from "node:util";
import { comparePolicies } from "./compare-policies.ts";
import type { Tally } from "./simulate.ts";

const { values } = parseArgs({
  options: { seed: { type: "string", default: "1" }, quick: { type: "boolean", default: false } },
});
const seed = Number(values.seed);
if (!Number.isSafeInteger(seed)) throw new Error("--seed is a whole number");
const size = values.quick
  ? { worlds: 2, agents: 20, agentSteps: 300, chats: 300, batch: 300 }
  : { worlds: 5, agents: 100, agentSteps: 300, chats: 3_000, batch: 3_000 };

const headings = ["policy", "USD", "over oracle", "success", "attempts/request", "cached"];
for (const { workload, tallies } of comparePolicies({ seed, ...size })) {
  const [oracle] = tallies;
  if (oracle === undefined) continue;
  console.log(`\n${workload}: ${oracle.requests} requests in ${size.worlds} worlds`);
  for (const cells of [headings, ...tallies.map((tally) => describe(tally, oracle))]) console.log(formatRow(cells));
}

function describe(tally: Tally, oracle: Tally): string[] {
  const { policy, cost, requests, answered, attempts, promptTokens, cachedTokens } = tally;
  const percent = (share: number, digits: number): string => `${(share * 100).toFixed(digits)} %`;
  return [
    policy,
    cost.toFixed(2),
    percent(cost / oracle.cost - 1, 2),
    percent(answered / requests, 3),
    (attempts / requests).toFixed(3),
    promptTokens === 0 ? "" : percent(cachedTokens / promptTokens, 1),
  ];
}

function formatRow([name = "", ...rest]: string[]): string {
  return name.padEnd(20) + rest.map((cell) => cell.padStart(17)).join("");
}
