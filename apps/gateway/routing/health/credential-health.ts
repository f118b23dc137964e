import type { AttemptResult } from "./attempt-result.ts";
import type { RateLimit } from "./rate-limit.ts";

const rateLimitMs = 5_000;
const refusedMs = 60_000;
/** Nobody is left alone for longer, whatever its Retry-After says. */
const longestMs = 300_000;

/** What attempts have taught of one credential at one endpoint. */
export class CredentialHealth {
  inFlight = 0;
  #coolUntil = 0;
  #limits: RateLimit | undefined = undefined;

  learn({ end, retryAfterMs }: AttemptResult, now: number): void {
    if (end === "ok") {
      this.#coolUntil = 0;
      return;
    }
    let pause = retryAfterMs ?? 0;
    if (end === "rate-limited" && pause === 0) pause = rateLimitMs;
    if (end === "refused") pause = Math.max(pause, refusedMs);
    if (pause > 0 && end !== "neutral") this.#coolUntil = Math.max(this.#coolUntil, now + Math.min(pause, longestMs));
  }

  /** What the headers of an answer say of what is left. */
  limits(limits: RateLimit): void {
    this.#limits = limits;
  }

  /** Milliseconds until it should be tried again. */
  remaining(now: number): number {
    const limits = this.#limits;
    let until = this.#coolUntil;
    // Nothing is left until the provider's window begins anew.
    if (limits !== undefined && limits.headroom <= 0 && limits.resetAt > until) {
      until = Math.min(limits.resetAt, now + longestMs);
    }
    return Math.max(0, until - now);
  }

  /** What is left of its limits, as a share (0 to 1); 1 where nothing is known. */
  headroom(now: number): number {
    const limits = this.#limits;
    return limits === undefined || now >= limits.resetAt ? 1 : limits.headroom;
  }

  /** Requests it may still make in this window of its provider's limits; undefined where nothing is known. */
  requestsLeft(now: number): number | undefined {
    const requests = this.#limits?.requests;
    return requests === undefined || now >= requests.resetAt ? undefined : requests.left;
  }
}
