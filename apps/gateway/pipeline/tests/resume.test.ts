import type { ProtocolName } from "@onerouter/protocols";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, type Heard, type Json } from "../../testing/call.ts";
import { callingClients, type CallingClient } from "../../testing/calling-clients.ts";
import {
  startDyingUpstreams,
  type DyingUpstreams,
  type Manner,
  type ScriptedAnswer,
  type Script,
} from "../../testing/dying-upstreams.ts";
import { startTestGateway, type TestGateway, type TestProvider } from "../../testing/start-test-gateway.ts";

/*
 * An upstream that dies after each event of an answer, and another one that goes on (T26). The client has the whole answer
 * every time, each text and each call once: BerriAI/litellm#28216 and #6957 gave content twice or none, PR#32835 began the
 * answer anew within itself.
 */

const answers = {
  agent: {
    thought: "The user wants two things. I look at both of them first.",
    text: "I look at the files.\n\nThen I count their lines, one by one.",
    calls: [
      { name: "Bash", arguments: '{"command":"ls -la /tmp"}' },
      { name: "Bash", arguments: '{"command":"wc -l *"}' },
    ],
    last: "Both are on their way.",
  },
  text: { text: "Short words and a long-winded explanation, 3.14 times.\nDone." },
  long: {
    thought: "A table, then.",
    text: Array.from({ length: 12 }, (_, at) => `| row ${at} | value ${at * 7} |\n`).join("") + "\nThat is  all.",
  },
  bare: { calls: [{ name: "Bash", arguments: '{"command":"pwd"}' }] },
} as const satisfies Record<string, ScriptedAnswer>;

const schema = { type: "object", properties: { command: { type: "string" } }, required: ["command"] };
const tools = [{ name: "Bash", schema }];

/** Who is asked, and whether the same protocol's bytes are forwarded. */
const upstreams: ReadonlyArray<{ name: string; protocol: ProtocolName; vendor: string }> = [
  { name: "messages", protocol: "anthropic-messages", vendor: "generic" },
  { name: "anthropic", protocol: "anthropic-messages", vendor: "anthropic" },
  { name: "chat", protocol: "openai-chat", vendor: "generic" },
  { name: "openai", protocol: "openai-chat", vendor: "openai" },
  { name: "moonshot", protocol: "openai-chat", vendor: "moonshot" },
  { name: "responses", protocol: "openai-responses", vendor: "generic" },
  { name: "gpt-5", protocol: "openai-responses", vendor: "openai" },
  { name: "google", protocol: "gemini", vendor: "google" },
];

let dying: DyingUpstreams;
let gateway: TestGateway;
beforeAll(async () => {
  dying = await startDyingUpstreams();
  const provider = ({ name, protocol, vendor }: (typeof upstreams)[number]): TestProvider => ({
    protocol,
    vendor,
    base_url: dying.url(protocol),
    timeouts: { idle_seconds: 0.15 },
    models: { [name]: { pricing: { prompt: 1, completion: 2 } } },
  });
  gateway = await startTestGateway({
    providers: Object.fromEntries(
      upstreams.flatMap((one) => [
        [`${one.name}-a`, provider(one)],
        [`${one.name}-b`, provider(one)],
      ]),
    ),
  });
});
afterAll(async () => {
  await gateway.stop();
  await dying.close();
});

function ask(client: CallingClient, model: string, prompt: string, stream = true, fields: Json = {}): Promise<Heard> {
  return call(gateway.url + client.path(model, stream), {
    body: { ...client.body(model, prompt, tools, stream), ...fields },
    headers: { authorization: `Bearer ${gateway.key}` },
  }).done;
}

/** The client has this answer, all of it and nothing twice. */
function expectWhole(client: CallingClient, heard: Heard, answer: ScriptedAnswer, isStream = true): void {
  expect(heard.status).toBe(200);
  expect(client.text(heard).replace(/^null$/, "")).toBe((answer.text ?? "") + (answer.last ?? ""));
  const calls = client.calls(heard).map(({ name, arguments: text }) => [name, JSON.parse(text) as unknown]);
  expect(calls).toEqual((answer.calls ?? []).map(({ name, arguments: text }) => [name, JSON.parse(text) as unknown]));
  if (isStream) expect(client.faults(heard.text)).toEqual([]);
}

const manners: readonly Manner[] = ["repeats", "anew", "exactly"];
/** Many at a time, but not all. */
const atOnce = 12;

async function overAll<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += atOnce) await Promise.all(items.slice(at, at + atOnce).map(run));
}

const keys = Object.keys(answers) as Array<keyof typeof answers>;
/**
 * Every answer where an upstream is one of the two that most are like, or its bytes are forwarded, else the one that has
 * everything.
 */
const ways = callingClients.flatMap((client) =>
  upstreams.map((upstream) => {
    const isLane = upstream.name === "gpt-5" && client.name === "openai-responses";
    const all = upstream.name === "anthropic" || upstream.name === "chat" || isLane;
    return { client, upstream, told: all ? keys : (["agent"] as const) };
  }),
);

describe.each(ways)(
  "$client.name client, $upstream.name upstream",
  ({ client, upstream: { name, protocol }, told }) => {
    test.each([...told])(
      "an upstream that dies after each event of the answer: %s",
      async (key) => {
        const answer: ScriptedAnswer = answers[key];
        const count = dying.countEvents(protocol, answer);
        const places = Array.from({ length: count }, (_, at) => at);
        await overAll(places, async (at) => {
          const manner = manners[at % manners.length] ?? "repeats";
          const script: Script = { answer, deaths: at % 4 === 3 ? [at, 2] : [at], how: "cut", manner };
          const prompt = dying.promptFor(script);
          // Without tools a chat client's bytes are forwarded, too.
          const heard = await ask(client, name, prompt, true, "calls" in answer ? {} : { tools: undefined });
          expectWhole(client, heard, answer);
        });
      },
      60_000,
    );
  },
);
