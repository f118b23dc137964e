/** What became of a tool call that was checked. */
export type CallOutcome = "fine" | "mended" | "hopeless";

/** Tool calls of one (endpoint, credential) pair, of late. */
export interface CallCounts {
  fine: number;
  mended: number;
  hopeless: number;
}

/** Remembers how good the tool calls of each pair have been. In memory; bounded. */
export interface CallQuality {
  add(pair: string, outcome: CallOutcome): void;
  /** @returns undefined for a pair that has made none lately */
  of(pair: string): Readonly<CallCounts> | undefined;
}

/** Beyond so many calls all counts of a pair are halved: what was long ago weighs ever less. */
const memory = 1_000;
const maxPairs = 1_000;

export function createCallQuality(): CallQuality {
  const pairs = new Map<string, CallCounts>();
  return {
    add(pair, outcome) {
      const counts = pairs.get(pair) ?? { fine: 0, mended: 0, hopeless: 0 };
      counts[outcome] += 1;
      if (counts.fine + counts.mended + counts.hopeless > memory) {
        counts.fine /= 2;
        counts.mended /= 2;
        counts.hopeless /= 2;
      }
      if (pairs.size >= maxPairs && !pairs.has(pair)) {
        const [oldest] = pairs.keys();
        if (oldest !== undefined) pairs.delete(oldest);
      }
      pairs.set(pair, counts);
    },
    of: (pair) => pairs.get(pair),
  };
}
