import { draw, purpose } from "../random.ts";
import { listPrice } from "./lowest-price.ts";
import type { CreatePolicy } from "./policy.ts";

const outageMs = 30_000;
const stickyMs = 10 * 60_000;

/**
 * OpenRouter's documented rule (https://openrouter.ai/docs/guides/routing/provider-selection and .../prompt-caching):
 * endpoints without an outage in the last 30 seconds first, the first of them drawn with weight 1/price², the others as
 * fallbacks; a conversation stays for ten minutes with the provider that answered it, where cache reads are cheaper.
 */
export const openRouterRule: CreatePolicy = (fleet, seed) => {
  const failedAt = fleet.map(() => Number.NEGATIVE_INFINITY);
  const sticky = new Map<number, { endpoint: number; at: number }>();
  return {
    name: "OpenRouter's rule",
    plan(session, step) {
      const now = session.turns[step]?.at ?? 0;
      const priced = fleet.map(({ offerAt }, at) => ({ at, price: listPrice(offerAt(now)) }));
      const isWell = ({ at }: { at: number }): boolean => now - (failedAt[at] ?? 0) > outageMs;
      const well = priced.filter(isWell);
      const chosen = drawWeighted(well, draw(seed, session.id, step, purpose.choice));
      const rest = [...well, ...priced.filter((one) => !isWell(one))].filter((one) => one !== chosen);
      rest.sort((a, b) => Number(isWell(b)) - Number(isWell(a)) || a.price - b.price);
      const order = [...(chosen === undefined ? [] : [chosen]), ...rest].map(({ at }) => at);
      const last = sticky.get(session.id);
      if (last === undefined || now - last.at > stickyMs || !well.some(({ at }) => at === last.endpoint)) return order;
      return [last.endpoint, ...order.filter((at) => at !== last.endpoint)];
    },
    learn(session, step, endpoint, { end }) {
      const now = session.turns[step]?.at ?? 0;
      if (end !== "ok") failedAt[endpoint] = now;
      else if (fleet[endpoint]?.offerAt(now).cacheRead !== undefined) sticky.set(session.id, { endpoint, at: now });
    },
  };
};

function drawWeighted<One extends { price: number }>(from: readonly One[], luck: number): One | undefined {
  const total = from.reduce((sum, { price }) => sum + 1 / price ** 2, 0);
  let rest = luck * total;
  for (const one of from) {
    rest -= 1 / one.price ** 2;
    if (rest <= 0) return one;
  }
  return from[0];
}
