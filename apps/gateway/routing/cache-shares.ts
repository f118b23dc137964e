/** What endpoints really read from their caches of what they should hold, learnt from the usage they report. */
export interface CacheShares {
  /** The share (0 to 1) to expect of a prefix last used so long ago. @param age as ageOf tells */
  expect(key: string, age: number, now: number): number;
  /** @param share what was read of what should have been there */
  observe(key: string, ageMs: number, share: number, now: number): void;
}

const minute = 60_000;
/** Caches live for minutes, for an hour, or not at all: that is as fine as ages need to be told apart. */
export const ages = [5 * minute, 60 * minute] as const;
const count = ages.length + 1;
/**
 * By age, how often a cache is believed to have what it should. One that nobody has tried is believed to keep its promise:
 * with any doubt it would stay behind those that have proved theirs, however much cheaper it is, and never be tried.
 */
const hitPriors: readonly number[] = [1, 0.5, 0];
/** What is believed beforehand weighs as much as so many answers. */
const priorWeight = 3;
/** A cache that has the prefix gives all of it but the last block: so much is believed before any has answered. */
const usualHit = 0.98;
/** From this share on it had the prefix: less is the part that all conversations have in common. */
const leastHit = 0.5;
/** A new answer counts at least so much: caches change. */
const leastWeight = 0.02;
/** After so long what was seen weighs half: an endpoint given up for one bad answer is tried again some day. */
const fadeMs = 24 * 60 * minute;
const mostEndpoints = 4_000;

interface Learnt {
  shares: Float64Array;
  seen: Float64Array;
  /** When the newest answer was seen. */
  at: Float64Array;
}

export function createCacheShares(): CacheShares {
  const endpoints = new Map<string, Learnt>();
  /** What a cache gives that has the prefix, over all endpoints: those untried are believed to do as well, not better. */
  let hit = usualHit;
  return {
    expect(key, age, now) {
      const prior = (hitPriors[age] ?? 0) * hit;
      const learnt = endpoints.get(key);
      if (learnt === undefined) return prior;
      const seen = weightOf(learnt, age, now);
      return ((learnt.shares[age] ?? 0) * seen + prior * priorWeight) / (seen + priorWeight);
    },
    observe(key, ageMs, share, now) {
      let learnt = endpoints.get(key);
      if (learnt === undefined) {
        learnt = { shares: new Float64Array(count), seen: new Float64Array(count), at: new Float64Array(count) };
        endpoints.set(key, learnt);
        const [oldest] = endpoints.size > mostEndpoints ? endpoints.keys() : [];
        if (oldest !== undefined) endpoints.delete(oldest);
      }
      const given = Math.min(1, Math.max(0, share));
      if (given >= leastHit) hit += leastWeight * (given - hit);
      const age = ageOf(ageMs);
      const seen = Math.min(weightOf(learnt, age, now) + 1, 1 / leastWeight);
      const before = learnt.shares[age] ?? 0;
      learnt.shares[age] = before + (given - before) / seen;
      learnt.seen[age] = seen;
      learnt.at[age] = now;
    },
  };
}

/** How many answers what was learnt is worth now. */
function weightOf({ seen, at }: Learnt, age: number, now: number): number {
  return (seen[age] ?? 0) / (1 + Math.max(0, now - (at[age] ?? 0)) / fadeMs);
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
