import { describe, expect, test } from "vitest";
import type { RoutingWishes } from "./routing-wishes.ts";
import { makeQuestion, price, type TestOffer } from "./testing/make-question.ts";
import { leftOut, order } from "./testing/read-plan.ts";

const two = { dear: price(2, 4), low: price(1, 2) };

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
    // Of those that may be asked.
    expect(order(makeQuestion(contexts, { longestContext: true, ignore: ["long"] }))).toEqual(["short"]);
  });

  test("the price that a prompt of this length has is the one that limits", () => {
    const tiered = { pricing: { prompt: 1, completion: 2, tiers: [{ over: 200_000, prompt: 5 }] } };
    const offers = { tiered, flat: price(3, 2) };
    const long = { promptBytes: 1_600_000 };
    expect(leftOut(makeQuestion(offers, { maxPrice: { prompt: 3e6 } }))).toEqual({});
    expect(leftOut(makeQuestion(offers, { maxPrice: { prompt: 3e6 } }, long))).toEqual({
      tiered: "provider.max_price.prompt: costs 5 USD per million tokens",
    });
    const gratis = { pricing: { prompt: 0, completion: 0, tiers: [{ over: 200_000, prompt: 5 }] } };
    expect(leftOut(makeQuestion({ gratis }, { free: true }))).toEqual({});
    expect(leftOut(makeQuestion({ gratis }, { free: true }, long))).toEqual({ gratis: "model: is not free" });
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
