import type { ApiKeyRecord, KeySettings } from "../identity/api-key.ts";
import type { ApiKeyRow, Database } from "./database-schema.ts";

/** Writes to api_keys bump its revision in the same transaction, which is how other processes learn of them. */
export async function insertKey(db: Database, record: ApiKeyRecord): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx.insertInto("api_keys").values(toRow(record)).execute();
    await bumpKeyRevision(trx);
  });
}

/** Oldest first, revoked ones included. */
export async function listKeys(db: Database): Promise<ApiKeyRecord[]> {
  const rows = await db.selectFrom("api_keys").selectAll().orderBy("created_at").orderBy("id").execute();
  return rows.map(fromRow);
}

/**
 * Revokes by id, or else every key of that name, or else of that label. A key that is revoked already keeps its time.
 *
 * @returns false if nothing matches.
 */
export async function revokeKey(db: Database, idOrName: string, at: number): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    for (const column of columnsOfNames) {
      const found = await trx.selectFrom("api_keys").select("id").where(column, "=", idOrName).execute();
      if (found.length === 0) continue;
      const result = await trx
        .updateTable("api_keys")
        .set({ revoked_at: at })
        .where(column, "=", idOrName)
        .where("revoked_at", "is", null)
        .executeTakeFirst();
      if (result.numUpdatedRows > 0n) await bumpKeyRevision(trx);
      return true;
    }
    return false;
  });
}

/** Changes what is given, for keys that are not revoked: by id, or else by name, or else by label. @returns those keys. */
export async function updateKeys(
  db: Database,
  idOrName: string,
  settings: Partial<KeySettings>,
): Promise<ApiKeyRecord[]> {
  return await db.transaction().execute(async (trx) => {
    for (const column of columnsOfNames) {
      const rows = await trx
        .updateTable("api_keys")
        .set(toSettingColumns(settings))
        .where(column, "=", idOrName)
        .where("revoked_at", "is", null)
        .returningAll()
        .execute();
      if (rows.length === 0) continue;
      await bumpKeyRevision(trx);
      return rows.map(fromRow);
    }
    return [];
  });
}

/** How a key may be called, the surest first. */
const columnsOfNames = ["id", "name", "label"] as const;

/** Changes with every write to api_keys, whoever wrote. */
export async function readKeyRevision(db: Database): Promise<bigint> {
  const row = await db.selectFrom("revisions").select("value").where("name", "=", "api_keys").executeTakeFirst();
  return BigInt(row?.value ?? 0);
}

async function bumpKeyRevision(db: Database): Promise<void> {
  await db
    .updateTable("revisions")
    .set((expression) => ({ value: expression("value", "+", 1) }))
    .where("name", "=", "api_keys")
    .execute();
}

function toRow(record: ApiKeyRecord): ApiKeyRow {
  return {
    id: record.id,
    name: record.name,
    hash: record.hash,
    label: record.label,
    created_at: record.createdAt,
    revoked_at: record.revokedAt,
    expires_at: record.expiresAt,
    models: null,
    resume: null,
    ...toSettingColumns(record),
  };
}

function toSettingColumns({ models, resume }: Partial<KeySettings>): Partial<Pick<ApiKeyRow, "models" | "resume">> {
  return {
    ...(models === undefined ? {} : { models: models === null ? null : JSON.stringify(models) }),
    ...(resume === undefined ? {} : { resume: resume === null ? null : Number(resume) }),
  };
}

function fromRow(row: ApiKeyRow): ApiKeyRecord {
  return {
    id: row.id,
    name: row.name,
    hash: row.hash,
    label: row.label,
    createdAt: Number(row.created_at),
    revokedAt: row.revoked_at === null ? null : Number(row.revoked_at),
    expiresAt: row.expires_at === null ? null : Number(row.expires_at),
    models: row.models === null ? null : (JSON.parse(row.models) as string[]),
    resume: row.resume === null ? null : Number(row.resume) === 1,
  };
}
