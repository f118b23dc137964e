import { noUsage, type Usage } from "@onerouter/protocols/model/usage";
import type { Offer, SimulatedEndpoint } from "./fleet.ts";
import { draw, drawBetween, purpose } from "./random.ts";
import type { SimulatedSession } from "./workload.ts";

/** What became of one attempt. */
export interface Outcome {
  end: "ok" | "failed" | "cut";
  usage: Usage;
  /** USD. */
  cost: number;
  firstMs: number;
  durationMs: number;
}

/** What an endpoint holds of a session's prompt. */
export interface Held {
  tokens: number;
  at: number;
}

const failedMs = 300;

/**
 * One attempt at one endpoint. It depends on nothing but its arguments, so that all policies meet the same luck.
 * @param tries attempts of this turn at this endpoint so far
 * @param held what the endpoint's cache may have of the session
 */
export function attemptAt(
  seed: number,
  endpoint: SimulatedEndpoint,
  session: SimulatedSession,
  step: number,
  tries: number,
  held: Held | undefined,
): Outcome {
  const turn = session.turns[step];
  if (turn === undefined) throw new Error("there is no such turn");
  const { id } = endpoint;
  const parts = [seed, id, session.id, step, tries] as const;
  if (endpoint.isDown(turn.at) || draw(...parts, purpose.failure) < endpoint.failures) {
    return { end: "failed", usage: noUsage, cost: 0, firstMs: failedMs, durationMs: failedMs };
  }
  const isCut = draw(...parts, purpose.cut) < endpoint.cuts;
  const share = isCut ? drawBetween(0.05, 0.95, ...parts, purpose.cutAt) : 1;
  const outputTokens = Math.round(turn.outputTokens * share);
  const usage: Usage = {
    ...noUsage,
    inputTokens: turn.promptTokens,
    outputTokens,
    ...cached(endpoint, parts, turn.promptTokens, turn.at, held),
  };
  return {
    end: isCut ? "cut" : "ok",
    usage,
    cost: priceOf(usage, endpoint.offerAt(turn.at)),
    firstMs: endpoint.firstMs,
    durationMs: endpoint.firstMs + outputTokens * endpoint.perTokenMs,
  };
}

function cached(
  { cache }: SimulatedEndpoint,
  parts: readonly number[],
  promptTokens: number,
  now: number,
  held: Held | undefined,
): Partial<Usage> {
  if (cache.ttlMs === 0) return {};
  const isWarm =
    held !== undefined && now - held.at <= cache.ttlMs && draw(...parts, purpose.cacheHit) < cache.hitShare;
  return { cacheReadTokens: isWarm ? Math.min(held.tokens, promptTokens) : 0 };
}

/** Where writing to the cache has a price, everything that was not read is written. */
function priceOf({ inputTokens, cacheReadTokens, outputTokens }: Usage, offer: Offer): number {
  const read = offer.cacheRead ?? offer.input;
  const rest = offer.cacheWrite ?? offer.input;
  return (cacheReadTokens * read + (inputTokens - cacheReadTokens) * rest + outputTokens * offer.output) / 1e6;
}
