import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FaultRule } from "@onerouter/mock-upstream";
import { expect, test } from "vitest";
import { agents, type Agent } from "./harness/agents.ts";
import { numbers, promptForSteps, stepsDone } from "./harness/append-steps.ts";
import { fleetConfig, type Prices } from "./harness/fleet-config.ts";
import { mainUpstreams, type MainUpstream } from "./harness/main-upstreams.ts";
import { openScene } from "./harness/open-scene.ts";
import { priceOf, readTurns, type Attempt, type Turn } from "./harness/read-attempts.ts";
import { readSteps } from "./harness/read-steps.ts";
import { startProvider, type Provider, type ProviderRequest } from "./harness/start-provider.ts";

const sceneName = "under-fire";
const steps = 300;
const killedAfter = 100;
const minutes = 60_000;
const leastCached = 0.9;

/** The cheapest one gets the session back whenever it is well, and is killed. */
const prices = {
  doomed: { prompt: 0.2, completion: 1, cache_read: 0.02 },
  second: { prompt: 0.6, completion: 2.5, cache_read: 0.06 },
  third: { prompt: 0.7, completion: 3, cache_read: 0.07 },
} satisfies Record<string, Prices>;

type Name = keyof typeof prices;

/** 5 % of all requests fail, 2 % of the answers are cut anywhere; and each of it once for certain. */
const flaky: FaultRule = { fault: "flaky=5,2" };
const certain = ["cut=4", "status=503", "cut=50%", "status=429", "cut=80%", "cut=start", "status=500"];
const faultsOfDoomed: FaultRule[] = [flaky, ...certain.map((fault, at) => ({ fault, skip: 4 + 8 * at, times: 1 }))];
const faultsOfOthers: FaultRule[] = [flaky, { fault: "silence", skip: 4, times: 1 }];

/** On the long way, and on the lane of each one's own protocol. */
const sessions: Array<[agentName: string, upstreamName: string]> = [
  ["Claude Code 2.1.330", "moonshot"],
  ["Codex", "moonshot"],
  ["Claude Code 2.1.330", "anthropic"],
  ["Codex", "openai"],
];
if (process.env.MODE === "full") {
  sessions.push(["Claude Code 2.1.197", "moonshot"], ["Claude Code 2.1.197", "anthropic"]);
}

for (const [agentName, upstreamName] of sessions) {
  const agent = named(agents, agentName);
  const upstream = named(mainUpstreams, upstreamName);
  const title = `${agentName} on ${upstream.protocol} in the dialect of ${upstream.vendor}`;
  const expected = `${steps} steps while its providers fail, cut answers off, and one is killed: no error, no step lost or done twice`;
  test.concurrent(`${title}: ${expected}`, { timeout: 5 * minutes }, () => playSession(title, agent, upstream));
}

async function playSession(title: string, agent: Agent, upstream: MainUpstream): Promise<void> {
  // The same seed: what one has thought, the other would have thought as well, and may be told so.
  const doomed = await startProvider({ seed: sceneName, instance: "doomed" });
  try {
    await playBefore(doomed, title, agent, upstream);
  } finally {
    await doomed.end("SIGKILL");
  }
}

