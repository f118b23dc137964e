import type { GenerationRecord } from "../metering/generation-record.ts";
import type { GenerationRow } from "./database-schema.ts";

/** A row's values in the order of `generationColumns`: flat, because the relaying thread hands it over by structured clone. */
export type GenerationValues = readonly GenerationRow[keyof GenerationRow][];

/** The order of a row's values. */
export const generationColumns = [
  "id",
  "created_at",
  "key_id",
  "session_id",
  "client_protocol",
  "upstream_protocol",
  "requested_model",
  "model",
  "provider",
  "upstream_model",
  "streamed",
  "express_lane",
  "status",
  "error_code",
  "aborted",
  "finish_reason",
  "input_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "cache_write_1h_tokens",
  "output_tokens",
  "reasoning_tokens",
  "usage_source",
  "cost_picodollars",
  "ttft_ms",
  "duration_ms",
  "attempts",
  "receipt",
  "plan",
] as const satisfies ReadonlyArray<keyof GenerationRow>;

/** A record as the values of its row. */
export function toGenerationValues(record: GenerationRecord): GenerationValues {
  return [
    record.id,
    record.createdAt,
    record.keyId,
    record.sessionId,
    record.clientProtocol,
    record.upstreamProtocol,
    record.requestedModel,
    record.model,
    record.provider,
    record.upstreamModel,
    Number(record.streamed),
    Number(record.expressLane),
    record.status,
    record.errorCode,
    Number(record.aborted),
    record.finishReason,
    record.usage.inputTokens,
    record.usage.cacheReadTokens,
    record.usage.cacheWriteTokens,
    record.usage.cacheWrite1hTokens,
    record.usage.outputTokens,
    record.usage.reasoningTokens,
    record.usageSource,
    record.costPicodollars,
    record.ttftMs,
    record.durationMs,
    JSON.stringify(record.attempts),
    JSON.stringify(record.receipt),
    record.plan === null ? null : JSON.stringify(record.plan),
  ];
}
