import { expect, test } from "vitest";
import { createCallQuality } from "./call-quality.ts";

test("calls are counted by pair", () => {
  const quality = createCallQuality();
  quality.add("a", "fine");
  quality.add("a", "hopeless");
  quality.add("b", "mended");
  expect(quality.of("a")).toEqual({ fine: 1, mended: 0, hopeless: 1 });
  expect(quality.of("b")).toEqual({ fine: 0, mended: 1, hopeless: 0 });
  expect(quality.of("c")).toBeUndefined();
});

test("old calls weigh less: an endpoint that was bad can become good", () => {
  const quality = createCallQuality();
  for (let call = 0; call < 1_000; call++) quality.add("a", "hopeless");
  for (let call = 0; call < 5_000; call++) quality.add("a", "fine");
  const { fine = 0, hopeless = 0 } = quality.of("a") ?? {};
  expect(hopeless / (fine + hopeless)).toBeLessThan(0.01);
  expect(fine + hopeless).toBeLessThanOrEqual(1_000);
});

test("pairs are bounded: the one that came first is forgotten", () => {
  const quality = createCallQuality();
  for (let pair = 0; pair <= 1_000; pair++) quality.add(String(pair), "fine");
  expect(quality.of("0")).toBeUndefined();
  expect(quality.of("1000")).toBeDefined();
});
