import { callKinds, leakMarkups, malformedKinds } from "./fault.ts";
import type { Fault } from "./fault.ts";

const places = ["content", "reasoning"] as const;
const wrongIds = callKinds.filter((kind) => kind !== "interleaved");

/**
 * Draws what `mixed` and `bad` leave open. A bad vendor spoils the arguments of so many percent of its answers, each time
 * in another way, and now and then leaks its markup or gives wrong ids (MoonshotAI/K2-Vendor-Verifier measured 13 to 17 %).
 */
export function drawMixture(fault: Fault, draw: () => number): Fault {
  const { bad } = fault;
  const drawn = { ...fault };
  if (bad !== undefined) {
    if (draw() * 100 < bad) drawn.args ??= "mixed";
    if (draw() * 300 < bad) drawn.leak ??= "mixed";
    if (draw() * 300 < bad) drawn.calls ??= "mixed";
  }
  const pick = <Choice>(choices: readonly Choice[]): Choice | undefined => choices[Math.floor(draw() * choices.length)];
  if (drawn.args === "mixed") drawn.args = pick(malformedKinds);
  if (drawn.calls === "mixed") drawn.calls = pick(wrongIds);
  if (drawn.leak === "mixed") {
    drawn.leak = {
      markup: pick(leakMarkups.filter((one) => one !== "k3")) ?? "kimi",
      place: pick(places) ?? "content",
    };
  }
  return drawn;
}
