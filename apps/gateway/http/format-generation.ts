import { formatUsd } from "@onerouter/catalog";
import type { AttemptRecord, GenerationRecord } from "../metering/generation-record.ts";

/** A generation as `GET /v1/generation?id=` shows it: OpenRouter's names where it has them, our own for the rest. */
export function formatGeneration(record: GenerationRecord): Record<string, unknown> {
  const { usage } = record;
  return {
    id: record.id,
    created_at: new Date(record.createdAt).toISOString(),
    model: record.model,
    requested_model: record.requestedModel,
    provider_name: record.provider,
    upstream_model: record.upstreamModel,
    client_protocol: record.clientProtocol,
    upstream_protocol: record.upstreamProtocol,
    express_lane: record.expressLane,
    session_id: record.sessionId,
    streamed: record.streamed,
    status: record.status,
    error_code: record.errorCode,
    cancelled: record.aborted,
    finish_reason: record.finishReason,
    tokens_prompt: usage.inputTokens,
    tokens_completion: usage.outputTokens,
    native_tokens_reasoning: usage.reasoningTokens,
    native_tokens_cached: usage.cacheReadTokens,
    tokens_cache_write: usage.cacheWriteTokens,
    tokens_cache_write_1h: usage.cacheWrite1hTokens,
    usage_source: record.usageSource,
    // null is "unpriced", not free.
    total_cost: record.costPicodollars === null ? null : Number(formatUsd(record.costPicodollars)),
    latency: record.ttftMs,
    generation_time: record.durationMs,
    attempts: record.attempts.map((attempt) => ({
      provider: attempt.provider,
      upstream_model: attempt.upstreamModel,
      started_at: new Date(attempt.startedAt).toISOString(),
      duration: attempt.durationMs,
      outcome: attempt.outcome,
      ...formatSpending(attempt),
    })),
    receipt: record.receipt,
    plan: record.plan,
  };
}

/** What one of several attempts took. */
function formatSpending({ usage, cost }: AttemptRecord): Record<string, unknown> {
  if (usage === undefined) return {};
  return {
    tokens_prompt: usage.inputTokens,
    tokens_completion: usage.outputTokens,
    cost: cost === undefined || cost === null ? null : Number(formatUsd(BigInt(cost))),
  };
}
