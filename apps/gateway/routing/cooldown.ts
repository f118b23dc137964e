import type { ChatError } from "@onerouter/protocols";

/** Remembers which (endpoint, credential) pairs failed lately. In memory; bounded by the size of the configuration. */
export interface Cooldown {
  /** Milliseconds until this pair should be tried again; 0 when it is well. */
  remaining(pair: string): number;
  failed(pair: string, error: ChatError): void;
  succeeded(pair: string): void;
}

interface PairState {
  consecutiveFailures: number;
  until: number;
}

const rateLimitMs = 5_000;
const authenticationMs = 60_000;
const breakerMs = 10_000;
const failuresToBreak = 3;
const longestMs = 300_000;

/** @param now milliseconds. */
export function createCooldown(now: () => number): Cooldown {
  const pairs = new Map<string, PairState>();
  return {
    remaining(pair) {
      const state = pairs.get(pair);
      return state === undefined ? 0 : Math.max(0, state.until - now());
    },
    failed(pair, error) {
      const state = pairs.get(pair) ?? { consecutiveFailures: 0, until: 0 };
      state.consecutiveFailures += 1;
      const duration = cooldownMs(error, state.consecutiveFailures);
      if (duration > 0) state.until = Math.max(state.until, now() + Math.min(duration, longestMs));
      pairs.set(pair, state);
    },
    succeeded(pair) {
      pairs.delete(pair);
    },
  };
}

function cooldownMs(error: ChatError, consecutiveFailures: number): number {
  if (error.code === "upstream_rate_limited") return (error.retryAfterSeconds ?? 0) * 1000 || rateLimitMs;
  if (error.code === "upstream_authentication") return authenticationMs;
  if (error.retryAfterSeconds !== undefined) return error.retryAfterSeconds * 1000;
  return consecutiveFailures >= failuresToBreak ? breakerMs : 0;
}
