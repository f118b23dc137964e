// `node bench/micro/plan.ts`: how long a route plan takes for 20 and for 200 candidates, of a long session whose prompt lies
// in caches and whose endpoints have histories.
import { performance } from "node:perf_hooks";
import { buildCatalogue } from "@onerouter/catalog";
import { generic } from "@onerouter/protocols/vendors/generic";
import { createKnowledge } from "../../apps/gateway/routing/knowledge.ts";
import { learnFromAnswer } from "../../apps/gateway/routing/learn-from-answer.ts";
import { planRoute } from "../../apps/gateway/routing/plan-route.ts";
import type { RoutingWishes } from "../../apps/gateway/routing/routing-wishes.ts";

const MODEL = "author/model";
const GOALS = { 20: 50, 200: 200 } as const;
const ROUNDS = 2_000;

const needs = {
  promptBytes: 400_000,
  mediaTokens: 0,
  tools: true,
  images: false,
  documents: false,
  turns: 120,
  session: "s",
};
const wishes: Record<string, RoutingWishes> = {
  "no wishes": {},
  "order, prices and percentiles": {
    order: ["p3", "p1"],
    maxPrice: { prompt: 50e6 },
    minThroughput: { p50: 10, p90: 5 },
    maxLatency: { p50: 5, p99: 60 },
  },
};

let missed = 0;
for (const [count, goal] of Object.entries(GOALS)) {
  for (const [name, wish] of Object.entries(wishes)) {
    const median = measure(Number(count), wish);
    if (median > goal) missed += 1;
    console.log(
      `${count.padStart(4)} candidates, ${name.padEnd(30)} ${median.toFixed(1).padStart(7)} us (goal ${goal}) ${median > goal ? "MISSED" : ""}`,
    );
  }
}
process.exitCode = missed > 0 ? 1 : 0;

function measure(count: number, wish: RoutingWishes): number {
  const knowledge = createKnowledge((_, bytes) => Math.ceil(bytes / 4));
  const providers = Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, offerOf(at)]));
  const model = buildCatalogue(providers, {}).resolve(MODEL);
  if (model === undefined) throw new Error("there is no model");
  const access = () => ({ apiKeys: ["key"], profile: () => generic });
  let now = 1e12;
  const usage = { inputTokens: 98_000, cacheReadTokens: 90_000, cacheWriteTokens: 0, cacheWrite1hTokens: 0 };
  const answer = { ...usage, outputTokens: 300, reasoningTokens: 0 };
  const { candidates } = planRoute({ models: [model], access, wishes: {}, needs }, knowledge, now);
  for (const candidate of candidates) {
    for (let tries = 0; tries < 20; tries++) {
      const finish = knowledge.health.begin(candidate.key, candidate.pair, (now += 10));
      finish({ end: tries === 3 ? "failed" : "ok", durationMs: 4_000, ttftMs: 700, usage: answer }, now);
    }
    if (candidate.credential < 1 && candidates.indexOf(candidate) < 4) {
      learnFromAnswer(candidate, needs, answer, knowledge, now);
    }
  }
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    const plan = planRoute({ models: [model], access, wishes: wish, needs }, knowledge, now + round);
    times.push((performance.now() - begin) * 1000);
    if (plan.candidates.length < count) throw new Error("the plan has lost a candidate");
  }
  return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

function offerOf(at: number) {
  return {
    protocol: "openai-chat",
    base_url: "http://127.0.0.1:9/v1",
    models: {
      [MODEL]: {
        context_length: 262_144,
        pricing: { prompt: 1 + (at % 7), completion: 5 + (at % 5), cache_read: `0.1${at % 3}` },
      },
    },
  } as const;
}
