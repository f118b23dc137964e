import type { CreatePolicy } from "./policy.ts";

/** Each request begins at the next endpoint. */
export const roundRobin: CreatePolicy = (fleet) => {
  let next = 0;
  return {
    name: "round robin",
    plan() {
      const begin = next++;
      return fleet.map((_, at) => (begin + at) % fleet.length);
    },
    learn() {},
  };
};
