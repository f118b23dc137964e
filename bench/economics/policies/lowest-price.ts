import type { Offer } from "../fleet.ts";
import type { CreatePolicy } from "./policy.ts";

/** The list price of a request of four parts prompt and one part answer. */
export function listPrice({ input, output }: Offer): number {
  return input * 0.8 + output * 0.2;
}

/** Always the endpoint with the lowest list price, then the next. */
export const lowestPrice: CreatePolicy = (fleet) => ({
  name: "lowest price first",
  plan(session, step) {
    const now = session.turns[step]?.at ?? 0;
    return fleet
      .map(({ offerAt }, at) => ({ at, price: listPrice(offerAt(now)) }))
      .toSorted((a, b) => a.price - b.price)
      .map(({ at }) => at);
  },
  learn() {},
});