async function playBefore(doomed: Provider, title: string, agent: Agent, upstream: MainUpstream): Promise<void> {
  const scene = await openScene(sceneName, (url) =>
    fleetConfig(upstream, {
      doomed: { mockUrl: doomed.url, prices: prices.doomed },
      second: { mockUrl: url, prices: prices.second },
      third: { mockUrl: url, prices: prices.third },
    }),
  );
  try {
    const { mock, gateway, folder } = scene;
    const session = join(folder, "session");
    await doomed.setFaults(faultsOfDoomed);
    mock.setFaults(faultsOfOthers);
    const running = agent.run({
      prompt: `Say what you do.\n${promptForSteps(steps)}`,
      target: { ...gateway, model: upstream.model },
      folder: session,
      timeoutMs: 4 * minutes,
    });
    const over = new AbortController();
    const [run, isKilled] = await Promise.all([
      running.finally(() => over.abort()),
      killInAnswer(doomed, () => stepsDone(session).length, over.signal),
    ]);

    expect({ code: run.code, error: run.error, text: run.text, stderr: run.code === 0 ? "" : run.stderr }).toEqual({
      code: 0,
      error: undefined,
      text: expect.stringContaining("(mock) Done"),
      stderr: "",
    });
    expect(stepsDone(session)).toEqual(numbers(steps));
    expect(isKilled).toBe(true);
    const told = readSteps(upstream.protocol, mock.requests.at(-1)?.body);
    expect(told.map(({ input }) => Number(/echo (\d+)/.exec(input)?.[1]))).toEqual(numbers(steps));
    expect(told.filter(({ output }, at) => !new RegExp(`\\b${at + 1}\\b`).test(output ?? ""))).toEqual([]);

    await gateway.stop();
    const turns = readTurns(join(folder, "gateway", "data"));
    // The client has seen no error: it asked once for each turn, and each was answered.
    expect(turns.filter(({ status, errorCode, aborted }) => status !== 200 || errorCode !== null || aborted)).toEqual(
      [],
    );
    expect(turns).toHaveLength(steps + 1);

    const requests: Record<Name, ProviderRequest[]> = {
      doomed: doomed.requests(),
      second: mock.requests.filter(({ path }) => path.includes("/second/")),
      third: mock.requests.filter(({ path }) => path.includes("/third/")),
    };
    expectEachFault(Object.values(requests).flat());
    expectSameAttempts(turns, requests);
    expectCosts(turns);
    console.log(`${title}: ${summarize(turns, run.wallMs)}`);
    expect(shareCached(turns)).toBeGreaterThanOrEqual(leastCached);
  } finally {
    await scene.close();
  }
}

/** Kills the provider in the middle of an answer. @returns false when the session was over before that */
async function killInAnswer(provider: Provider, done: () => number, over: AbortSignal): Promise<boolean> {
  await waitUntil(() => done() >= killedAfter, over);
  await provider.setFaults([{ fault: "silence=8" }]);
  const before = provider.requests().length;
  await waitUntil(() => provider.requests().length > before, over);
  // It says its beginning; its silence would not be borne for longer than two seconds.
  await sleep(300);
  await provider.end("SIGKILL");
  return !over.aborted;
}

async function waitUntil(isTrue: () => boolean, over: AbortSignal): Promise<void> {
  while (!isTrue() && !over.aborted) await sleep(50);
}

/** What was to happen has happened: each kind of failure, and cuts in each part of an answer. */
function expectEachFault(requests: ProviderRequest[]): void {
  const faults = requests.flatMap(({ fault }) => (fault === undefined ? [] : [fault]));
  const statuses = faults.map(({ status }) => status?.code);
  expect(statuses).toEqual(expect.arrayContaining([429, 500, 503]));
  expect(faults.some(({ cut }) => cut?.at === "start")).toBe(true);
  expect(faults.some(({ silence }) => silence !== undefined)).toBe(true);
  const cuts = requests.flatMap(({ cutAfter = "" }) => (cutAfter === "" ? [] : [partOf(cutAfter)]));
  expect(cuts).toEqual(expect.arrayContaining(["reasoning", "text", "call"]));
}

function partOf(event: string): string {
  // Claude Code does not ask to see thoughts: they have a signature and no text.
  if (/"reasoning_content"|"thinking_delta"|"signature_delta"|"reasoning"|reasoning_summary/.test(event))
    return "reasoning";
  if (/"tool_calls"|"input_json_delta"|function_call_arguments/.test(event)) return "call";
  return /"content":"[^"]|"text_delta"|output_text/.test(event) ? "text" : "between";
}

