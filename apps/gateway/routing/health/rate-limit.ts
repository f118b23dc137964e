/** What a provider's headers say of its limits. */
export interface RateLimit {
  /** The smallest share (0 to 1) that is left of any limit. */
  headroom: number;
  /** Unix milliseconds at which that limit begins anew; of two that are used up, the later one. */
  resetAt: number;
  /** Requests that may still be made, and until when that holds. */
  requests?: { left: number; resetAt: number };
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Where providers do not say when a limit begins anew: theirs are per minute. */
const usualWindowMs = 60_000;

/** Names of the headers that tell of one limit. */
interface LimitHeaders {
  readonly isOfRequests: boolean;
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
}

/** Made once: every answer is searched for them. */
const known: readonly LimitHeaders[] = ["requests", "tokens", "input-tokens", "output-tokens"].flatMap((kind) => [
  {
    isOfRequests: kind === "requests",
    limit: `x-ratelimit-limit-${kind}`,
    remaining: `x-ratelimit-remaining-${kind}`,
    reset: `x-ratelimit-reset-${kind}`,
  },
  {
    isOfRequests: kind === "requests",
    limit: `anthropic-ratelimit-${kind}-limit`,
    remaining: `anthropic-ratelimit-${kind}-remaining`,
    reset: `anthropic-ratelimit-${kind}-reset`,
  },
]);

/**
 * Reads `x-ratelimit-*` (OpenAI and those who follow it: resets in spans such as `6m0s`,
 * https://platform.openai.com/docs/guides/rate-limits) and `anthropic-ratelimit-*` (resets as times,
 * https://platform.claude.com/docs/en/api/rate-limits).
 * @param now Unix milliseconds
 * @returns undefined when there are none
 */
export function readRateLimit(headers: Headers, now: number): RateLimit | undefined {
  let result: RateLimit | undefined;
  let requests: RateLimit["requests"];
  for (const names of known) {
    const remaining = headers[names.remaining];
    if (remaining === undefined) continue;
    const found = readLimit(headers[names.limit], remaining, headers[names.reset], now);
    if (found === undefined) continue;
    const { headroom, left, resetAt } = found;
    if (names.isOfRequests) requests = { left, resetAt };
    if (
      result === undefined ||
      headroom < result.headroom ||
      (headroom === result.headroom && resetAt > result.resetAt)
    )
      result = { headroom, resetAt };
  }
  if (result !== undefined && requests !== undefined) result.requests = requests;
  return result;
}

type Value = string | string[] | undefined;

function readLimit(
  limit: Value,
  remaining: Value,
  reset: Value,
  now: number,
): { headroom: number; left: number; resetAt: number } | undefined {
  const most = readCount(limit);
  const left = readCount(remaining);
  if (left === undefined || most === undefined || most <= 0) return undefined;
  return { headroom: Math.min(1, left / most), left, resetAt: readReset(reset, now) };
}

function readCount(value: Value): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : Number.NaN;
  return number >= 0 && Number.isFinite(number) ? number : undefined;
}

const spans: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function readReset(value: Value, now: number): number {
  if (typeof value !== "string" || value === "") return now + usualWindowMs;
  const seconds = Number(value);
  if (seconds >= 0) return now + seconds * 1000;
  if (/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(value)) {
    let ms = 0;
    for (const [, count, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
      ms += Number(count) * (spans[unit ?? ""] ?? 0);
    }
    return now + ms;
  }
  const time = Date.parse(value);
  return Number.isNaN(time) ? now + usualWindowMs : Math.max(now, time);
}
