import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AttemptEnd } from "./health/attempt-result.ts";
import type { Knowledge } from "./knowledge.ts";
import { learnFromAnswer } from "./learn-from-answer.ts";
import { planRoute, type RouteQuestion } from "./plan-route.ts";
import type { RoutePlan } from "./route-plan.ts";
import type { RoutingWishes } from "./routing-wishes.ts";
import { makeKnowledge, makeQuestion, makeQuestionOf, price, type TestOffer } from "./testing/make-question.ts";

const start = 1_800_000_000_000;

function plan(question: RouteQuestion, knowledge: Knowledge = makeKnowledge(), now = start): RoutePlan {
  return planRoute(question, knowledge, now);
}

function order(question: RouteQuestion, knowledge?: Knowledge, now?: number): string[] {
  return plan(question, knowledge, now).candidates.map(
    ({ endpoint, isRepeat }) => endpoint.provider + (isRepeat === true ? " again" : ""),
  );
}

function leftOut(question: RouteQuestion): Record<string, string> {
  return Object.fromEntries(
    plan(question).excluded.map(({ endpoint, field, reason }) => [endpoint.provider, `${field}: ${reason}`]),
  );
}

/** Attempts at a provider, one after the other. */
function attempts(
  knowledge: Knowledge,
  provider: string,
  end: AttemptEnd,
  {
    times = 1,
    at = start,
    ttftMs = 500,
    durationMs = 2_500,
    outputTokens = 100,
    credential = 0,
    retryAfterMs = 0,
  } = {},
): void {
  const key = `${provider}\nauthor/model`;
  for (let time = 0; time < times; time++) {
    const finish = knowledge.health.begin(key, `${key}\n${credential}`, at);
    const usage = {
      inputTokens: 1000,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      cacheWrite1hTokens: 0,
      reasoningTokens: 0,
    };
    const measured = end === "ok" ? { ttftMs, usage: { ...usage, outputTokens } } : {};
    finish({ end, durationMs, ...measured, ...(retryAfterMs > 0 ? { retryAfterMs } : {}) }, at);
  }
}

const two = { dear: price(2, 4), low: price(1, 2) };

describe("order", () => {
  test("what the request is expected to cost; unpriced endpoints after priced ones, in configured order", () => {
    expect(order(makeQuestion({ none: {}, ...two, other: {} }))).toEqual(["low", "dear", "none", "other"]);
  });

  test("the price of the whole request counts: long answers where answers are cheap", () => {
    const offers = { prompts: price(0.1, 10), answers: price(1, 1) };
    expect(order(makeQuestion(offers, {}, { promptBytes: 400_000 }))[0]).toBe("prompts");
    expect(order(makeQuestion(offers, {}, { promptBytes: 400 }))[0]).toBe("answers");
  });

  test("a price for long prompts counts only for these", () => {
    const tiered = { pricing: { prompt: 1, completion: 2, tiers: [{ over: 200_000, prompt: 5 }] } };
    const offers = { tiered, flat: price(1.5, 2) };
    expect(order(makeQuestion(offers, {}, { promptBytes: 400_000 }))[0]).toBe("tiered");
    expect(order(makeQuestion(offers, {}, { promptBytes: 1_600_000 }))[0]).toBe("flat");
  });

  test("the price that a prompt of this length has is the one that limits and sorts", () => {
    const tiered = { pricing: { prompt: 1, completion: 2, tiers: [{ over: 200_000, prompt: 5 }] } };
    const offers = { tiered, flat: price(3, 2) };
    const long = { promptBytes: 1_600_000 };
    expect(leftOut(makeQuestion(offers, { maxPrice: { prompt: 3e6 } }))).toEqual({});
    expect(leftOut(makeQuestion(offers, { maxPrice: { prompt: 3e6 } }, long))).toEqual({
      tiered: "provider.max_price.prompt: costs 5 USD per million tokens",
    });
    expect(order(makeQuestion(offers, { sort: "price" }))).toEqual(["tiered", "flat"]);
    expect(order(makeQuestion(offers, { sort: "price" }, long))).toEqual(["flat", "tiered"]);
    const gratis = { pricing: { prompt: 0, completion: 0, tiers: [{ over: 200_000, prompt: 5 }] } };
    expect(leftOut(makeQuestion({ gratis }, { free: true }))).toEqual({});
    expect(leftOut(makeQuestion({ gratis }, { free: true }, long))).toEqual({ gratis: "model: is not free" });
  });

  test("an endpoint that fails often comes after one that costs a little more; a free one that fails after one that does not", () => {
    const knowledge = makeKnowledge();
    for (let time = 0; time < 36; time++) {
      attempts(knowledge, "low", time % 3 === 0 ? "ok" : "cut");
      attempts(knowledge, "a", time % 3 === 0 ? "ok" : "failed");
    }
    expect(order(makeQuestion({ low: price(1, 2), close: price(1.2, 2.4) }), knowledge)).toEqual(["close", "low"]);
    expect(order(makeQuestion({ a: price(0, 0), b: price(0, 0) }), knowledge)).toEqual(["b", "a"]);
    expect(order(makeQuestion({ a: {}, b: {} }), knowledge)).toEqual(["b", "a"]);
  });

  test("where there are tools, calls that are of no use count as failures", () => {
    const knowledge = makeKnowledge();
    for (let call = 0; call < 60; call++)
      knowledge.callQuality.add("low\nauthor/model\n0", call % 2 === 0 ? "fine" : "hopeless");
    const offers = { low: price(1, 2), close: price(1.1, 2.2) };
    expect(order(makeQuestion(offers), knowledge)[0]).toBe("low");
    expect(order(makeQuestion(offers, {}, { tools: true }), knowledge)[0]).toBe("close");
    expect(order(makeQuestion(offers, { sort: "exacto" }), knowledge)[0]).toBe("close");
  });
});

