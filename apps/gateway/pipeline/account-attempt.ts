import { priceUsage } from "@onerouter/catalog";
import { noUsage, type Usage } from "@onerouter/protocols";
import type { GenerationRecord } from "../metering/generation-record.ts";
import { nothingSpent, type Spending } from "../metering/spending.ts";
import { weighPrompt } from "./estimate-prompt.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import type { Generation } from "./generation.ts";

/** What the attempt took that the meter watches: the upstream's own report, or, when none came though content did, an estimate by length. */
export function accountAttempt(generation: Generation): Spending {
  const { usage, usageSource } = measureUsage(generation);
  if (usageSource === "none") return nothingSpent;
  return { usage, usageSource, cost: priceUsage(usage, generation.candidate?.endpoint.pricing) };
}

function measureUsage(generation: Generation): Pick<GenerationRecord, "usage" | "usageSource"> {
  const { meter } = generation;
  // The express lane does not see the length of a single short piece: where there was content, there was a token.
  const seen = !meter.hasContent ? 0 : Math.max(1, estimateTokens(meter.contentLength));
  if (meter.usageReported) {
    const usage = meter.usage;
    // A stream that broke has reported its input but not yet all of its output.
    if (meter.finishReason === null && usage.outputTokens < seen) {
      return { usage: { ...usage, outputTokens: seen }, usageSource: "estimated" };
    }
    return { usage, usageSource: "upstream" };
  }
  if (!meter.hasContent) {
    // An answer that is no text (embeddings) comes with an estimate of its own where its provider has none.
    return meter.usage.inputTokens > 0
      ? { usage: meter.usage, usageSource: "estimated" }
      : { usage: noUsage, usageSource: "none" };
  }
  const { candidate } = generation;
  const inputTokens = weighPrompt(generation.needs, candidate, generation.context);
  // A cut late in a session would else cost ten times what it does.
  const cacheReadTokens = Math.min(inputTokens, candidate?.cachedTokens ?? 0);
  const usage: Usage = { ...noUsage, inputTokens, cacheReadTokens, outputTokens: seen };
  return { usage, usageSource: "estimated" };
}
