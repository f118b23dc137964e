import type { Health } from "./health/health.ts";
import type { Ranked } from "./rank-endpoints.ts";

export interface RankedCredential {
  index: number;
  /** Milliseconds until it should be tried again; 0 when it is well. */
  remaining: number;
}

/**
 * The credentials of one endpoint in the order to use them: the one whose cache holds the conversation, then the one with
 * least under way, then the one with most left of its limits.
 */
export function rankCredentials({ prepared, measure }: Ranked, health: Health, now: number): RankedCredential[] {
  const { pairs } = prepared;
  if (pairs.length === 1) return [{ index: 0, remaining: health.credential(pairs[0] ?? "")?.remaining(now) ?? 0 }];
  const ranked = pairs.map((pair, index) => {
    const credential = health.credential(pair);
    return {
      index,
      remaining: credential?.remaining(now) ?? 0,
      isHolder: pair === measure.holder && measure.cachedTokens > 0,
      inFlight: credential?.inFlight ?? 0,
      headroom: credential?.headroom(now) ?? 1,
    };
  });
  return ranked.sort(
    (a, b) =>
      Number(b.isHolder) - Number(a.isHolder) ||
      a.inFlight - b.inFlight ||
      b.headroom - a.headroom ||
      a.index - b.index,
  );
}
