import fc from "fast-check";
import { expect, test } from "vitest";
import { averageCost, costIndex, costOf } from "./expected-cost.ts";

const prices = { input: 10, output: 50, cacheRead: 1, cacheWrite: 12, request: 7 };

test("each token has its price: read from the cache, written to it, or neither", () => {
  expect(costOf(prices, { prompt: 100, cached: 40, output: 2, writes: false })).toBe(40 + 600 + 100 + 7);
  expect(costOf(prices, { prompt: 100, cached: 40, output: 2, writes: true })).toBe(40 + 720 + 100 + 7);
});

test("the more turns are expected, the less a cold start counts", () => {
  const tokens = { prompt: 1_000, cached: 0, output: 10, writes: false };
  const first = costOf(prices, tokens);
  const costs = [1, 2, 10, 50].map((turns) => averageCost(prices, first, tokens, turns, 1, 1));
  expect(costs[0]).toBe(first);
  expect(costs).toEqual(costs.toSorted((a, b) => b - a));
});

/** What it costs on average to try one after the other until one succeeds. */
function expectedCost(trials: ReadonlyArray<{ cost: number; failure: number; waste: number }>): number {
  return trials.reduceRight(
    (rest, { cost, failure, waste }) => (1 - failure) * cost + failure * (waste + rest),
    // When all have failed the order made no difference.
    0,
  );
}

test("no order of trials is expected to cost less than that of the index", () => {
  const trial = fc.record({
    cost: fc.double({ min: 0, max: 100, noNaN: true }),
    failure: fc.double({ min: 0, max: 0.95, noNaN: true }),
    waste: fc.double({ min: 0, max: 100, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(trial, { minLength: 1, maxLength: 6 }), fc.nat(), (trials, seed) => {
      const index = ({ cost, failure, waste }: (typeof trials)[number]): number => costIndex(cost, failure, waste);
      const best = expectedCost(trials.toSorted((a, b) => index(a) - index(b)));
      const other = trials.toSorted((a, b) => ((trials.indexOf(a) + seed) % 7) - ((trials.indexOf(b) + seed) % 7));
      expect(best).toBeLessThanOrEqual(expectedCost(other) + 1e-6);
      expect(best).toBeLessThanOrEqual(expectedCost(trials.toReversed()) + 1e-6);
    }),
  );
});
