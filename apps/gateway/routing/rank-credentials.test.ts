import { expect, test } from "vitest";
import { makeKnowledge, makeQuestion, price } from "./testing/make-question.ts";
import { plan, start } from "./testing/read-plan.ts";

test("credentials: the holder of the cache, then the least loaded, then the one with most left", () => {
  const knowledge = makeKnowledge();
  const question = makeQuestion({ a: { ...price(1, 1, 0.1), keys: 3 } }, {}, { session: "s", tools: true });
  const credentials = (): number[] => plan(question, knowledge).candidates.map(({ credential }) => credential);
  expect(credentials()).toEqual([0, 1, 2]);
  knowledge.health.begin("a\nauthor/model", "a\nauthor/model\n0", start);
  knowledge.health.limits("a\nauthor/model\n1", { headroom: 0.2, resetAt: start + 60_000 });
  expect(credentials()).toEqual([2, 1, 0]);
  knowledge.sessions.note("s", "a\nauthor/model\n1", 1_000, start);
  expect(credentials()).toEqual([1, 2, 0]);
});
