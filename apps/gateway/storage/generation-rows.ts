import type { GenerationRecord } from "../metering/generation-record.ts";
import type { Database, GenerationRow } from "./database-schema.ts";

/** Far below SQLite's limit of 32766 parameters in a statement. */
const rowsPerStatement = 200;

/** All or nothing. A record whose id is there already is left as it is, so that a batch may be sent again. */
export async function appendGenerations(db: Database, records: readonly GenerationRecord[]): Promise<void> {
  if (records.length === 0) return;
  await db.transaction().execute(async (trx) => {
    for (let start = 0; start < records.length; start += rowsPerStatement) {
      await trx
        .insertInto("generations")
        .values(records.slice(start, start + rowsPerStatement).map(toRow))
        .onConflict((conflict) => conflict.column("id").doNothing())
        .execute();
    }
  });
}

export async function findGeneration(db: Database, id: string): Promise<GenerationRecord | undefined> {
  const row = await db.selectFrom("generations").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : fromRow(row);
}

function toRow(record: GenerationRecord): GenerationRow {
  return {
    id: record.id,
    created_at: record.createdAt,
    key_id: record.keyId,
    session_id: record.sessionId,
    client_protocol: record.clientProtocol,
    upstream_protocol: record.upstreamProtocol,
    requested_model: record.requestedModel,
    model: record.model,
    provider: record.provider,
    upstream_model: record.upstreamModel,
    streamed: Number(record.streamed),
    express_lane: Number(record.expressLane),
    status: record.status,
    error_code: record.errorCode,
    aborted: Number(record.aborted),
    finish_reason: record.finishReason,
    input_tokens: record.usage.inputTokens,
    cache_read_tokens: record.usage.cacheReadTokens,
    cache_write_tokens: record.usage.cacheWriteTokens,
    cache_write_1h_tokens: record.usage.cacheWrite1hTokens,
    output_tokens: record.usage.outputTokens,
    reasoning_tokens: record.usage.reasoningTokens,
    usage_source: record.usageSource,
    cost_picodollars: record.costPicodollars,
    ttft_ms: record.ttftMs,
    duration_ms: record.durationMs,
    attempts: JSON.stringify(record.attempts),
    receipt: JSON.stringify(record.receipt),
  };
}

/** The only writer of these columns is toRow, so their text is taken to be what the types say. */
function fromRow(row: GenerationRow): GenerationRecord {
  return {
    id: row.id,
    createdAt: Number(row.created_at),
    keyId: row.key_id,
    sessionId: row.session_id,
    clientProtocol: row.client_protocol as GenerationRecord["clientProtocol"],
    upstreamProtocol: row.upstream_protocol as GenerationRecord["upstreamProtocol"],
    requestedModel: row.requested_model,
    model: row.model,
    provider: row.provider,
    upstreamModel: row.upstream_model,
    streamed: Number(row.streamed) === 1,
    expressLane: Number(row.express_lane) === 1,
    status: Number(row.status),
    errorCode: row.error_code,
    aborted: Number(row.aborted) === 1,
    finishReason: row.finish_reason as GenerationRecord["finishReason"],
    usage: {
      inputTokens: Number(row.input_tokens),
      cacheReadTokens: Number(row.cache_read_tokens),
      cacheWriteTokens: Number(row.cache_write_tokens),
      cacheWrite1hTokens: Number(row.cache_write_1h_tokens),
      outputTokens: Number(row.output_tokens),
      reasoningTokens: Number(row.reasoning_tokens),
    },
    usageSource: row.usage_source as GenerationRecord["usageSource"],
    costPicodollars: row.cost_picodollars === null ? null : BigInt(row.cost_picodollars),
    ttftMs: row.ttft_ms === null ? null : Number(row.ttft_ms),
    durationMs: Number(row.duration_ms),
    attempts: JSON.parse(row.attempts) as GenerationRecord["attempts"],
    receipt: JSON.parse(row.receipt) as GenerationRecord["receipt"],
  };
}
