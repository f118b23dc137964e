import fc from "fast-check";
import { expect, test } from "vitest";
import { noUsage, type Usage } from "../model/usage.ts";
import { decodeUsage, encodeUsage } from "./usage.ts";

const usage = (
  inputTokens: number,
  cacheReadTokens: number,
  cacheWriteTokens: number,
  cacheWrite1hTokens: number,
  outputTokens: number,
  reasoningTokens = 0,
): Usage => ({
  inputTokens,
  cacheReadTokens,
  cacheWriteTokens,
  cacheWrite1hTokens,
  outputTokens,
  reasoningTokens,
});

test.each<[string, object, Usage]>([
  ["plain counts", { input_tokens: 10, output_tokens: 5 }, usage(10, 0, 0, 0, 5)],
  [
    "input beside what the cache read and wrote",
    { input_tokens: 10, cache_read_input_tokens: 60, cache_creation_input_tokens: 30, output_tokens: 5 },
    usage(100, 60, 30, 0, 5),
  ],
  [
    "writes of both lifetimes (maximhq/bifrost#2322)",
    {
      input_tokens: 10,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      output_tokens: 5,
    },
    usage(40, 0, 10, 20, 5),
  ],
  [
    "a split of zeros beside a total",
    {
      input_tokens: 10,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: 5,
    },
    usage(40, 0, 30, 0, 5),
  ],
  [
    "only a split",
    { input_tokens: 10, cache_creation: { ephemeral_1h_input_tokens: 20 }, output_tokens: 5 },
    usage(30, 0, 0, 20, 5),
  ],
  [
    "counted thoughts",
    { input_tokens: 10, output_tokens: 50, output_tokens_details: { thinking_tokens: 40 } },
    usage(10, 0, 0, 0, 50, 40),
  ],
  [
    "thoughts apart from the output",
    { input_tokens: 10, output_tokens: 5, output_tokens_details: { thinking_tokens: 40 } },
    usage(10, 0, 0, 0, 40, 40),
  ],
  [
    "halves (zai-org/GLM-4.5#41)",
    { input_tokens: 55.7, cache_read_input_tokens: 2496.2, output_tokens: 3.9 },
    usage(2551, 2496, 0, 0, 3),
  ],
  [
    "nulls",
    { input_tokens: 10, cache_read_input_tokens: null, cache_creation: null, output_tokens: 5 },
    usage(10, 0, 0, 0, 5),
  ],
  [
    "negative and absurd counts",
    { input_tokens: -5, cache_read_input_tokens: 7, output_tokens: Number.MAX_VALUE },
    usage(7, 7, 0, 0, 1e12),
  ],
])("reads %s (T21)", (_, wire, expected) => {
  expect(decodeUsage(wire)).toEqual(expected);
});

test.each([undefined, null, 7, "x", []])("%j says nothing", (value) => {
  expect(decodeUsage(value)).toBeUndefined();
});

test("a later report replaces the fields it names, and only those", () => {
  const before = usage(100, 60, 20, 10, 1);
  expect(decodeUsage({ output_tokens: 30 }, before)).toEqual({ ...before, outputTokens: 30 });
  expect(decodeUsage({ input_tokens: 0, output_tokens: 30 }, before)).toEqual({
    ...before,
    inputTokens: 90,
    outputTokens: 30,
  });
  expect(decodeUsage({ cache_read_input_tokens: 50, output_tokens: 3 }, before)).toEqual({
    ...before,
    inputTokens: 90,
    cacheReadTokens: 50,
    outputTokens: 3,
  });
  expect(decodeUsage({ cache_creation_input_tokens: 30, output_tokens: 3 }, before)).toEqual({
    ...before,
    outputTokens: 3,
  });
});

test("zeros at the end do not take back what was counted at the start", () => {
  const before = usage(10, 0, 0, 0, 0);
  expect(decodeUsage({ input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 8 }, before)).toEqual({
    ...before,
    outputTokens: 8,
  });
});

const count = fc.oneof(fc.integer(), fc.double(), fc.constant(null), fc.string());
const reports = fc.record(
  {
    input_tokens: count,
    output_tokens: count,
    cache_read_input_tokens: count,
    cache_creation_input_tokens: count,
    cache_creation: fc.oneof(
      fc.constant(null),
      fc.record({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }, { requiredKeys: [] }),
    ),
    output_tokens_details: fc.record({ thinking_tokens: count }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

test("over any reports no count is negative, no part larger than its whole, and what is written is read back (QuantumNous/new-api#5003, T21)", () => {
  fc.assert(
    fc.property(fc.array(reports, { minLength: 1, maxLength: 4 }), (list) => {
      let known = noUsage;
      for (const report of list) known = decodeUsage(report, known) ?? known;
      for (const value of Object.values(known)) expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
      expect(known.cacheReadTokens + known.cacheWriteTokens + known.cacheWrite1hTokens).toBeLessThanOrEqual(
        known.inputTokens,
      );
      expect(known.reasoningTokens).toBeLessThanOrEqual(known.outputTokens);
      for (const value of Object.values(encodeUsage(known)))
        if (typeof value === "number") expect(value).toBeGreaterThanOrEqual(0);
      expect(decodeUsage(encodeUsage(known))).toEqual(known);
    }),
    { numRuns: 300 },
  );
});