describe("a conversation stays where its prompt is cached, as long as that is cheaper", () => {
  const offers = { cached: price(1, 4, 0.1), plain: price(0.8, 4) };
  const needs = { session: "s", promptBytes: 400_000, tools: true, turns: 3 };
  const usage = {
    inputTokens: 99_000,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    cacheWrite1hTokens: 0,
    outputTokens: 200,
    reasoningTokens: 0,
  };

  function answered(knowledge: Knowledge, provider: string, at: number, cacheReadTokens = 0, session = "s"): void {
    const { candidates } = plan(makeQuestion(offers, {}, { ...needs, session }), makeKnowledge());
    const candidate = candidates.find(({ endpoint }) => endpoint.provider === provider);
    if (candidate === undefined) throw new Error(`no candidate ${provider}`);
    learnFromAnswer(candidate, { ...needs, session }, { ...usage, cacheReadTokens }, knowledge, at);
  }

  test("it goes back to the one that holds it, tries it once more after a failure, and says so", () => {
    const knowledge = makeKnowledge();
    answered(knowledge, "cached", start);
    const { candidates } = plan(makeQuestion(offers, {}, needs), knowledge, start + 20_000);
    expect(candidates.map(({ endpoint, isRepeat }) => [endpoint.provider, isRepeat ?? false])).toEqual([
      ["cached", false],
      ["cached", true],
      ["cached", true],
      ["plain", false],
    ]);
    expect(candidates[0]).toMatchObject({ reason: "expected cost, with its cache", cachedTokens: 89_100 });
  });

  test("a switch has to earn back what it gives up: a single question goes to the cheapest", () => {
    const knowledge = makeKnowledge();
    expect(order(makeQuestion(offers, {}, { ...needs, tools: false, turns: 0, session: "x" }), knowledge)[0]).toBe(
      "plain",
    );
  });

  test("caches are forgotten with time, and by those who turn out to have none", () => {
    const knowledge = makeKnowledge();
    answered(knowledge, "cached", start);
    expect(
      plan(makeQuestion(offers, {}, needs), knowledge, start + 4_000_000).candidates[0]?.cachedTokens,
    ).toBeUndefined();
    const liar = makeKnowledge();
    for (let turn = 0; turn < 30; turn++) answered(liar, "cached", start + turn * 1000, 0);
    expect(order(makeQuestion(offers, {}, needs), liar, start + 31_000)[0]).toBe("plain");
  });

  test("a prompt that has shrunk is another one", () => {
    const knowledge = makeKnowledge();
    answered(knowledge, "cached", start);
    const [first] = plan(
      makeQuestion(offers, {}, { ...needs, promptBytes: 40_000 }),
      knowledge,
      start + 1000,
    ).candidates;
    expect(first?.cachedTokens).toBeUndefined();
  });
});

