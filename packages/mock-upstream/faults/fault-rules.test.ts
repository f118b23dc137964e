import { expect, test } from "vitest";
import { seededRandom } from "../random-source.ts";
import { FaultRules } from "./fault-rules.ts";

const kimi = { model: "kimi-k3", path: "/moonshot/v1/chat/completions" };

test("skips, fires so many times, then stops", () => {
  const rules = new FaultRules(() => 0);
  rules.set({ fault: "status=500", skip: 1, times: 2 });
  const fired = Array.from({ length: 5 }, () => rules.take(kimi).status?.code);
  expect(fired).toEqual([undefined, 500, 500, undefined, undefined]);
});

test("matches by model and path, and merges what matches", () => {
  const rules = new FaultRules(() => 0);
  rules.set([
    { fault: "latency=5", path: "/moonshot" },
    { fault: "cut=1", model: "kimi" },
    { fault: "end=1", model: "glm" },
  ]);
  expect(rules.take(kimi)).toEqual({ latency: 5, cut: { at: "events", count: 1 } });
  expect(rules.take({ model: "glm-5", path: "/zai/v1" })).toEqual({ end: 1 });
});

test("a probability is drawn from the seed", () => {
  const draw = (seed: string) => {
    const rules = new FaultRules(seededRandom(seed));
    rules.set({ fault: "cut=1", probability: 0.3 });
    return Array.from({ length: 1000 }, () => rules.take(kimi).cut !== undefined);
  };
  expect(draw("a")).toEqual(draw("a"));
  expect(draw("a")).not.toEqual(draw("b"));
  const share = draw("a").filter(Boolean).length;
  expect(share).toBeGreaterThan(240);
  expect(share).toBeLessThan(360);
});
