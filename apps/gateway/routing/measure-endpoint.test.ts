import { describe, expect, test } from "vitest";
import type { Knowledge } from "./knowledge.ts";
import { learnFromAnswer } from "./learn-from-answer.ts";
import { attempts } from "./testing/make-attempts.ts";
import { makeKnowledge, makeQuestion, price } from "./testing/make-question.ts";
import { order, plan, start } from "./testing/read-plan.ts";

describe("the order is that of expected costs", () => {
  test("what the request is expected to cost; unpriced endpoints after priced ones, in configured order", () => {
    expect(order(makeQuestion({ none: {}, dear: price(2, 4), low: price(1, 2), other: {} }))).toEqual([
      "low",
      "dear",
      "none",
      "other",
    ]);
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
    expect(candidates[0]).toMatchObject({ reason: "expected cost, with its cache", cachedTokens: 97_020 });
  });

  test("a switch has to earn back what it gives up: a single question goes to the cheapest", () => {
    const knowledge = makeKnowledge();
    expect(order(makeQuestion(offers, {}, { ...needs, tools: false, turns: 0, session: "x" }), knowledge)[0]).toBe(
      "plain",
    );
  });

  test("a new conversation tries the lower price of one nobody has tried; the old one stays with what it has", () => {
    const knowledge = makeKnowledge();
    for (let turn = 0; turn < 30; turn++) answered(knowledge, "cached", start + turn * 1000, turn === 0 ? 0 : 99_000);
    const untried = { cached: price(1, 4, 0.1), untried: price(0.94, 4, 0.094) };
    const now = start + 31_000;
    expect(order(makeQuestion(untried, {}, { ...needs, session: "new" }), knowledge, now)[0]).toBe("untried");
    expect(order(makeQuestion(untried, {}, needs), knowledge, now)[0]).toBe("cached");
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
