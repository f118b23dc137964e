import type { AttemptEnd } from "../health/attempt-result.ts";
import type { Knowledge } from "../knowledge.ts";
import { start } from "./read-plan.ts";

/** Attempts at a provider, one after the other. */
export function attempts(
  knowledge: Knowledge,
  provider: string,
  end: AttemptEnd,
  {
    times = 1,
    at = start,
    ttftMs = 500,
    durationMs = 2_500,
    outputTokens = 100,
    credential = 0,
    retryAfterMs = 0,
  } = {},
): void {
  const key = `${provider}\nauthor/model`;
  for (let time = 0; time < times; time++) {
    const finish = knowledge.health.begin(key, `${key}\n${credential}`, at);
    const usage = {
      inputTokens: 1000,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      cacheWrite1hTokens: 0,
      reasoningTokens: 0,
    };
    const measured = end === "ok" ? { ttftMs, usage: { ...usage, outputTokens } } : {};
    finish({ end, durationMs, ...measured, ...(retryAfterMs > 0 ? { retryAfterMs } : {}) }, at);
  }
}
