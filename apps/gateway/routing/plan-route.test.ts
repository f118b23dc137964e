import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AttemptEnd } from "./health/attempt-result.ts";
import type { RouteQuestion } from "./plan-route.ts";
import type { ModelSuffix } from "./read-model-name.ts";
import type { RoutingWishes } from "./routing-wishes.ts";
import { attempts } from "./testing/make-attempts.ts";
import { makeKnowledge, makeQuestion, makeQuestionOf, price } from "./testing/make-question.ts";
import { leftOut, order, plan, start } from "./testing/read-plan.ts";

describe("who is left alone comes last, not never", () => {
  test("a credential over its limit is a last resort, at once and for as long as it was told", () => {
    const knowledge = makeKnowledge();
    const question = makeQuestion({ a: { ...price(1, 1), keys: 2 }, b: price(9, 9) });
    attempts(knowledge, "a", "rate-limited", { retryAfterMs: 20_000 });
    const pairs = (now: number) =>
      plan(question, knowledge, now).candidates.map(({ endpoint, credential }) => endpoint.provider + credential);
    expect(pairs(start + 19_000)).toEqual(["a1", "b0", "a0"]);
    expect(pairs(start + 21_000)).toEqual(["a0", "a1", "b0"]);
    knowledge.health.limits("a\nauthor/model\n1", { headroom: 0, resetAt: start + 90_000 });
    expect(pairs(start + 60_000)).toEqual(["a0", "b0", "a1"]);
  });

  test("an endpoint that does nothing but fail is a last resort, then probed by one request alone", () => {
    const knowledge = makeKnowledge();
    const question = makeQuestion({ dear: price(2, 4), low: price(1, 2) });
    attempts(knowledge, "low", "failed", { times: 5 });
    expect(order(question, knowledge, start + 1_000)).toEqual(["dear", "low"]);
    expect(plan(question, knowledge, start + 1_000).candidates[1]?.isCooling).toBe(true);
    expect(order(question, knowledge, start + 11_000)).toEqual(["low", "dear"]);
    const finish = knowledge.health.begin("low\nauthor/model", "low\nauthor/model\n0", start + 11_000);
    expect(order(question, knowledge, start + 11_000)).toEqual(["dear", "low"]);
    finish({ end: "ok", durationMs: 100 }, start + 11_100);
    expect(order(question, knowledge, start + 11_200)).toEqual(["low", "dear"]);
  });
});

describe("what a name asks for holds for this model alone", () => {
  const offers = { free: price(0, 0), paid: price(1, 1) };
  const two = (...suffixes: ModelSuffix[][]): RouteQuestion => ({
    ...makeQuestionOf({ "author/one": offers, "author/two": offers }),
    suffixes,
  });
  const places = (question: RouteQuestion): string[] =>
    plan(question).candidates.map(({ endpoint }) => `${endpoint.modelId.slice(7)} ${endpoint.provider}`);

  test("of the first, or of one to fall back on", () => {
    expect(places(two())).toEqual(["one free", "one paid", "two free", "two paid"]);
    expect(places(two(["free"]))).toEqual(["one free", "two free", "two paid"]);
    expect(places(two([], ["free"]))).toEqual(["one free", "one paid", "two free"]);
  });

  test("the same model with and without: each endpoint has one place, and is left out if it has none", () => {
    const one = makeQuestion(offers);
    const [model] = one.models;
    const twice: RouteQuestion = { ...one, models: [model, model], suffixes: [["free"], []] };
    expect(plan(twice).candidates.map(({ endpoint }) => endpoint.provider)).toEqual(["free", "paid"]);
    expect(leftOut(twice)).toEqual({});
    expect(leftOut({ ...twice, wishes: { ignore: ["paid"] } })).toEqual({ paid: "provider.ignore: is in the list" });
    expect(plan({ ...twice, wishes: { ignore: ["paid"] } }).excluded).toHaveLength(1);
  });

  test("each is sorted by its own", () => {
    const knowledge = makeKnowledge();
    attempts(knowledge, "paid", "ok", { ttftMs: 200, durationMs: 1_200, outputTokens: 400 });
    attempts(knowledge, "free", "ok", { ttftMs: 900, durationMs: 10_900, outputTokens: 100 });
    const { models, ...rest } = makeQuestionOf({ "author/model": offers, "author/two": offers });
    expect(order({ ...rest, models, suffixes: [["nitro"], ["floor"]] }, knowledge)).toEqual([
      "paid",
      "free",
      "free",
      "paid",
    ]);
  });
});

