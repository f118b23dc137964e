import type { SimulatedEndpoint } from "./fleet.ts";
import type { SimulatedSession } from "./workload.ts";
import { attemptAt, type Held } from "./world.ts";

/** One way to have come so far. */
interface Path {
  cost: number;
  /** What each endpoint holds. */
  caches: ReadonlyArray<Held | undefined>;
}

/** Paths kept for each endpoint that may have answered last. */
const kept = 4;
/** Tries that the oracle would make at one endpoint for one turn. */
const mostTries = 6;

/**
 * The least that a session could have cost, USD, to somebody who knew beforehand what every attempt would come to: a search
 * over the endpoints of all turns, which keeps the best few ways that end at each endpoint.
 */
export function oracleCost(seed: number, fleet: readonly SimulatedEndpoint[], session: SimulatedSession): number {
  let paths: Path[] = [{ cost: 0, caches: fleet.map(() => undefined) }];
  for (let step = 0; step < session.turns.length; step++) {
    const next: Path[] = [];
    for (const endpoint of fleet) {
      const reached = paths.flatMap((path) => {
        const after = answerAt(seed, endpoint, session, step, path);
        return after === undefined ? [] : [after];
      });
      reached.sort((a, b) => a.cost - b.cost);
      next.push(...reached.slice(0, kept));
    }
    // Where everything is down, the turn costs nobody anything.
    if (next.length > 0) paths = next;
  }
  return Math.min(...paths.map(({ cost }) => cost));
}

/** Tries one endpoint until it answers. @returns undefined if it does not */
function answerAt(
  seed: number,
  endpoint: SimulatedEndpoint,
  session: SimulatedSession,
  step: number,
  path: Path,
): Path | undefined {
  let held = path.caches[endpoint.id];
  let { cost } = path;
  for (let tries = 0; tries < mostTries; tries++) {
    const outcome = attemptAt(seed, endpoint, session, step, tries, held);
    cost += outcome.cost;
    if (outcome.end === "failed") continue;
    held = { tokens: outcome.usage.inputTokens, at: session.turns[step]?.at ?? 0 };
    if (outcome.end === "ok") return { cost, caches: path.caches.with(endpoint.id, held) };
  }
  return undefined;
}
