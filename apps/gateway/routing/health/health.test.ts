import { describe, expect, test } from "vitest";
import type { AttemptEnd } from "./attempt-result.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { DecayingCounts } from "./decaying-counts.ts";
import { describeHealth } from "./describe-health.ts";
import { createHealth } from "./health.ts";
import { LogHistogram } from "./log-histogram.ts";
import { readRateLimit } from "./rate-limit.ts";

const minute = 60_000;
const start = 1_800_000_000_000;

test("counts decay; their ratio does not", () => {
  const counts = new DecayingCounts(2, 5 * minute);
  counts.add(0, start, 8);
  counts.add(1, start, 2);
  expect(counts.of(0, start + 5 * minute)).toBeCloseTo(8 / Math.E);
  expect(counts.raw(1) / counts.raw(0)).toBe(0.25);
  counts.add(0, start + 5 * minute);
  expect(counts.of(0, start + 5 * minute)).toBeCloseTo(8 / Math.E + 1);
  expect(counts.of(0, start)).toBe(counts.raw(0));
});

describe("histogram", () => {
  test("percentiles are right to a tenth, over six orders of magnitude", () => {
    const histogram = new LogHistogram(5 * minute, start);
    for (let value = 1; value <= 1_000; value++) histogram.add(value, start);
    for (const share of [0.5, 0.75, 0.9, 0.99]) {
      const error = (histogram.quantile(share) ?? 0) / (share * 1_000) - 1;
      expect(Math.abs(error)).toBeLessThan(0.1);
    }
    expect(new LogHistogram(minute, start).quantile(0.5)).toBeUndefined();
  });

  test("newer values weigh more, however long it has been running", () => {
    const histogram = new LogHistogram(5 * minute, start);
    for (let at = 0; at < 10_000; at++) histogram.add(100, start + at * minute);
    const late = start + 10_030 * minute;
    for (let time = 0; time < 3; time++) histogram.add(5_000, late);
    expect(histogram.quantile(0.5)).toBeGreaterThan(4_500);
    expect(histogram.quantile(0.0001)).toBeLessThan(120);
  });

  test("values beyond its ends are counted at its ends", () => {
    const histogram = new LogHistogram(minute, start);
    for (const value of [0, -1, Number.NaN]) histogram.add(value, start);
    expect(histogram.quantile(1)).toBeLessThan(2);
    histogram.add(1e12, start);
    expect(histogram.quantile(1)).toBeGreaterThan(9e5);
  });
});

describe("circuit breaker", () => {
  test("opens for ever longer, lets one probe through, closes with its success", () => {
    const breaker = new CircuitBreaker();
    for (let time = 0; time < 4; time++) breaker.failed(start, 1, false);
    expect(breaker.remaining(start)).toBe(0);
    breaker.failed(start, 1, false);
    expect(breaker.remaining(start)).toBe(10_000);
    expect(breaker.begin(start + 9_999)).toBe(false);
    expect(breaker.begin(start + 10_000)).toBe(true);
    expect(breaker.begin(start + 10_000)).toBe(false);
    expect(breaker.remaining(start + 10_000)).toBeGreaterThan(0);
    breaker.failed(start + 11_000, 1, true);
    expect(breaker.remaining(start + 11_000)).toBe(20_000);
    expect(breaker.begin(start + 31_000)).toBe(true);
    breaker.succeeded();
    expect(breaker.isOpen()).toBe(false);
  });

  test("a probe whose client went away leaves the next request to probe", () => {
    const breaker = new CircuitBreaker();
    breaker.failed(start, 5, false);
    expect(breaker.begin(start + 10_000)).toBe(true);
    breaker.released(true);
    expect(breaker.begin(start + 10_000)).toBe(true);
  });

  test("failures of requests that were under way when it opened change nothing", () => {
    const breaker = new CircuitBreaker();
    breaker.failed(start, 5, false);
    breaker.failed(start + 5_000, 5, false);
    expect(breaker.remaining(start + 5_000)).toBe(5_000);
  });

  test("who fails at once is looked at every minute at least, who falls silent less often", () => {
    const quick = new CircuitBreaker();
    const silent = new CircuitBreaker();
    let now = start;
    for (let time = 0; time < 12; time++) {
      for (const [breaker, weight] of [
        [quick, 1],
        [silent, 5],
      ] as const) {
        const isProbe = breaker.begin(now);
        breaker.failed(now, time === 0 ? 5 : weight, isProbe);
      }
      now += Math.max(quick.remaining(now), silent.remaining(now));
    }
    expect(quick.remaining(now - 1) <= minute).toBe(true);
    expect(silent.remaining(now - 1) <= 5 * minute).toBe(true);
  });
});