describe("wishes leave endpoints out, and each is told why", () => {
  const offers: Record<string, TestOffer> = {
    strict: { ...price(1, 2), data_policy: { training: false, retention_days: 0 }, quantization: "fp8", vendor: "zai" },
    trains: { ...price(1, 2), data_policy: { training: true, retention_days: 30 }, quantization: "int4" },
    unknown: {},
    free: price(0, 0),
  };
  test.each<[RoutingWishes, Record<string, string>]>([
    [
      { only: ["strict", "free"] },
      { trains: "provider.only: is not in the list", unknown: "provider.only: is not in the list" },
    ],
    [{ only: ["zai"] }, { trains: expect.any(String), unknown: expect.any(String), free: expect.any(String) }],
    [{ only: ["strict/fp8"] }, { trains: expect.any(String), unknown: expect.any(String), free: expect.any(String) }],
    [{ ignore: ["trains"] }, { trains: "provider.ignore: is in the list" }],
    [
      { denyDataCollection: true },
      {
        trains: "provider.data_collection: may train on what it is sent",
        unknown: "provider.data_collection: is not known to train on nothing",
        free: "provider.data_collection: is not known to train on nothing",
      },
    ],
    [
      { zeroRetention: true },
      {
        trains: "provider.zdr: keeps what it is sent",
        unknown: "provider.zdr: is not known to keep nothing",
        free: "provider.zdr: is not known to keep nothing",
      },
    ],
    [{ quantizations: ["fp8", "unknown"] }, { trains: "provider.quantizations: has int4" }],
    [
      { maxPrice: { prompt: 0.5e6 } },
      {
        strict: "provider.max_price.prompt: costs 1 USD per million tokens",
        trains: "provider.max_price.prompt: costs 1 USD per million tokens",
        unknown: "provider.max_price: has no known price",
      },
    ],
    [
      { free: true },
      {
        strict: "model: is not free",
        trains: "model: is not free",
        unknown: "model: has no known price, so :free leaves it out",
      },
    ],
    [
      { order: ["strict"], allowFallbacks: false },
      Object.fromEntries(
        ["trains", "unknown", "free"].map((name) => [
          name,
          "provider.order: is not in the list, and provider.allow_fallbacks is false",
        ]),
      ),
    ],
  ])("%j", (wishes, expected) => {
    expect(leftOut(makeQuestion(offers, wishes))).toEqual(expected);
  });

  test("allow_fallbacks: false leaves one endpoint", () => {
    expect(order(makeQuestion(two, { allowFallbacks: false }))).toEqual(["low"]);
    expect(leftOut(makeQuestion(two, { allowFallbacks: false }))).toEqual({
      dear: "provider.allow_fallbacks: is not the first choice, and fallbacks are not allowed",
    });
  });

  test(":extended leaves those with the longest context", () => {
    const contexts = { short: { context_length: 1000 }, long: { context_length: 9000 }, none: {} };
    expect(order(makeQuestion(contexts, { longestContext: true }))).toEqual(["long"]);
  });
});

describe("what an endpoint cannot do leaves it out only where another one can", () => {
  const offers: Record<string, TestOffer> = {
    small: { ...price(0.1, 0.2), context_length: 8_000, tool_call: false, profile: { images: false, documents: true } },
    large: { ...price(1, 2), context_length: 200_000 },
  };
  test.each([
    [{ tools: true }, "tools: takes no tools"],
    [{ images: true }, "messages: takes no images"],
    [{ promptBytes: 80_000 }, "messages: about 20000 tokens do not fit its context of 8000"],
  ])("%j", (needs, reason) => {
    expect(leftOut(makeQuestion(offers, {}, needs))).toEqual({ small: reason });
    const { small = {} } = offers;
    expect(order(makeQuestion({ small }, {}, needs))).toEqual(["small"]);
  });

  test("a close fit, by our rough count, comes last instead", () => {
    expect(order(makeQuestion(offers, {}, { promptBytes: 34_000 }))).toEqual(["large", "small"]);
    expect(order(makeQuestion(offers, {}, { promptBytes: 28_000, maxOutputTokens: 4_000 }))).toEqual([
      "large",
      "small",
    ]);
    expect(order(makeQuestion(offers, {}, { promptBytes: 28_000 }))).toEqual(["small", "large"]);
  });
});

describe("sort, order and preferences", () => {
  const three = { a: price(3, 3), b: price(2, 2), c: price(1, 1) };

  test("order comes first, the others as they would", () => {
    expect(order(makeQuestion(three, { order: ["a", "nobody"] }))).toEqual(["a", "c", "b"]);
    expect(order(makeQuestion(three, { order: ["b", "a"] }))).toEqual(["b", "a", "c"]);
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

describe("health", () => {
  test("credentials: the holder of the cache, then the least loaded, then the one with most left", () => {
    const knowledge = makeKnowledge();
    const question = makeQuestion({ a: { ...price(1, 1, 0.1), keys: 3 } }, {}, { session: "s", tools: true });
    const credentials = (): number[] => plan(question, knowledge).candidates.map(({ credential }) => credential);
    expect(credentials()).toEqual([0, 1, 2]);
    knowledge.health.begin("a\nauthor/model", "a\nauthor/model\n0", start);
    knowledge.health.limits("a\nauthor/model\n1", { headroom: 0.2, resetAt: start + 60_000 });
    expect(credentials()).toEqual([2, 1, 0]);
    knowledge.sessions.note("s", "a\nauthor/model\n1", 1_000, start);
    expect(credentials()).toEqual([1, 2, 0]);
  });

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
    const question = makeQuestion(two);
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
