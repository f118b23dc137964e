import { expect, test } from "vitest";
import { comparePolicies } from "./compare-policies.ts";

// From 11 and 42 on there are worlds whose best endpoint is not among the first that are tried.
test.each([1, 11, 42])(
  "agent sessions cost at most 3/100 more than to somebody who knew everything, and no other rule is as cheap or surer (worlds from %d)",
  (seed) => {
    const [agents] = comparePolicies({ seed, worlds: 3, agents: 12, agentSteps: 300, chats: 0, batch: 0 });
    const [oracle, own, ...others] = agents?.tallies ?? [];
    expect(oracle?.policy).toBe("oracle");
    expect(own?.policy).toBe("OneRouter");
    expect(others.map(({ policy }) => policy)).toEqual(["OpenRouter's rule", "lowest price first", "round robin"]);
    if (oracle === undefined || own === undefined) return;
    expect(own.requests).toBe(10_800);
    expect(own.cost / oracle.cost).toBeLessThanOrEqual(1.03);
    expect(own.cost / oracle.cost).toBeGreaterThanOrEqual(1);
    expect(own.answered / own.requests).toBeGreaterThanOrEqual(0.9995);
    for (const other of others) expect(other.cost).toBeGreaterThan(own.cost);
  },
);

test("chats and batches cost no more than at the lowest price, a hundredth more or less", () => {
  const comparisons = comparePolicies({ seed: 1, worlds: 3, agents: 0, agentSteps: 0, chats: 400, batch: 400 });
  for (const { tallies } of comparisons) {
    const [, own, ...others] = tallies;
    if (own === undefined) throw new Error("there is no tally of ours");
    expect(own.answered).toBe(own.requests);
    for (const other of others) expect(other.cost).toBeGreaterThan(own.cost * 0.99);
  }
});

test("the same seed gives the same to the last cent", () => {
  const size = { seed: 7, worlds: 1, agents: 2, agentSteps: 40, chats: 5, batch: 5 };
  expect(comparePolicies(size)).toEqual(comparePolicies(size));
});
