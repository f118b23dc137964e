import { afterEach, beforeEach, expect, test } from "vitest";
import { numbers, promptForSteps, stepsDone } from "./harness/append-steps.ts";
import { openScene, type Scene } from "./harness/open-scene.ts";
import { readTranscript } from "./harness/read-transcript.ts";
import { runClaude } from "./harness/run-claude.ts";

const steps = 30;
const publicId = "anthropic/claude-sonnet-4-5";
const alias = "claude-sonnet-4-5";
const upstreamId = /^msg_01[A-Za-z0-9]{22}$/;

let scene: Scene;
beforeEach(async () => {
  scene = await openScene("express-lane", (url) => ({
    providers: {
      anthropic: {
        protocol: "anthropic-messages",
        base_url: `${url}/anthropic/v1`,
        api_keys: ["upstream-key"],
        models: { [publicId]: { upstream_id: alias, context_length: 200_000 } },
      },
    },
    aliases: { [alias]: publicId },
  }));
});
afterEach(() => scene.close());

test.each(["2.1.197", "2.1.330"] as const)(
  `Claude Code %s does ${steps} steps on a Messages upstream with strict signatures, all through the express lane`,
  async (version) => {
    const { mock, gateway, folder } = scene;
    const target = { ...gateway, model: alias };
    const { code, result } = await runClaude(version, { prompt: promptForSteps(steps), target, folder });

    expect({ code, isError: result.is_error, turns: result.num_turns }).toEqual({
      code: 0,
      isError: false,
      turns: steps + 1,
    });
    expect(stepsDone(folder)).toEqual(numbers(steps));
    const posts = mock.requests.filter(({ method }) => method === "POST");
    expect(posts.map(({ status, refusal }) => ({ status, refusal }))).toEqual(
      numbers(steps + 1).map(() => ({ status: 200, refusal: undefined })),
    );
    expect(posts.at(-1)?.body).toMatchObject({ model: alias });
    expect(posts.slice(1).every(({ prefixOfPrevious }) => prefixOfPrevious)).toBe(true);

    const turns = readTranscript(folder, result.session_id);
    expect(turns).toHaveLength(steps + 1);
    expect(turns.filter(({ blocks }) => !blocks.includes("thinking"))).toEqual([]);
    // The upstream's own ids arrive, not those of a message that was written anew.
    expect(turns.filter(({ messageId }) => !upstreamId.test(messageId))).toEqual([]);
  },
);

test.each(["2.1.197", "2.1.330"] as const)(
  "Claude Code %s repeats a turn that was cut in a thought or a call: no step lost or done twice",
  async (version) => {
    const { mock, gateway, folder } = scene;
    // In the thought, between thought and call, in the call, after it.
    const cuts = [6, 12, 13, 14, 15, 16, 17, 18];
    mock.setFaults(cuts.map((count, at) => ({ fault: `cut=${count}`, skip: 2 + 3 * at, times: 1 })));
    const target = { ...gateway, model: alias };
    const { code, result } = await runClaude(version, { prompt: promptForSteps(steps), target, folder });

    expect({ code, isError: result.is_error }).toEqual({ code: 0, isError: false });
    expect(stepsDone(folder)).toEqual(numbers(steps));
    expect(mock.requests.filter(({ aborted }) => aborted)).toHaveLength(cuts.length);
    expect(mock.requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
  },
);
