import type { FaultRule } from "@onerouter/mock-upstream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { numbers, promptForSteps, stepsDone } from "./harness/append-steps.ts";
import { moonshotConfig } from "./harness/moonshot-config.ts";
import { openScene, type Scene } from "./harness/open-scene.ts";
import { runClaude } from "./harness/run-claude.ts";

const steps = 60;

/** Dead before the answer, while it thinks, in its text, in its tool call; out of order; full. */
const faults = ["cut=start", "cut=4", "cut=8", "cut=12", "status=500", "status=502", "status=429,1"];

let scene: Scene;
beforeEach(async () => {
  scene = await openScene("dying-upstream", (url) =>
    moonshotConfig({ first: `${url}/moonshot/first/v1`, second: `${url}/moonshot/second/v1` }),
  );
});
afterEach(() => scene.close());

/**
 * One request in twenty, and each fault once for certain. Claude Code 2.1.197 does not repeat a turn that is cut in a text
 * behind a thought: the gateway has to go on with it.
 */
const faultsOfFirst: FaultRule[] = [
  ...faults.map((fault) => ({ fault, path: "/first/", probability: 0.05 / faults.length })),
  ...faults.map((fault, at) => ({ fault, path: "/first/", skip: 3 + 4 * at, times: 1 })),
];

test.each(["2.1.197", "2.1.330"] as const)(
  `Claude Code %s finishes ${steps} steps while the first of two providers keeps dying; no step is lost or done twice`,
  async (version) => {
    const { mock, gateway, folder } = scene;
    mock.setFaults(faultsOfFirst);
    const { code, result } = await runClaude(version, { prompt: promptForSteps(steps), target: gateway, folder });

    expect({ code, isError: result.is_error }).toEqual({ code: 0, isError: false });
    expect(result.result).toContain("(mock) Done");
    expect(stepsDone(folder)).toEqual(numbers(steps));

    const atFirst = mock.requests.filter(({ path }) => path.includes("/first/"));
    const seen = (wanted: (request: (typeof atFirst)[number]) => boolean): number => atFirst.filter(wanted).length;
    expect(seen(({ status }) => status === 429)).toBeGreaterThanOrEqual(1);
    expect(seen(({ status }) => status === 500)).toBeGreaterThanOrEqual(1);
    expect(seen(({ status }) => status === 502)).toBeGreaterThanOrEqual(1);
    expect(seen(({ aborted }) => aborted)).toBeGreaterThanOrEqual(3);
    const atSecond = mock.requests.filter(({ path }) => path.includes("/second/"));
    expect(atSecond.length).toBeGreaterThanOrEqual(4);
    // Both get back the thoughts that the other one had, and the faults are the only thing that was ever refused.
    expect(atSecond.filter(({ status }) => status !== 200)).toEqual([]);
    expect(atFirst.filter(({ status }) => status === 400)).toEqual([]);
    const answered = await gateway.counter("onerouter_upstream_attempts_total", { provider: "second", outcome: "ok" });
    expect(answered).toBe(atSecond.length);
  },
);
