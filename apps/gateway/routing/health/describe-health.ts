import type { EndpointStats, Percentiles } from "@onerouter/catalog";
import type { EndpointHealth } from "./endpoint-health.ts";

/**
 * How the endpoint has been doing, for the catalogue.
 * @param now Unix milliseconds
 */
export function describeHealth(health: EndpointHealth | undefined, now: number): EndpointStats {
  if (health === undefined) return { state: "closed" };
  const { breaker } = health;
  const stats: EndpointStats = {
    state: breaker.isHalfOpen(now) ? "half-open" : breaker.isOpen() ? "open" : "closed",
  };
  const recent = health.uptime("recent", now);
  const halfHour = health.uptime("halfHour", now);
  const day = health.uptime("day", now);
  if (recent !== undefined) stats.uptime5m = recent * 100;
  if (halfHour !== undefined) stats.uptime30m = halfHour * 100;
  if (day !== undefined) stats.uptime1d = day * 100;
  const latency = percentiles((share) => health.firstContentMs(share));
  if (latency !== undefined) stats.latency = mapPercentiles(latency, (ms) => ms / 1000);
  const throughput = percentiles((share) => health.tokensPerSecond(share));
  if (throughput !== undefined) stats.throughput = throughput;
  return stats;
}

function percentiles(quantile: (share: number) => number | undefined): Percentiles | undefined {
  const p50 = quantile(0.5);
  const p75 = quantile(0.75);
  const p90 = quantile(0.9);
  const p99 = quantile(0.99);
  if (p50 === undefined || p75 === undefined || p90 === undefined || p99 === undefined) return undefined;
  return { p50, p75, p90, p99 };
}

function mapPercentiles({ p50, p75, p90, p99 }: Percentiles, change: (value: number) => number): Percentiles {
  return { p50: change(p50), p75: change(p75), p90: change(p90), p99: change(p99) };
}
