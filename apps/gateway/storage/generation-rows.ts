import { CompiledQuery } from "kysely";
import type { GenerationRecord } from "../metering/generation-record.ts";
import type { Database, GenerationRow } from "./database-schema.ts";
import { generationColumns, type GenerationValues } from "./generation-values.ts";

/** Far below SQLite's limit of 32766 parameters in a statement. */
const mostRows = 128;

/**
 * Writes generations, all or nothing. A record whose id is there already is left as it is, so that a batch may be sent
 * again. Batches are cut into powers of two, so that eight statements, each built once, serve every size.
 */
export function createGenerationAppender(db: Database): (rows: readonly GenerationValues[]) => Promise<void> {
  const statements = new Map<number, string>();

  function statementFor(count: number): string {
    let sql = statements.get(count);
    if (sql === undefined) {
      const row = Object.fromEntries(generationColumns.map((column) => [column, 0])) as unknown as GenerationRow;
      sql = db
        .insertInto("generations")
        .values(Array.from({ length: count }, () => row))
        .onConflict((conflict) => conflict.column("id").doNothing())
        .compile().sql;
      statements.set(count, sql);
    }
    return sql;
  }

  return async (rows) => {
    if (rows.length === 0) return;
    await db.transaction().execute(async (trx) => {
      for (let start = 0; start < rows.length;) {
        let count = mostRows;
        while (count > rows.length - start) count /= 2;
        await trx.executeQuery(CompiledQuery.raw(statementFor(count), rows.slice(start, start + count).flat()));
        start += count;
      }
    });
  };
}

export async function findGeneration(db: Database, id: string): Promise<GenerationRecord | undefined> {
  const row = await db.selectFrom("generations").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : fromRow(row);
}

/** The only writer of these columns is toGenerationValues, so their text is taken to be what the types say. */
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
    plan: row.plan === null ? null : (JSON.parse(row.plan) as GenerationRecord["plan"]),
  };
}
