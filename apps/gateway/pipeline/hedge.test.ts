import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { answerWell } from "../testing/answer-well.ts";
import { toArray, toObject, type Heard, type Json } from "../testing/call.ts";
import { chatClient, clientDialects, messagesClient } from "../testing/client-dialects.ts";
import { readGenerations } from "../testing/read-generations.ts";
import { startScriptedUpstream, type Handler, type ScriptedUpstream } from "../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../testing/start-test-gateway.ts";
import type { Candidate, RoutePlan } from "../routing/route-plan.ts";
import type { GenerationRow } from "../storage/database-schema.ts";
import type { AttemptOutcome } from "./attempt-outcome.ts";
import type { Generation } from "./generation.ts";
import { askHedged } from "./hedge.ts";

/* A second endpoint is asked when the first one is slow to begin; whose content comes first gives the answer. */

const quick: Handler = (response, request) => answerWell(response, request, "the first answer");
const never: Handler = () => undefined;

let first: ScriptedUpstream;
let second: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  first = await startScriptedUpstream(quick);
  second = await startScriptedUpstream((response, request) => answerWell(response, request, "the second answer"));
  const model = { pricing: { prompt: 1, completion: 2 } };
  const dear = { pricing: { prompt: 3, completion: 6 } };
  gateway = await startTestGateway({
    providers: {
      first: { protocol: "openai-chat", base_url: first.url, models: { m: model, unknown: model } },
      second: { protocol: "openai-chat", base_url: second.url, models: { m: dear, unknown: dear } },
    },
  });
  // Its answers begin at once.
  for (let at = 0; at < 20; at++) await ask({ stream: true });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([first.close(), second.close()]);
});
afterEach(() => {
  first.answer(quick);
  second.answer((response, request) => answerWell(response, request, "the second answer"));
  first.seen.length = 0;
  second.seen.length = 0;
});

const hedge = { provider: { hedge: true } };
const ask = (fields: Json, client = chatClient): Promise<Heard> => gateway.ask(client, fields);
const attemptsOf = async (heard: Heard): Promise<Json[]> =>
  toArray((await gateway.generation(heard)).attempts).map(toObject);

describe.each(
  clientDialects.flatMap((client) => [true, false].map((stream) => ({ client, stream, name: client.name }))),
)("$name, streamed: $stream", ({ client, stream }) => {
  test("the second answers for a first one that does not begin; what the loser cost is written down", async () => {
    first.answer(never);
    const heard = await ask({ stream, ...hedge }, client);
    expect([heard.status, client.text(heard)]).toEqual([200, "the second answer"]);
    await expect.poll(() => first.last().aborted).toBe(true);
    const [loser = {}, winner = {}] = await attemptsOf(heard);
    expect(loser).toMatchObject({ provider: "first", outcome: "hedged", tokens_completion: 0 });
    expect(Number(loser.tokens_prompt)).toBeGreaterThan(0);
    expect(Number(loser.cost)).toBeGreaterThan(0);
    expect(winner).toMatchObject({ provider: "second", outcome: "ok", tokens_prompt: 10, tokens_completion: 5 });
    const record = await gateway.generation(heard);
    expect(record).toMatchObject({ provider_name: "second", error_code: null, finish_reason: "stop" });
    expect(record.total_cost).toBeCloseTo(Number(loser.cost) + Number(winner.cost), 9);
    // Nobody was too slow for an operator to look after.
    const metrics = (await gateway.get("/metrics")).text;
    expect(metrics).toContain('onerouter_upstream_attempts_total{provider="first",outcome="hedged"}');
    expect(metrics).not.toContain('outcome="upstream_timeout"');
  });

  test("the first one comes first after all: the second is cancelled", async () => {
    second.answer(never);
    first.answer(async (response, request) => {
      // Until the other one has been asked.
      while (second.seen.length === 0) await sleep(5);
      await quick(response, request);
    });
    const heard = await ask({ stream, ...hedge }, client);
    expect(client.text(heard)).toBe("the first answer");
    await expect.poll(() => second.last().aborted).toBe(true);
    expect((await attemptsOf(heard)).map(({ provider, outcome }) => [provider, outcome])).toEqual([
      ["first", "ok"],
      ["second", "hedged"],
    ]);
    expect(await gateway.generation(heard)).toMatchObject({ provider_name: "first", finish_reason: "stop" });
  });
});

