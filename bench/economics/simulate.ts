import type { SimulatedEndpoint } from "./fleet.ts";
import { oracleCost } from "./oracle.ts";
import type { CreatePolicy } from "./policies/policy.ts";
import type { SimulatedSession, Workload } from "./workload.ts";
import { attemptAt, type Held } from "./world.ts";

/** What a workload came to under one policy. */
export interface Tally {
  policy: string;
  /** USD. */
  cost: number;
  requests: number;
  answered: number;
  attempts: number;
  /** Of prompts, and of these read from caches. */
  promptTokens: number;
  cachedTokens: number;
}

const nothing = { cost: 0, requests: 0, answered: 0, attempts: 0, promptTokens: 0, cachedTokens: 0 };

/** The gateway goes through its candidates twice before it gives up. */
const rounds = 2;

/** Lets one policy serve a workload; its requests come in the order of their time, as they would in one gateway. */
export function simulate(
  seed: number,
  fleet: readonly SimulatedEndpoint[],
  { sessions }: Workload,
  create: CreatePolicy,
): Tally {
  const policy = create(fleet, seed);
  const caches = new Map<number, Array<Held | undefined>>();
  const tally: Tally = { ...nothing, policy: policy.name };
  for (const { session, step } of inOrder(sessions)) {
    tally.requests += 1;
    const held = caches.get(session.id) ?? [];
    caches.set(session.id, held);
    const tries = fleet.map(() => 0);
    const plan = policy.plan(session, step);
    for (const at of Array.from({ length: rounds }, () => plan).flat()) {
      const endpoint = fleet[at];
      if (endpoint === undefined) throw new Error(`${policy.name} chose an endpoint that is not there`);
      const outcome = attemptAt(seed, endpoint, session, step, tries[at] ?? 0, held[at]);
      tries[at] = (tries[at] ?? 0) + 1;
      tally.attempts += 1;
      tally.cost += outcome.cost;
      tally.cachedTokens += outcome.usage.cacheReadTokens;
      tally.promptTokens += outcome.usage.inputTokens;
      policy.learn(session, step, at, outcome);
      if (outcome.end !== "failed") {
        held[at] = { tokens: outcome.usage.inputTokens, at: session.turns[step]?.at ?? 0 };
      }
      if (outcome.end !== "ok") continue;
      tally.answered += 1;
      break;
    }
  }
  return tally;
}

export function simulateOracle(seed: number, fleet: readonly SimulatedEndpoint[], { sessions }: Workload): Tally {
  const cost = sessions.reduce((sum, session) => sum + oracleCost(seed, fleet, session), 0);
  const requests = sessions.reduce((sum, { turns }) => sum + turns.length, 0);
  return { ...nothing, policy: "oracle", cost, requests, answered: requests, attempts: requests };
}

function inOrder(sessions: readonly SimulatedSession[]): Array<{ session: SimulatedSession; step: number }> {
  return sessions
    .flatMap((session) => session.turns.map(({ at }, step) => ({ session, step, at })))
    .toSorted((a, b) => a.at - b.at);
}
