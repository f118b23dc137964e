/** What endpoints really read from their caches of what they should hold, learnt from the usage they report. */
export interface CacheShares {
  /** The share (0 to 1) to expect of a prefix last used so long ago. @param age as ageOf tells */
  expect(key: string, age: number): number;
  /** @param share what was read of what should have been there */
  observe(key: string, ageMs: number, share: number): void;
}

const minute = 60_000;
/** Caches live for minutes, for an hour, or not at all: that is as fine as ages need to be told apart. */
export const ages = [5 * minute, 60 * minute] as const;
const count = ages.length + 1;
/** By age: an endpoint nobody has tried is taken for a good one, or it would never be tried. */
const priors: readonly number[] = [0.9, 0.5, 0];
/** What is believed beforehand weighs as much as so many answers. */
const priorWeight = 3;
/** A new answer counts at least so much: caches change. */
const leastWeight = 0.02;
const mostEndpoints = 4_000;

interface Learnt {
  shares: Float64Array;
  seen: Float64Array;
}

export function createCacheShares(): CacheShares {
  const endpoints = new Map<string, Learnt>();
  return {
    expect(key, at) {
      const prior = priors[at] ?? 0;
      const learnt = endpoints.get(key);
      if (learnt === undefined) return prior;
      const seen = learnt.seen[at] ?? 0;
      return ((learnt.shares[at] ?? 0) * seen + prior * priorWeight) / (seen + priorWeight);
    },
    observe(key, ageMs, share) {
      let learnt = endpoints.get(key);
      if (learnt === undefined) {
        learnt = { shares: new Float64Array(count), seen: new Float64Array(count) };
        endpoints.set(key, learnt);
        const [oldest] = endpoints.size > mostEndpoints ? endpoints.keys() : [];
        if (oldest !== undefined) endpoints.delete(oldest);
      }
      const at = ageOf(ageMs);
      const seen = (learnt.seen[at] ?? 0) + 1;
      const before = learnt.shares[at] ?? 0;
      learnt.shares[at] = before + Math.max(1 / seen, leastWeight) * (Math.min(1, Math.max(0, share)) - before);
      learnt.seen[at] = Math.min(seen, 1 / leastWeight);
    },
  };
}

/** Which of the ages it is: 0 for the last minutes, then ever older. */
export function ageOf(ageMs: number): number {
  let at = 0;
  for (const limit of ages) {
    if (ageMs <= limit) return at;
    at += 1;
  }
  return at;
}
