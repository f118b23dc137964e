import { verifyAnswer } from "../requests/verify-target.ts";
import type { RunningTarget } from "../targets/target.ts";
import type { Bench } from "../workbench/bench.ts";
import type { Row, Values } from "./scenario.ts";

/** A target that is up and answered right, with the thinking block of its answer. */
export type Entrant = { target: RunningTarget; thinking: Record<string, unknown> | undefined };

/**
 * Starts all targets, calls `round` for each of them in turn, `rounds` times over, and stops them again. Turns rather than
 * one long stretch each, so that a noisy minute of the machine meets all of them.
 */
export async function runField(
  bench: Bench,
  rounds: number,
  round: (entrant: Entrant, number: number) => Promise<void>,
  result: (name: string) => Values,
): Promise<Row[]> {
  const running: RunningTarget[] = [];
  const problems = new Map<string, string>();
  try {
    await Promise.all(
      bench.targets.map(async (target) => {
        try {
          running.push(await target.start(bench));
        } catch (error) {
          problems.set(target.name, messageOf(error));
        }
      }),
    );
    const order = bench.targets.map(({ name }) => name);
    running.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
    const entrants = await Promise.all(
      running.map(async (target) => {
        try {
          return { target, thinking: await verifyAnswer(bench, target) };
        } catch (error) {
          problems.set(target.name, messageOf(error));
          return { target, thinking: undefined };
        }
      }),
    );
    for (let number = 0; number < rounds; number += 1) {
      for (const entrant of entrants) {
        const { name } = entrant.target;
        if (problems.has(name)) continue;
        try {
          await round(entrant, number);
        } catch (error) {
          problems.set(name, messageOf(error));
        }
      }
    }
  } finally {
    await Promise.all(running.map((target) => target.stop()));
  }
  return bench.targets.map(({ name, speaks }) => {
    const problem = problems.get(name);
    if (problem !== undefined) return { target: name, values: {}, note: problem };
    return { target: name, values: result(name), note: noteOf(speaks) };
  });
}

/** What a reader must know of a target that does less than the others. */
export function noteOf(speaks: "messages" | "chat"): string | undefined {
  return speaks === "chat" ? "plain chat -> chat: it cannot convert Messages" : undefined;
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
