import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { call, readEvents, toArray, toObject, type Heard, type Json } from "../../apps/gateway/testing/call.ts";
import { callingClients, type CallingClient } from "../../apps/gateway/testing/calling-clients.ts";
import {
  startTestGateway,
  type TestGateway,
  type TestProvider,
} from "../../apps/gateway/testing/start-test-gateway.ts";

/* A provider's process is killed -9 in the middle of an answer: it comes back a second later, or another one goes on. */

interface Provider {
  url: string;
  child: ChildProcess;
}

const program = join(import.meta.dirname, "../../packages/mock-upstream/main.ts");
const tools = [
  { name: "Bash", schema: { type: "object", properties: { command: { type: "string" } }, required: ["command"] } },
];
const prompt = "run echo one. Say what you do.";

const folder = mkdtempSync(join(tmpdir(), "onerouter-kill-"));
const running: ChildProcess[] = [];
let alive: Provider;
let stages: readonly string[];
let gateway: TestGateway | undefined;
beforeAll(async () => {
  alive = await startProvider([]);
  stages = await readStages(alive);
});
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});
afterAll(async () => {
  await Promise.all(running.map(kill));
  rmSync(folder, { recursive: true, force: true });
});

async function startProvider(options: readonly string[]): Promise<Provider> {
  const child = spawn(process.execPath, [program, "--seed", "alike", ...options], {
    cwd: folder,
    env: { HOME: folder, PATH: process.env.PATH ?? "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(child);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { url: (JSON.parse(line.toString()) as { url: string }).url, child };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

function body(client: CallingClient): Json {
  return client.body("kimi-k2-thinking", prompt, tools, true);
}

/** What the answer says at each event, when nobody is killed. */
async function readStages({ url }: Provider): Promise<string[]> {
  const [, chat] = callingClients;
  const { text } = await call(`${url}/moonshot/v1/chat/completions`, {
    body: chat === undefined ? {} : body(chat),
    headers: { authorization: "Bearer k" },
  }).done;
  return readEvents(text).map((event) => {
    const delta = toObject(toObject(toArray(event.choices)[0]).delta);
    if (typeof delta.reasoning_content === "string") return "thought";
    if (delta.tool_calls !== undefined) return "call";
    return typeof delta.content === "string" && delta.content !== "" ? "text" : "";
  });
}

/** Enough of the stage that it has begun, and not all. */
function middleOf(stage: string): number {
  const first = stages.indexOf(stage);
  const last = stages.lastIndexOf(stage);
  expect(last).toBeGreaterThan(first);
  return Math.ceil((first + last + 1) / 2);
}

/** With a pause between its tries that lets a process start where the cores are busy. */
async function openGateway(urls: readonly string[]): Promise<TestGateway> {
  const providers = urls.map((url, at): [string, TestProvider] => [
    `p${at}`,
    {
      protocol: "openai-chat",
      vendor: "moonshot",
      base_url: `${url}/moonshot/v1`,
      api_keys: ["k"],
      models: { "kimi-k2-thinking": {} },
    },
  ]);
  return startTestGateway({ providers: Object.fromEntries(providers), retryBackoffMs: 1500 });
}

/** A client whose calls are blocks, and one whose items and events have names and numbers. */
const clients = callingClients.filter(({ name }) => name === "anthropic-messages" || name === "openai-responses");

describe.each(clients.map((client) => ({ client })))("$client.name", ({ client }) => {
  let whole: Heard;
  beforeAll(async () => {
    const undisturbed = await openGateway([alive.url]);
    whole = await ask(undisturbed, client).done;
    await undisturbed.stop();
  });

  test.each([
    ["thought", "one provider, which comes back a second later", 1],
    ["text", "one provider, which comes back a second later", 1],
    ["call", "one provider, which comes back a second later", 1],
    ["thought", "two providers", 2],
    ["text", "two providers", 2],
    ["call", "two providers", 2],
  ])("killed in the middle of a %s: %s", async (stage, _, count) => {
    const doomed = await startProvider(["--faults", `silence=${middleOf(stage)}`]);
    const urls = count === 1 ? [doomed.url] : [doomed.url, alive.url];
    gateway = await openGateway(urls);
    const answer = ask(gateway, client);
    await answer.until((text) => text.includes("data:"));
    await kill(doomed.child);
    if (count === 1) {
      await sleep(1000);
      await startProvider(["--port", new URL(doomed.url).port]);
    }
    const heard = await answer.done;
    expect([heard.status, heard.complete, client.faults(heard.text)]).toEqual([200, true, []]);
    expect(client.text(heard)).toBe(client.text(whole));
    const made = client.calls(heard).map(({ name, arguments: text }) => [name, text]);
    expect(made).toEqual(client.calls(whole).map(({ name, arguments: text }) => [name, text]));
    expect(made).toHaveLength(1);
    const record = await gateway.generation(heard);
    const outcomes = toArray(record.attempts).map((attempt) => toObject(attempt).outcome);
    expect([outcomes[0], outcomes.at(-1)]).toEqual([expect.stringMatching(/^upstream_/), "ok"]);
  });
});

function ask({ url, key }: TestGateway, client: CallingClient): ReturnType<typeof call> {
  return call(url + client.path("kimi-k2-thinking", true), {
    body: body(client),
    headers: { authorization: `Bearer ${key}` },
  });
}
