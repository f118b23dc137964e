import { callKinds, leakMarkups, malformedKinds } from "./fault.ts";
import type { Fault } from "./fault.ts";

const places = ["content", "reasoning"] as const;
const wrongIds = callKinds.filter((kind) => kind !== "interleaved");

/** How a flaky provider fails a request: it is over its limit, broken, overloaded, resets the connection or says nothing. */
const failures: readonly Fault[] = [
  { status: { code: 429 } },
  { status: { code: 500 } },
  { status: { code: 503 } },
  { cut: { at: "start" } },
  { silence: { events: 0, ms: Infinity } },
];

/**
 * Draws what `mixed`, `bad` and `flaky` leave open. A bad vendor spoils the arguments of so many percent of its answers, each time
 * in another way, and now and then leaks its markup or gives wrong ids (MoonshotAI/K2-Vendor-Verifier measured 13 to 17 %).
 */
export function drawMixture(fault: Fault, draw: () => number): Fault {
  const { bad, flaky } = fault;
  const drawn = { ...fault, ...(flaky !== undefined && isSound(fault) ? drawFailure(flaky, draw) : {}) };
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

function isSound({ status, cut, silence, end, error }: Fault): boolean {
  return [status, cut, silence, end, error].every((one) => one === undefined);
}

/** A cut is as likely at each place of the answer. */
function drawFailure({ failed, cut }: { failed: number; cut: number }, draw: () => number): Fault {
  const drawn = draw() * 100;
  if (drawn < failed) return failures[Math.floor(draw() * failures.length)] ?? {};
  return drawn < failed + cut ? { cut: { at: "share", percent: draw() * 100 } } : {};
}
