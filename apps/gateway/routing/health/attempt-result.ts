import type { Usage } from "@onerouter/protocols";

/**
 * How an attempt ended, as far as it tells something of the endpoint or the credential. `neutral`: it tells nothing (the
 * client went away, or asked for what cannot be), `refused`: the credential is not taken, `stalled`: it fell silent, `cut`:
 * it broke after content.
 */
export type AttemptEnd =
  | "ok"
  | "failed"
  | "cut"
  | "stalled"
  | "unreachable"
  | "malformed"
  | "rate-limited"
  | "refused"
  | "neutral";

/** What one attempt taught. Times in milliseconds. */
export interface AttemptResult {
  end: AttemptEnd;
  durationMs: number;
  /** From the request to the first content. */
  ttftMs?: number;
  /** As reported by the upstream. */
  usage?: Usage;
  /** How long the upstream asks to be left alone. */
  retryAfterMs?: number;
}
