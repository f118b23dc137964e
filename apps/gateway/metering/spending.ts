import { noUsage, type Usage } from "@onerouter/protocols";
import type { GenerationRecord } from "./generation-record.ts";

/** What one attempt took. */
export interface Spending {
  usage: Usage;
  usageSource: GenerationRecord["usageSource"];
  /** Picodollars; null: unpriced. */
  cost: bigint | null;
}

export const nothingSpent: Spending = Object.freeze({ usage: noUsage, usageSource: "none", cost: 0n });

/** The whole of several attempts: estimated or unpriced if a part of it is. */
export function sumSpendings(spendings: readonly Spending[]): Spending {
  const [first = nothingSpent, ...others] = spendings.filter(({ usageSource }) => usageSource !== "none");
  return others.reduce(
    (sum, one) => ({
      usage: addUsage(sum.usage, one.usage),
      usageSource: sum.usageSource === one.usageSource ? sum.usageSource : "estimated",
      cost: sum.cost === null || one.cost === null ? null : sum.cost + one.cost,
    }),
    first,
  );
}

function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    cacheWrite1hTokens: a.cacheWrite1hTokens + b.cacheWrite1hTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
  };
}
