import { expect, test } from "vitest";
import { createTokenFactors } from "./token-factors.ts";

test("an unknown model makes a token of four bytes, and counts like our tokenizer", () => {
  const factors = createTokenFactors();
  expect([factors.fromBytes("m", 4000), factors.fromCount("m", 1000)]).toEqual([1000, 1000]);
});

test("what upstreams report moves the factors of their models, and of no other", () => {
  const factors = createTokenFactors();
  factors.observe("m", 1200, 4000, 1000);
  expect([factors.fromBytes("m", 4000), factors.fromCount("m", 1000)]).toEqual([1200, 1200]);
  factors.observe("m", 2200, 4000, 1000);
  expect([factors.fromBytes("m", 4000), factors.fromCount("m", 1000)]).toEqual([1400, 1400]);
  factors.observe("m", 1000, 4000);
  expect([factors.fromBytes("m", 4000), factors.fromCount("m", 1000)]).toEqual([1320, 1400]);
  expect(factors.fromBytes("other", 4000)).toBe(1000);
});

test("reports that no text explains teach nothing: pictures, zeros, nonsense", () => {
  const factors = createTokenFactors();
  factors.observe("m", 1600, 2_000_000, 1600);
  factors.observe("m", 0, 4000, 1000);
  factors.observe("m", 1e9, 4000, 1000);
  factors.observe("m", 100, 0, 0);
  expect([factors.fromBytes("m", 4000), factors.fromCount("m", 1000)]).toEqual([1000, 1000]);
});

test("one prompt of twenty is counted, the first among them, and the models remembered are bounded", () => {
  const factors = createTokenFactors();
  const wanted = Array.from({ length: 41 }, (_, at) => (factors.wantsCount("m") ? at : -1)).filter((at) => at >= 0);
  expect(wanted).toEqual([0, 20, 40]);
  factors.observe("old", 2000, 4000);
  for (let at = 0; at < 1_000; at++) factors.observe(`model ${at}`, 2000, 4000);
  expect([factors.fromBytes("old", 4000), factors.fromBytes("model 0", 4000)]).toEqual([1000, 2000]);
});
