import { expect, test } from "vitest";
import {
  formatPricePerMillion,
  formatUsd,
  parsePricePerMillion,
  parsePricing,
  parseUsd,
  PriceError,
} from "./pricing.ts";

test("a price is exact whether written as a number or as text", () => {
  expect(parsePricePerMillion(0.6)).toBe(600_000n);
  expect(parsePricePerMillion("0.60")).toBe(600_000n);
  expect(parsePricePerMillion(2.5)).toBe(2_500_000n);
  expect(parsePricePerMillion("75")).toBe(75_000_000n);
  // 0.07 * 1e6 is 70000.00000000001 as a float.
  expect(parsePricePerMillion(0.07)).toBe(70_000n);
  expect(parsePricePerMillion(0.000001)).toBe(1n);
  expect(parsePricePerMillion(1e-6)).toBe(1n);
  expect(parsePricePerMillion(0)).toBe(0n);
});

test("a price finer than a picodollar is refused, not rounded", () => {
  expect(() => parsePricePerMillion("0.0000001")).toThrow("at most 6 decimals");
  expect(() => parseUsd("0.0000000000001")).toThrow("at most 12 decimals");
  expect(parseUsd("0.000000000001000")).toBe(1n);
});

test.each(["", "-1", "1,5", "free", "0x10", "NaN", "Infinity", ".5", "1e9999"])("%j is not a price (T22)", (text) => {
  expect(() => parsePricePerMillion(text)).toThrow(PriceError);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -0.1])("%j is not a price (T22)", (value) => {
  expect(() => parsePricePerMillion(value)).toThrow(PriceError);
});

test("a list keeps what it does not name unknown", () => {
  expect(parsePricing({ prompt: 0.6, cache_read: "0.15", request: "0.01" })).toEqual({
    prompt: 600_000n,
    cacheRead: 150_000n,
    request: 10_000_000_000n,
  });
});

test("picodollars are written as plain exact decimals", () => {
  expect(formatUsd(0n)).toBe("0");
  expect(formatUsd(1n)).toBe("0.000000000001");
  expect(formatUsd(1_500_000_000_000n)).toBe("1.5");
  expect(formatUsd(9_007_199_254_740_993n)).toBe("9007.199254740993");
  expect(formatUsd(-1_000_000_000_000n)).toBe("-1");
  expect(formatPricePerMillion(600_000n)).toBe("0.6");
});