describe("health of an endpoint", () => {
  const key = "p\nm";
  function learn(ends: readonly AttemptEnd[], at = start) {
    const health = createHealth();
    for (const end of ends) health.begin(key, `${key}\n0`, at)({ end, durationMs: 1_000 }, at);
    return { health, endpoint: health.endpoint(key), credential: health.credential(`${key}\n0`) };
  }

  test.each<[AttemptEnd, boolean, boolean]>([
    ["ok", false, false],
    ["failed", true, false],
    ["cut", true, false],
    ["stalled", true, false],
    ["unreachable", true, false],
    ["malformed", false, false],
    ["rate-limited", false, true],
    ["refused", false, true],
    ["neutral", false, false],
  ])("%s: the endpoint fails %s, the credential cools %s", (end, fails, cools) => {
    const { endpoint, credential } = learn([end]);
    expect((endpoint?.failure(start) ?? 0) > 0.02).toBe(fails);
    expect((credential?.remaining(start) ?? 0) > 0).toBe(cools);
  });

  test("two per cent are believed to fail of one that nobody tried; what it does counts for five minutes or so", () => {
    const { endpoint } = learn(["failed", "failed", "ok", "failed"]);
    expect(endpoint?.failure(start)).toBeCloseTo((3 + 0.2) / 14);
    expect(endpoint?.failure(start + 60 * minute)).toBeCloseTo(0.02, 4);
  });

  test("once it is well again its outage is forgotten", () => {
    const { health, endpoint } = learn(["unreachable", "unreachable"]);
    expect(endpoint?.breaker.isOpen()).toBe(true);
    health.begin(key, `${key}\n0`, start + 10_000)({ end: "ok", durationMs: 1 }, start + 10_100);
    expect(endpoint?.failure(start + 10_100)).toBeLessThan(0.02);
  });

  test("failures right after one another are told from single ones", () => {
    const alternating = learn(Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? "failed" : "ok"))).endpoint;
    expect(alternating?.failureAgain(start)).toBeLessThan(0.1);
    expect(learn(["failed", "failed", "failed", "failed"]).endpoint?.failureAgain(start)).toBeGreaterThan(0.6);
  });

  test("a Retry-After is obeyed, five minutes at most; a success ends the pause", () => {
    const health = createHealth();
    const pair = `${key}\n0`;
    health.begin(key, pair, start)({ end: "rate-limited", durationMs: 1, retryAfterMs: 3_600_000 }, start);
    expect(health.credential(pair)?.remaining(start)).toBe(300_000);
    health.begin(key, pair, start)({ end: "ok", durationMs: 1 }, start);
    expect(health.credential(pair)?.remaining(start)).toBe(0);
  });

  test("requests under way are counted, whatever becomes of them", () => {
    const health = createHealth();
    const finish = health.begin(key, "pair", start);
    health.begin(key, "pair", start);
    expect(health.credential("pair")?.inFlight).toBe(2);
    finish({ end: "neutral", durationMs: 1 }, start);
    expect(health.credential("pair")?.inFlight).toBe(1);
  });

  test("endpoints remembered are bounded", () => {
    const health = createHealth();
    for (let at = 0; at <= 4_000; at++) health.begin(`e${at}`, `p${at}`, start);
    expect(health.endpoint("e0")).toBeUndefined();
    expect(health.endpoint("e4000")).toBeDefined();
  });

  test("what the catalogue shows", () => {
    const health = createHealth();
    expect(describeHealth(undefined, start)).toEqual({ state: "closed" });
    const usage = {
      inputTokens: 9,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      cacheWrite1hTokens: 0,
      outputTokens: 200,
      reasoningTokens: 0,
    };
    for (let time = 0; time < 3; time++) {
      health.begin(key, "pair", start)({ end: "ok", durationMs: 5_000, ttftMs: 1_000, usage }, start);
    }
    health.begin(key, "pair", start)({ end: "failed", durationMs: 5 }, start);
    const stats = describeHealth(health.endpoint(key), start);
    expect(stats).toMatchObject({ state: "closed", uptime5m: 75, uptime30m: 75, uptime1d: 75 });
    expect(stats.latency?.p50).toBeCloseTo(1, 0);
    expect((stats.throughput?.p99 ?? 0) / 50).toBeCloseTo(1, 0);
    health.begin(key, "pair", start)({ end: "stalled", durationMs: 5 }, start);
    expect(describeHealth(health.endpoint(key), start).state).toBe("open");
    expect(describeHealth(health.endpoint(key), start + minute).state).toBe("half-open");
  });
});

describe("rate limit headers", () => {
  test.each([
    [{}, undefined],
    [{ "x-ratelimit-remaining-requests": "5" }, undefined],
    [
      {
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "59",
        "x-ratelimit-reset-requests": "1s",
        "x-ratelimit-limit-tokens": "1000",
        "x-ratelimit-remaining-tokens": "250",
        "x-ratelimit-reset-tokens": "6m0.5s",
      },
      { headroom: 0.25, resetAt: start + 360_500, requests: { left: 59, resetAt: start + 1_000 } },
    ],
    [
      {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": new Date(start + 12_000).toISOString(),
      },
      { headroom: 0, resetAt: start + 12_000, requests: { left: 0, resetAt: start + 12_000 } },
    ],
    [
      {
        "x-ratelimit-limit-requests": "10",
        "x-ratelimit-remaining-requests": "10",
        "x-ratelimit-reset-requests": "20ms",
      },
      { headroom: 1, resetAt: start + 20, requests: { left: 10, resetAt: start + 20 } },
    ],
    // Both are used up: it is well again when the later one is.
    [
      {
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "1s",
        "x-ratelimit-limit-tokens": "1000",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "40s",
      },
      { headroom: 0, resetAt: start + 40_000, requests: { left: 0, resetAt: start + 1_000 } },
    ],
    [
      {
        "x-ratelimit-limit-requests": "0",
        "x-ratelimit-remaining-requests": "-1",
        "x-ratelimit-reset-requests": "soon",
      },
      undefined,
    ],
    [
      { "x-ratelimit-limit-tokens": "10", "x-ratelimit-remaining-tokens": "1", "x-ratelimit-reset-tokens": "soon" },
      { headroom: 0.1, resetAt: start + minute },
    ],
  ])("%j", (headers: Record<string, string>, expected) => {
    expect(readRateLimit(headers, start)).toEqual(expected);
  });
});
