import { join } from "node:path";
import type { RecordedRequest } from "@onerouter/mock-upstream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { numbers } from "./harness/append-steps.ts";
import { measureWalls } from "./harness/measure-walls.ts";
import { moonshotConfig } from "./harness/moonshot-config.ts";
import { openScene, type Scene } from "./harness/open-scene.ts";
import { readChatSteps } from "./harness/read-chat-steps.ts";
import { readTranscript } from "./harness/read-transcript.ts";
import { runAgentSdk, runClaude, type ClientCall, type ClientRun } from "./harness/run-claude.ts";

const steps = 300;
const prompt = `count to ${steps} by calling the Bash tool once for each number`;

/** Before the generation's id in the id of a message that the gateway wrote. */
const messagePrefix = "msg_";

/** Tokens in a block of the mock's prefix cache, which knows whole blocks only. */
const cacheBlock = 256;

const clients: Array<[name: string, run: (call: ClientCall) => Promise<ClientRun>]> = [
  ["Claude Code 2.1.197", (call) => runClaude("2.1.197", call)],
  ["Claude Code 2.1.330", (call) => runClaude("2.1.330", call)],
  ["Claude Agent SDK 0.3.330", runAgentSdk],
];

let scene: Scene;
beforeEach(async () => {
  scene = await openScene("long-session", (url) => moonshotConfig({ moonshot: `${url}/moonshot/v1` }));
});
afterEach(() => scene.close());

describe.each(clients)("%s on Moonshot's dialect", (name, run) => {
  test(`${steps} tool steps in order, each with the thought before it, nothing refused, the cache kept`, async () => {
    const { mock, gateway, folder } = scene;
    const session = join(folder, "session");
    const { code, result, wallMs } = await run({ prompt, target: gateway, folder: session });

    expect({ code, isError: result.is_error, turns: result.num_turns }).toEqual({
      code: 0,
      isError: false,
      turns: steps + 1,
    });
    expect(result.result).toContain(`I counted to ${steps} in ${steps} tool calls`);

    const requests = [...mock.requests];
    expect(requests.map(({ status, refusal, aborted }) => ({ status, refusal, aborted }))).toEqual(
      requests.map(() => ({ status: 200, refusal: undefined, aborted: false })),
    );
    expect(requests).toHaveLength(steps + 1);
    expectStepsInOrder(requests.at(-1)?.body);
    expectPrefixKept(requests);
    await expectSameTokensEverywhere(requests, result.usage);
    await expectGenerations(session, result.session_id);

    const walls = await measureWalls({
      gateway: wallMs,
      again: async (at) => (await run({ prompt, target: gateway, folder: join(folder, `again-${at}`) })).wallMs,
      direct: async (at) => {
        const direct = await run({
          prompt,
          target: { url: mock.url, key: "any" },
          folder: join(folder, `direct-${at}`),
        });
        expect({ isError: direct.result.is_error, turns: direct.result.num_turns }).toEqual({
          isError: false,
          turns: steps + 1,
        });
        return direct.wallMs;
      },
    });
    console.log(`${name}: ${steps} steps in ${walls.text}`);
    expect(walls.ratio).toBeLessThanOrEqual(1.3);
  });
});

/** As the upstream was told them last. It has itself refused any thought that is not the one it gave. */
function expectStepsInOrder(body: unknown): void {
  const found = readChatSteps(body);
  expect(found.map(({ callId, command, output }) => ({ callId, command, output }))).toEqual(
    numbers(steps).map((step) => ({
      callId: `functions.Bash:${step - 1}`,
      command: `echo ${step}`,
      output: String(step),
    })),
  );
  for (const [at, { reasoning }] of found.entries()) expect(reasoning).toContain(`Step ${at + 1}: I call Bash next.`);
  expect(new Set(found.map(({ reasoning }) => reasoning)).size).toBe(steps);
}

function expectPrefixKept(requests: RecordedRequest[]): void {
  expect(requests.slice(1).filter(({ prefixOfPrevious }) => prefixOfPrevious !== true)).toEqual([]);
  let reusable = 0;
  let cached = 0;
  for (const [at, { cachedTokens = 0 }] of requests.entries()) {
    const before = requests[at - 1]?.promptTokens ?? 0;
    expect(cachedTokens).toBeGreaterThan(before - cacheBlock);
    reusable += before;
    cached += cachedTokens;
  }
  expect(cached / reusable).toBeGreaterThanOrEqual(0.99);
}

/** Upstream, gateway and client count the same: nothing is lost or counted twice on the way. */
async function expectSameTokensEverywhere(
  requests: RecordedRequest[],
  usage: ClientRun["result"]["usage"],
): Promise<void> {
  const prompt = requests.reduce((sum, { promptTokens = 0 }) => sum + promptTokens, 0);
  const cached = requests.reduce((sum, { cachedTokens = 0 }) => sum + cachedTokens, 0);
  expect(usage.cache_read_input_tokens).toBe(cached);
  expect(usage.input_tokens).toBe(prompt - cached);
  const counted = (kind: string): Promise<number> => scene.gateway.counter("onerouter_tokens_total", { kind });
  expect(await counted("cache_read")).toBe(cached);
  expect(await counted("input")).toBe(prompt - cached);
  expect(await counted("output")).toBe(usage.output_tokens);
}

/** Each turn as the client wrote it down has its thought, and its record in the gateway's journal. */
async function expectGenerations(folder: string, sessionId: string): Promise<void> {
  const turns = readTranscript(folder, sessionId);
  expect(turns).toHaveLength(steps + 1);
  expect(turns.filter(({ blocks }) => !blocks.includes("thinking"))).toEqual([]);
  for (const turn of turns.filter((_, at) => at % 50 === 0)) {
    const response = await scene.gateway.get(`/v1/generation?id=${turn.messageId.slice(messagePrefix.length)}`);
    expect(await response.json()).toMatchObject({
      data: {
        provider_name: "moonshot",
        upstream_model: "kimi-k2-thinking",
        express_lane: false,
        cancelled: false,
        error_code: null,
        tokens_prompt: turn.usage.input_tokens + turn.usage.cache_read_input_tokens,
        native_tokens_cached: turn.usage.cache_read_input_tokens,
        tokens_completion: turn.usage.output_tokens,
      },
    });
  }
}
