import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { answerWell } from "../../testing/answer-well.ts";
import type { Json } from "../../testing/call.ts";
import { chatClient } from "../../testing/client-dialects.ts";
import { lateMs, lateStream, refuse, slowStream } from "../../testing/paced-answers.ts";
import { usePricedFleet } from "../../testing/priced-fleet.ts";
import { chatCompletion, sendJson } from "../../testing/scripted-upstream.ts";

/* Every field of `fallback_rules`: milliseconds above, counts a minute below. */

const fleet = usePricedFleet();
const { odd, routeOf, streamRoute, streamFrom } = fleet;

const rule = (name: string, threshold: number): Json => ({
  models: ["author/second"],
  provider: { order: ["cheap"] },
  fallback_rules: { [name]: { hint_threshold: threshold, action: "fallback" } },
});

test("error_code: what is listed leads on, also where a refusal would be the end", async () => {
  for (const provider of ["cheap", "dear"]) odd.set(provider, refuse(418));
  odd.set("middle", (response, request) =>
    request.body.model === "author/m" ? refuse(418)(response, request) : answerWell(response, request, "from middle"),
  );
  const listed = (codes: number[]): Json => ({
    models: ["author/second"],
    fallback_rules: { error_code: { hint_array: codes, action: "fallback" } },
  });
  expect(await routeOf(listed([418]))).toEqual(["cheap", "middle", "dear", "middle"]);
  const heard = await fleet.gateway.ask(chatClient, { model: "author/m", models: ["author/second"] });
  expect(heard.status).toBeGreaterThanOrEqual(400);
});

test("error_code: what is not listed stays with the model", async () => {
  for (const provider of ["cheap", "dear", "middle"]) odd.set(provider, refuse(500));
  const heard = await fleet.gateway.ask(chatClient, {
    model: "author/m",
    models: ["author/gratis"],
    fallback_rules: { error_code: { hint_array: [503], action: "fallback" } },
  });
  expect(heard.status).toBe(502);
  expect(fleet.asked()).not.toContain("free");
  expect(await routeOf({ models: ["author/gratis"] })).toContain("free");
});

test.each(["auto", "", null, {}])("%j leads on by the gateway's own judgement", async (rules) => {
  for (const provider of ["cheap", "dear", "middle"]) odd.set(provider, refuse(500));
  expect((await routeOf({ models: ["author/gratis"], fallback_rules: rules })).at(-1)).toBe("free");
});

test("TTFT: who takes longer to begin is given up for another, and remembered for it", async () => {
  odd.set("cheap", lateStream);
  expect(await streamRoute(rule("TTFT", 500))).toEqual(["cheap", "middle"]);
  await streamFrom("cheap");
  expect(await routeOf(rule("TTFT", 500))).toEqual(["middle"]);
  odd.clear();
  expect(await routeOf(rule("TTFT", 600_000))).toEqual(["cheap"]);
});

test("Latency: an answer that is not there in time is given up for another, and remembered for it", async () => {
  odd.set("cheap", async (response, request) => {
    await sleep(lateMs);
    answerWell(response, request, "from cheap");
  });
  expect(await routeOf(rule("Latency", 500))).toEqual(["cheap", "middle"]);
  await routeOf({ provider: { only: ["cheap"] } });
  odd.clear();
  expect(await routeOf(rule("Latency", 500))).toEqual(["middle"]);
  expect(await routeOf(rule("Latency", 600_000))).toEqual(["cheap"]);
});

test("an answer that takes its time is better than none", async () => {
  for (const provider of ["cheap", "middle", "dear"]) odd.set(provider, slowStream);
  const heard = await fleet.gateway.ask(chatClient, {
    model: "author/m",
    stream: true,
    ...rule("TTFT", 5),
    models: [],
  });
  expect([heard.status, chatClient.text(heard)]).toEqual([200, "slow words"]);
});

test("TPM: who writes fewer tokens a minute is passed over", async () => {
  odd.set("cheap", slowStream);
  await streamFrom("cheap");
  odd.clear();
  expect(await routeOf(rule("TPM", 1e9))).toEqual(["middle"]);
  expect(await routeOf(rule("TPM", 1))).toEqual(["cheap"]);
});

test("RPM: who has fewer requests left is passed over", async () => {
  odd.set("cheap", (response) =>
    sendJson(response, 200, chatCompletion("from cheap"), {
      "x-ratelimit-limit-requests": "60",
      "x-ratelimit-remaining-requests": "7",
      "x-ratelimit-reset-requests": "50s",
    }),
  );
  expect(await routeOf(rule("RPM", 10))).toEqual(["cheap"]);
  expect(await routeOf(rule("RPM", 10))).toEqual(["middle"]);
  expect(await routeOf(rule("RPM", 5))).toEqual(["cheap"]);
});
