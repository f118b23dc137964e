import { Histogram, Registry } from "prom-client";
import { expect, test } from "vitest";
import { createMetrics } from "./metrics.ts";

/** The sample lines of one metric, sorted. */
async function linesOf(registry: Registry, name: string): Promise<string[]> {
  const text = await registry.metrics();
  return text
    .split("\n")
    .filter((line) => line.startsWith(name))
    .toSorted();
}

test("counters add up by their labels, and once however often they are read", async () => {
  const { registry, requests } = createMetrics();
  requests.add(1, "openai-chat", "a/b", "200");
  requests.add(1, "openai-chat", "a/b", "200");
  requests.add(1, "openai-chat", "a/b", "502");
  await registry.metrics();
  expect(await linesOf(registry, "onerouter_requests_total")).toEqual([
    'onerouter_requests_total{protocol="openai-chat",model="a/b",status="200"} 2',
    'onerouter_requests_total{protocol="openai-chat",model="a/b",status="502"} 1',
  ]);
});

test("fractions of a dollar are kept", async () => {
  const { registry, costUsd } = createMetrics();
  costUsd.add(0.000_25, "a/b");
  costUsd.add(0.5, "a/b");
  expect(await linesOf(registry, "onerouter_cost_usd_total")).toEqual([
    'onerouter_cost_usd_total{model="a/b"} 0.50025',
  ]);
});

test("a timing is exposed as prom-client exposes a histogram", async () => {
  const { registry, duration } = createMetrics();
  const other = new Registry();
  const reference = new Histogram({
    name: "onerouter_request_duration_seconds",
    help: "From the request's arrival to the end of the answer.",
    labelNames: ["model"],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
    registers: [other],
  });
  for (const seconds of [0.01, 0.05, 0.06, 4, 599, 601, 7200]) {
    duration.observe(seconds, "a/b");
    reference.observe({ model: "a/b" }, seconds);
  }
  duration.observe(1, "a/c");
  reference.observe({ model: "a/c" }, 1);
  const name = "onerouter_request_duration_seconds";
  expect(await registry.getSingleMetricAsString(name)).toBe(await other.getSingleMetricAsString(name));
});

test("open answers and lost records are shown as they stand, however often they are read", async () => {
  const metrics = createMetrics();
  metrics.openAnswers += 2;
  metrics.droppedRecords += 3;
  await metrics.registry.metrics();
  expect(await linesOf(metrics.registry, "onerouter_open_answers")).toEqual(["onerouter_open_answers 2"]);
  expect(await linesOf(metrics.registry, "onerouter_dropped_records_total")).toEqual([
    "onerouter_dropped_records_total 3",
  ]);
});
