import type { SimulatedEndpoint } from "../fleet.ts";
import type { SimulatedSession } from "../workload.ts";
import type { Outcome } from "../world.ts";

/** A way to choose endpoints. It sees what a gateway sees: prices, sizes, and what came of its own attempts. */
export interface Policy {
  name: string;
  /** The endpoints to try for this turn, in order, by their place in the fleet. */
  plan(session: SimulatedSession, step: number): readonly number[];
  learn(session: SimulatedSession, step: number, endpoint: number, outcome: Outcome): void;
}

export type CreatePolicy = (fleet: readonly SimulatedEndpoint[], seed: number) => Policy;
