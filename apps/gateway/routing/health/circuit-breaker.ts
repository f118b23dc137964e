/** The weight of failures in a row that opens the circuit; that of one who fell silent is all of it. */
export const weightToOpen = 5;
const firstPauseMs = 10_000;
/** To look again costs one request a failed attempt: little where it fails at once, minutes where it falls silent. */
const longestPauseMs = 60_000;
const longestSilentPauseMs = 300_000;

/**
 * Keeps requests off an endpoint that does nothing but fail. Open for a while, longer each time; then half open: one request
 * is let through to see, and what becomes of it decides.
 */
export class CircuitBreaker {
  #failing = 0;
  #openUntil = 0;
  #pauseMs = 0;
  #isProbed = false;

  /** Milliseconds until it should be tried; 0 when it may be now, also as the one probe. */
  remaining(now: number): number {
    if (this.#openUntil === 0) return 0;
    if (now < this.#openUntil) return this.#openUntil - now;
    return this.#isProbed ? 1 : 0;
  }

  /** Its pause is over, and the next request decides whether it is well again. */
  isHalfOpen(now: number): boolean {
    return this.#openUntil !== 0 && now >= this.#openUntil;
  }

  isOpen(): boolean {
    return this.#openUntil !== 0;
  }

  /** A request goes out. @returns whether it is the probe, whose end has to be told with it */
  begin(now: number): boolean {
    if (!this.isHalfOpen(now) || this.#isProbed) return false;
    this.#isProbed = true;
    return true;
  }

  succeeded(): void {
    this.#failing = 0;
    this.#openUntil = 0;
    this.#pauseMs = 0;
    this.#isProbed = false;
  }

  /** @param weight how surely it tells of a sick endpoint */
  failed(now: number, weight: number, wasProbe: boolean): void {
    if (wasProbe) this.#isProbed = false;
    if (this.#openUntil !== 0) {
      // Requests that went out before it opened, or as a last resort, say nothing new.
      if (wasProbe) this.#open(now, weight);
      return;
    }
    this.#failing += weight;
    if (this.#failing >= weightToOpen) this.#open(now, weight);
  }

  /** The request ended without telling anything: the client went away. */
  released(wasProbe: boolean): void {
    if (wasProbe) this.#isProbed = false;
  }

  #open(now: number, weight: number): void {
    const longest = weight >= weightToOpen ? longestSilentPauseMs : longestPauseMs;
    this.#pauseMs = Math.min(longest, this.#pauseMs === 0 ? firstPauseMs : this.#pauseMs * 2);
    this.#openUntil = now + this.#pauseMs;
    this.#failing = 0;
  }
}
