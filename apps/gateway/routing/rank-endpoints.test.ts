import { describe, expect, test } from "vitest";
import type { RoutingWishes } from "./routing-wishes.ts";
import { attempts } from "./testing/make-attempts.ts";
import { makeKnowledge, makeQuestion, makeQuestionOf, price } from "./testing/make-question.ts";
import { order, plan, start } from "./testing/read-plan.ts";

describe("sort, order and preferences", () => {
  const three = { a: price(3, 3), b: price(2, 2), c: price(1, 1) };

  test("order comes first, the others as they would", () => {
    expect(order(makeQuestion(three, { order: ["a", "nobody"] }))).toEqual(["a", "c", "b"]);
    expect(order(makeQuestion(three, { order: ["b", "a"] }))).toEqual(["b", "a", "c"]);
  });

  test("what was ordered stays in order, also where the prompt may be too long", () => {
    const offers = { small: { ...price(1, 1), context_length: 9_000 }, large: price(2, 2) };
    const needs = { promptBytes: 38_000 };
    expect(order(makeQuestion(offers, {}, needs))).toEqual(["large", "small"]);
    expect(order(makeQuestion(offers, { order: ["small", "large"] }, needs))).toEqual(["small", "large"]);
  });

  test("by price, throughput and latency; an endpoint of which nothing is known is in the middle", () => {
    const knowledge = makeKnowledge();
    attempts(knowledge, "a", "ok", { ttftMs: 200, durationMs: 1_200, outputTokens: 400 });
    attempts(knowledge, "c", "ok", { ttftMs: 900, durationMs: 10_900, outputTokens: 100 });
    expect(order(makeQuestion(three, { sort: "price" }), knowledge)).toEqual(["c", "b", "a"]);
    expect(order(makeQuestion(three, { sort: "throughput" }), knowledge)).toEqual(["a", "c", "b"]);
    expect(order(makeQuestion(three, { sort: "latency" }), knowledge)[0]).toBe("a");
  });

  test("sorting by list price looks at nothing else", () => {
    const knowledge = makeKnowledge();
    attempts(knowledge, "c", "cut", { times: 2 });
    expect(order(makeQuestion(three, { sort: "price" }), knowledge)[0]).toBe("c");
  });

  test("the list price is that of a prompt of this length", () => {
    const tiered = { pricing: { prompt: 1, completion: 2, tiers: [{ over: 200_000, prompt: 5 }] } };
    const offers = { tiered, flat: price(3, 2) };
    expect(order(makeQuestion(offers, { sort: "price" }))).toEqual(["tiered", "flat"]);
    expect(order(makeQuestion(offers, { sort: "price" }, { promptBytes: 1_600_000 }))).toEqual(["flat", "tiered"]);
  });

  test.each<[string, RoutingWishes]>([
    ["throughput", { minThroughput: { p50: 100 } }],
    ["throughput of nine in ten", { minThroughput: { p90: 60 } }],
    ["latency", { maxLatency: { p50: 0.5 } }],
    ["latency of all but one in a hundred", { maxLatency: { p99: 0.9 } }],
  ])("a preferred %s moves an endpoint back and leaves none out", (_, wishes) => {
    const knowledge = makeKnowledge();
    attempts(knowledge, "c", "ok", { times: 5, ttftMs: 1_000, durationMs: 3_000, outputTokens: 100 });
    expect(order(makeQuestion(three, wishes), knowledge)).toEqual(["b", "a", "c"]);
    expect(plan(makeQuestion(three, wishes), knowledge).candidates[2]?.reason).toMatch(/^below provider\.preferred_/);
  });

  test("fallback models come after, or among the others if they are sorted together", () => {
    const models = { "author/one": { a: price(3, 3) }, "author/two": { b: price(1, 1), c: price(2, 2) } };
    expect(order(makeQuestionOf(models))).toEqual(["a", "b", "c"]);
    expect(order(makeQuestionOf(models, { sort: "price", sortAcrossModels: true }))).toEqual(["b", "c", "a"]);
  });

  test("an endpoint that breaks a fallback rule comes after the other models", () => {
    const models = { "author/model": { a: price(1, 1), z: price(5, 5) }, "author/two": { b: price(2, 2) } };
    const rules = [{ ttftMs: 400 }, { latencyMs: 2_000 }, { tokensPerMinute: 60 * 60 }];
    for (const rule of rules) {
      const knowledge = makeKnowledge();
      attempts(knowledge, "a", "ok", { times: 3 });
      expect(order(makeQuestionOf(models, { rules: rule }), knowledge)).toEqual(["z", "b", "a"]);
    }
    const limited = makeKnowledge();
    attempts(limited, "a", "ok");
    limited.health.limits("a\nauthor/model\n0", {
      headroom: 0.1,
      resetAt: start + 60_000,
      requests: { left: 5, resetAt: start + 60_000 },
    });
    expect(order(makeQuestionOf(models, { rules: { requestsPerMinute: 10 } }), limited)).toEqual(["z", "b", "a"]);
    expect(order(makeQuestionOf(models, { rules: { requestsPerMinute: 5 } }), limited)).toEqual(["a", "z", "b"]);
  });
});