describe("whatever is asked", () => {
  const offer = fc.record(
    {
      pricing: fc.record({ prompt: fc.integer({ min: 0, max: 9 }), completion: fc.integer({ min: 0, max: 9 }) }),
      context_length: fc.integer({ min: 1, max: 300_000 }),
      tool_call: fc.boolean(),
      quantization: fc.constantFrom("fp8", "int4"),
      data_policy: fc.record({ training: fc.boolean(), retention_days: fc.constantFrom(0, 30) }, { requiredKeys: [] }),
      keys: fc.integer({ min: 1, max: 3 }),
    },
    { requiredKeys: [] },
  );
  const names = fc.subarray(["a", "b", "c", "d", "x"]);
  const wishes: fc.Arbitrary<RoutingWishes> = fc.record(
    {
      order: names,
      only: names,
      ignore: names,
      allowFallbacks: fc.boolean(),
      denyDataCollection: fc.boolean(),
      zeroRetention: fc.boolean(),
      quantizations: fc.subarray(["fp8", "int4", "unknown"]),
      sort: fc.constantFrom("price", "throughput", "latency", "exacto"),
      maxPrice: fc.record({ prompt: fc.integer({ min: 0, max: 9e6 }) }),
      free: fc.boolean(),
      longestContext: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  const needs = fc.record({
    promptBytes: fc.integer({ min: 0, max: 2_000_000 }),
    tools: fc.boolean(),
    images: fc.boolean(),
    turns: fc.integer({ min: 0, max: 300 }),
    session: fc.constantFrom(undefined, "s"),
  });
  const history = fc.array(
    fc.record({
      provider: fc.constantFrom("a", "b", "c", "d"),
      end: fc.constantFrom<AttemptEnd>(
        "ok",
        "failed",
        "cut",
        "stalled",
        "rate-limited",
        "refused",
        "neutral",
        "malformed",
      ),
      at: fc.integer({ min: 0, max: 600_000 }),
    }),
    { maxLength: 30 },
  );

  test("every endpoint is either among the candidates, once for each credential, or left out with a reason", () => {
    fc.assert(
      fc.property(
        fc.record({ a: offer, b: offer, c: offer, d: offer }),
        wishes,
        needs,
        history,
        (offers, wish, need, past) => {
          const knowledge = makeKnowledge();
          for (const { provider, end, at } of past) attempts(knowledge, provider, end, { at: start + at });
          knowledge.sessions.note("s", "b\nauthor/model\n0", 50_000, start);
          const { candidates, excluded } = plan(makeQuestion(offers, wish, need), knowledge, start + 600_000);
          for (const [name, { keys = 1 }] of Object.entries(offers)) {
            const mine = candidates.filter(({ endpoint, isRepeat }) => endpoint.provider === name && isRepeat !== true);
            const out = excluded.filter(({ endpoint }) => endpoint.provider === name);
            expect(new Set(mine.map(({ pair }) => pair)).size).toBe(mine.length);
            expect([mine.length, out.length]).toEqual(out.length === 0 ? [keys, 0] : [0, 1]);
          }
          for (const { field, reason } of excluded) expect(field !== "" && reason !== "").toBe(true);
          for (const { failure } of candidates) expect(failure).toBeGreaterThan(0);
        },
      ),
    );
  });

  test("the order asked for is kept among those that are well", () => {
    fc.assert(
      fc.property(fc.record({ a: offer, b: offer, c: offer }), fc.shuffledSubarray(["a", "b", "c"]), (offers, list) => {
        const got = order(makeQuestion(offers, { order: list }));
        const distinct = [...new Set(got)].filter((name) => list.includes(name));
        const able = list.filter((name) => got.includes(name));
        expect(distinct).toEqual(able);
        expect(got.slice(0, Math.min(1, able.length))).toEqual(able.slice(0, 1));
      }),
    );
  });

  test("candidates that are cooling down come after all that are not", () => {
    fc.assert(
      fc.property(history, (past) => {
        const knowledge = makeKnowledge();
        for (const { provider, end, at } of past) attempts(knowledge, provider, end, { at: start + at });
        const flags = plan(
          makeQuestion({ a: {}, b: {}, c: price(1, 1), d: {} }),
          knowledge,
          start + 600_000,
        ).candidates.map(({ isCooling }) => isCooling ?? false);
        expect(flags).toEqual(flags.toSorted((x, y) => Number(x) - Number(y)));
      }),
    );
  });
});