/** The gateway has written down what its providers have seen, attempt by attempt, with the tokens they counted. */
function expectSameAttempts(turns: Turn[], requests: Record<Name, ProviderRequest[]>): void {
  const attempts = turns.flatMap((turn) => turn.attempts);
  for (const [provider, seen] of Object.entries(requests)) {
    const made = attempts.filter((attempt) => attempt.provider === provider);
    expect(made.slice(0, seen.length).map((attempt, at) => compare(attempt, seen[at]))).toEqual(
      seen.map(() => undefined),
    );
    // Nobody has heard of those that came after its death; the first of them may go into a connection that is just closing.
    const unheard = made.slice(seen.length);
    const dead = new Set(["upstream_unreachable", "upstream_error"]);
    expect(unheard.filter(({ outcome, usage }) => !dead.has(outcome) || usage !== undefined)).toEqual([]);
    expect(unheard.length > 0).toBe(provider === "doomed");
  }
}

/** @returns what does not agree */
function compare(attempt: Attempt, seen: ProviderRequest | undefined): unknown {
  const { outcome, status, usage } = attempt;
  const { fault, cutAfter = "", promptTokens, cachedTokens, finished = true } = seen ?? {};
  const differs = { attempt, seen: { ...seen, body: undefined, headers: undefined } };
  if (fault?.status !== undefined) return status === fault.status.code && usage === undefined ? undefined : differs;
  if (outcome === "ok") {
    // A cut behind the finish takes nothing away.
    const isWhole = fault?.silence === undefined && (cutAfter === "" || partOf(cutAfter) === "between");
    const isSame = usage?.inputTokens === promptTokens && usage?.cacheReadTokens === cachedTokens;
    return isWhole && isSame ? undefined : differs;
  }
  // A machine that stood still for two seconds is silent, too.
  const isSilent = fault?.silence !== undefined || outcome === "upstream_timeout";
  const isBroken = fault?.cut !== undefined || isSilent || !finished;
  // A block that has only been opened holds nothing yet.
  const gaveContent = (partOf(cutAfter) !== "between" && !/\.added"|_start"/.test(cutAfter)) || !finished;
  const isCounted = (usage?.inputTokens ?? 0) > 0 && (usage?.outputTokens ?? 0) > 0;
  return isBroken && (!gaveContent || isCounted) ? undefined : differs;
}

/** Each attempt costs what its tokens cost at its provider, and a turn what its attempts cost. */
function expectCosts(turns: Turn[]): void {
  for (const turn of turns) {
    let [cost, input, output] = [0n, 0, 0];
    for (const attempt of turn.attempts) {
      const { usage, provider } = attempt;
      if (usage === undefined) continue;
      expect(attempt.cost).toBe(priceOf(usage, prices[provider as Name]));
      cost += attempt.cost;
      input += usage.inputTokens;
      output += usage.outputTokens;
    }
    expect({ cost, input, output }).toEqual({
      cost: turn.cost,
      input: turn.usage.inputTokens,
      output: turn.usage.outputTokens,
    });
  }
}

/** Of what each turn could have found in a cache, had it all been in one place. */
function shareCached(turns: Turn[]): number {
  const answered = turns.flatMap(({ attempts }) => attempts.at(-1)?.usage ?? []);
  const known = answered.slice(0, -1).reduce((sum, { inputTokens }) => sum + inputTokens, 0);
  return answered.slice(1).reduce((sum, { cacheReadTokens }) => sum + cacheReadTokens, 0) / known;
}

function summarize(turns: Turn[], wallMs: number): string {
  const attempts = turns.flatMap((turn) => turn.attempts);
  const failed = attempts.filter(({ outcome }) => outcome !== "ok");
  const usd = (of: Attempt[]): string => `$${(Number(of.reduce((sum, { cost }) => sum + cost, 0n)) / 1e12).toFixed(4)}`;
  return (
    `${steps} steps in ${(wallMs / 1000).toFixed(1)} s, ${failed.length} of ${attempts.length} attempts failed, ` +
    `${(shareCached(turns) * 100).toFixed(2)} % cached, ${usd(attempts)}, ${usd(failed)} of it for failed attempts`
  );
}

function named<Thing extends { name: string }>(things: readonly Thing[], name: string): Thing {
  const found = things.find((thing) => thing.name === name);
  if (found === undefined) throw new Error(`nothing is called ${name}`);
  return found;
}
