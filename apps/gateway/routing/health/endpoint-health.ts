import type { AttemptEnd, AttemptResult } from "./attempt-result.ts";
import { CircuitBreaker, weightToOpen } from "./circuit-breaker.ts";
import { DecayingCounts } from "./decaying-counts.ts";
import { LogHistogram } from "./log-histogram.ts";

const minute = 60_000;
/** Routing looks at five minutes; the catalogue also shows half an hour and a day. */
const windows = { recent: 5 * minute, halfHour: 30 * minute, day: 24 * 60 * minute } as const;

/** What is believed of an endpoint nobody has tried lately: 2 % of its answers fail. It weighs as much as so many tries. */
const priorFailure = 0.02;
const priorTries = 10;
/** What is believed of an attempt right after one that failed. */
const priorFailureAgain = 0.3;
const priorAgainTries = 3;
/** Tokens a second are not measured on answers shorter than this. */
const leastTokensMeasured = 16;

const tries = 0;
const lost = 1;
const again = 2;
const lostAgain = 3;
const cuts = 4;

/** How surely an end tells that the endpoint is down. Silence costs minutes: once is enough. */
const weights: Readonly<Partial<Record<AttemptEnd, number>>> = {
  failed: 1,
  cut: 1,
  unreachable: 2.5,
  stalled: weightToOpen,
};

/** What attempts have taught of one endpoint, of late. */
export class EndpointHealth {
  readonly breaker = new CircuitBreaker();
  readonly #recent = new DecayingCounts(5, windows.recent);
  readonly #halfHour = new DecayingCounts(2, windows.halfHour);
  readonly #day = new DecayingCounts(2, windows.day);
  readonly #firstContent: LogHistogram;
  readonly #duration: LogHistogram;
  readonly #throughput: LogHistogram;
  #lastFailed = false;

  constructor(now: number) {
    this.#firstContent = new LogHistogram(windows.recent, now);
    this.#duration = new LogHistogram(windows.recent, now);
    this.#throughput = new LogHistogram(windows.recent, now);
  }

  /** @param wasProbe as the breaker said when it began */
  learn(result: AttemptResult, now: number, wasProbe: boolean): void {
    const weight = weights[result.end];
    // That calls were of no use, a credential was refused or over its limit says nothing of whether the endpoint answers.
    if (weight === undefined && result.end !== "ok" && result.end !== "malformed") {
      this.breaker.released(wasProbe);
      return;
    }
    // It is well again: what failed while it was not says nothing of what will.
    if (weight === undefined && this.breaker.isOpen()) this.#forgetFailures();
    this.#count(weight !== undefined, now);
    if (result.end === "cut") this.#recent.add(cuts, now);
    if (weight === undefined) {
      this.breaker.succeeded();
      this.#measure(result, now);
    } else this.breaker.failed(now, weight, wasProbe);
  }

  /** Probability (0 to 1) that the next attempt fails. Once its pause is over an endpoint that was down is worth a look. */
  failure(now: number): number {
    if (this.breaker.isHalfOpen(now)) return priorFailure;
    const factor = this.#recent.factor(now);
    return (
      (this.#recent.raw(lost) * factor + priorFailure * priorTries) / (this.#recent.raw(tries) * factor + priorTries)
    );
  }

  /** Probability that an attempt fails right after one that did. */
  failureAgain(now: number): number {
    const factor = this.#recent.factor(now);
    const seen = this.#recent.raw(again) * factor;
    return (this.#recent.raw(lostAgain) * factor + priorFailureAgain * priorAgainTries) / (seen + priorAgainTries);
  }

  /** Share (0 to 1) of failures that came after content, and so were paid for. */
  cutShare(): number {
    return (this.#recent.raw(cuts) + 1) / (this.#recent.raw(lost) + 2);
  }

  /** Milliseconds to the first content that this share of answers stayed below. */
  firstContentMs(share: number): number | undefined {
    return this.#firstContent.quantile(share);
  }

  /** Milliseconds to the end of the answer that this share of answers stayed below. */
  durationMs(share: number): number | undefined {
    return this.#duration.quantile(share);
  }

  /** Tokens per second that this share of answers stayed above. */
  tokensPerSecond(share: number): number | undefined {
    return this.#throughput.quantile(1 - share);
  }

  /** Share (0 to 1) of attempts that did not fail; undefined when there were none to speak of. */
  uptime(window: keyof typeof windows, now: number): number | undefined {
    const counts = { recent: this.#recent, halfHour: this.#halfHour, day: this.#day }[window];
    const seen = counts.of(tries, now);
    return seen < 0.05 ? undefined : 1 - counts.raw(lost) / counts.raw(tries);
  }

  #forgetFailures(): void {
    for (const index of [lost, lostAgain, cuts]) this.#recent.set(index, 0);
    this.#lastFailed = false;
  }

  #count(hasFailed: boolean, now: number): void {
    for (const counts of [this.#recent, this.#halfHour, this.#day]) {
      counts.add(tries, now);
      if (hasFailed) counts.add(lost, now);
    }
    if (this.#lastFailed) {
      this.#recent.add(again, now);
      if (hasFailed) this.#recent.add(lostAgain, now);
    }
    this.#lastFailed = hasFailed;
  }

  #measure({ durationMs, ttftMs, usage }: AttemptResult, now: number): void {
    this.#duration.add(durationMs, now);
    if (ttftMs === undefined) return;
    this.#firstContent.add(ttftMs, now);
    const writing = durationMs - ttftMs;
    if (usage === undefined || usage.outputTokens < leastTokensMeasured || writing <= 0) return;
    this.#throughput.add((usage.outputTokens * 1000) / writing, now);
  }
}
