import { afterEach, beforeEach, expect, test } from "vitest";
import { numbers, promptForSteps, stepsDone } from "./harness/append-steps.ts";
import { moonshotConfig } from "./harness/moonshot-config.ts";
import { openScene, type Scene } from "./harness/open-scene.ts";
import { runClaude } from "./harness/run-claude.ts";

const steps = 60;

/** Tokens that the upstream takes beyond what the client sends at first. */
const room = 4_000;

let scene: Scene;
beforeEach(async () => {
  scene = await openScene("overflow", (url) => moonshotConfig({ moonshot: `${url}/moonshot/v1` }));
});
afterEach(() => scene.close());

test.each(["2.1.197", "2.1.330"] as const)(
  `Claude Code %s compacts when the upstream says that the prompt is too long, and goes on to step ${steps}`,
  async (version) => {
    const { mock, gateway, folder } = scene;
    const first = await runClaude(version, { prompt: "create before.txt", target: gateway, folder });
    expect(first.result.is_error).toBe(false);
    const limit = (mock.requests.at(-1)?.promptTokens ?? 0) + room;
    mock.setFaults(`context=${limit}`);
    const { code, result } = await runClaude(version, {
      prompt: promptForSteps(steps),
      target: gateway,
      folder,
      args: ["--resume", first.result.session_id],
    });

    expect({ code, isError: result.is_error }).toEqual({ code: 0, isError: false });
    expect(result.result).toContain("(mock) Done");
    expect(stepsDone(folder)).toEqual(numbers(steps));
    const refused = mock.requests.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const { refusal } of refused) expect(refusal).toContain(`exceeded model token limit: ${limit}`);
    const summaries = mock.requests.filter(({ status, body }) => status === 200 && asksForSummary(body));
    expect(summaries.length).toBeGreaterThanOrEqual(1);
  },
);

function asksForSummary(body: unknown): boolean {
  const { messages } = body as { messages: unknown[] };
  return JSON.stringify(messages.at(-1)).includes("CRITICAL: Respond with TEXT ONLY");
}