test.each(["first", "second"])(
  "a client that reads slowly gets all of it, whichever won: %s",
  async (winner) => {
    // More than the sockets on the way hold.
    const text = `${"x".repeat(64 * 1024)} `.repeat(320);
    const answersLong: Handler = async (response, request) => {
      while (second.seen.length === 0) await sleep(5);
      answerWell(response, request, text);
    };
    first.answer(winner === "first" ? answersLong : never);
    second.answer(winner === "first" ? never : answersLong);
    const call = gateway.start(chatClient, { stream: true, ...hedge });
    await call.headers;
    call.pause();
    // The gateway has to wait for its client meanwhile.
    await sleep(300);
    call.resume();
    const heard = await call.done;
    expect([heard.complete, chatClient.isFinished(heard.text)]).toEqual([true, true]);
    expect((await attemptsOf(heard)).map(({ outcome }) => outcome)).toEqual(
      winner === "first" ? ["ok", "hedged"] : ["hedged", "ok"],
    );
  },
  20_000,
);

test("a client that goes away ends both, and is recorded once", async () => {
  first.answer(never);
  second.answer(never);
  const call = gateway.start(chatClient, { stream: true, ...hedge });
  await expect.poll(() => second.seen.length).toBe(1);
  call.abort();
  await expect.poll(() => [first.last().aborted, second.last().aborted]).toEqual([true, true]);
  const left = (): GenerationRow[] => readGenerations(gateway.folder).filter(({ status }) => status === 499);
  await expect.poll(() => left().length).toBe(1);
  expect(left()[0]).toMatchObject({ aborted: 1, error_code: null });
  expect(JSON.parse(left()[0]?.attempts ?? "")).toMatchObject([{ outcome: "aborted" }, { outcome: "aborted" }]);
});

test("the first one fails while the second is under way: its answer is taken", async () => {
  first.answer(async (response) => {
    while (second.seen.length === 0) await sleep(5);
    response.socket?.destroy();
  });
  second.answer(async (response, request) => {
    await sleep(50);
    answerWell(response, request, "the second answer");
  });
  const heard = await ask({ stream: true, ...hedge }, messagesClient);
  expect([messagesClient.text(heard), second.seen.length]).toEqual(["the second answer", 1]);
});

test("nobody else is asked where it is not wished for, or nothing is known of how long the endpoint takes", async () => {
  const slow: Handler = async (response, request) => {
    await sleep(300);
    await quick(response, request);
  };
  first.answer(slow);
  expect(chatClient.text(await ask({ stream: true }))).toBe("the first answer");
  expect(chatClient.text(await ask({ stream: true, model: "unknown", ...hedge }))).toBe("the first answer");
  expect(second.seen).toEqual([]);
});

describe("an attempt that fails by a fault of ours", () => {
  const thrown = new Error("a bug");
  const candidates = ["one", "two"].map((key) => ({ key, pair: key })) as Candidate[];

  /** As much of a request as a race needs; the attempts are the test's. */
  function race(run: (key: string) => Promise<AttemptOutcome>): {
    outcome: Promise<AttemptOutcome>;
    logged: unknown[];
  } {
    const logged: unknown[] = [];
    const generation = {
      context: {
        knowledge: { health: { endpoint: () => ({ firstContentMs: () => 1 }) } },
        logError: (_message: string, error: unknown) => logged.push(error),
      },
      fields: { provider: { hedge: true } },
      continued: { isContinued: false },
      continuation: { turns: [] },
      attempts: [],
      spendings: [],
      hasShown: () => false,
      fork: () => ({ attempts: [], spendings: [], upstream: { abort: () => logged.push("aborted") } }),
    } as unknown as Generation;
    const [first] = candidates;
    if (first === undefined) throw new Error("no candidate");
    const outcome = askHedged(generation, { candidates } as RoutePlan, first, (_generation, { key }) => run(key));
    return { outcome, logged };
  }

  test("the second one: it does not end the process, and the first one answers", async () => {
    let second = 0;
    const { outcome, logged } = race(async (key) => {
      if (key === "two") {
        second += 1;
        throw thrown;
      }
      while (second === 0) await sleep(5);
      await sleep(5);
      return { type: "complete" };
    });
    expect(await outcome).toEqual({ type: "complete" });
    expect(logged).toEqual([thrown]);
  });

  test("the first one: the second is not left alone", async () => {
    const begun = Promise.withResolvers<void>();
    const { outcome, logged } = race(async (key) => {
      if (key === "two") {
        begun.resolve();
        return new Promise<AttemptOutcome>(() => undefined);
      }
      await begun.promise;
      throw thrown;
    });
    await expect(outcome).rejects.toBe(thrown);
    expect(logged).toEqual(["aborted"]);
  });
});
