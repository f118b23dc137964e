import { createFleet } from "./fleet.ts";
import { lowestPrice } from "./policies/lowest-price.ts";
import { openRouterRule } from "./policies/openrouter-rule.ts";
import { ours } from "./policies/ours.ts";
import { roundRobin } from "./policies/round-robin.ts";
import { simulate, simulateOracle, type Tally } from "./simulate.ts";
import { createWorkloads, type WorkloadSize } from "./workload.ts";

/** What one workload came to under each policy, the oracle first, over all worlds. */
export interface Comparison {
  workload: string;
  tallies: Tally[];
}

export interface Size extends WorkloadSize {
  /** Worlds, each with prices, failures and outages of its own. */
  worlds: number;
}

/** The upstreams' failures that the project's goals speak of. */
const failures = 0.05;
const cuts = 0.02;

export function comparePolicies({ worlds, seed, ...size }: Size): Comparison[] {
  const sums = new Map<string, Map<string, Tally>>();
  for (let world = seed; world < seed + worlds; world++) {
    const fleet = createFleet({ seed: world, failures, cuts });
    for (const workload of createWorkloads({ seed: world, ...size })) {
      if (workload.sessions.length === 0) continue;
      const sum = sums.get(workload.name) ?? new Map<string, Tally>();
      sums.set(workload.name, sum);
      add(sum, simulateOracle(world, fleet, workload));
      for (const policy of [ours, openRouterRule, lowestPrice, roundRobin]) {
        add(sum, simulate(world, fleet, workload, policy));
      }
    }
  }
  return [...sums].map(([workload, tallies]) => ({ workload, tallies: [...tallies.values()] }));
}

function add(sum: Map<string, Tally>, tally: Tally): void {
  const known = sum.get(tally.policy);
  if (known === undefined) {
    sum.set(tally.policy, { ...tally });
    return;
  }
  known.cost += tally.cost;
  known.requests += tally.requests;
  known.answered += tally.answered;
  known.attempts += tally.attempts;
  known.promptTokens += tally.promptTokens;
  known.cachedTokens += tally.cachedTokens;
}
