import { sql, type Kysely } from "kysely";
import type { DatabaseSchema } from "./database-schema.ts";

type MigrationTable = { migrations: { position: number | bigint; name: string } };
type MigrationSchema = DatabaseSchema & MigrationTable;

interface Migration {
  name: string;
  up(db: Kysely<MigrationSchema>): Promise<void>;
}

/** In order, append only: a database remembers how many of them it has seen. */
const migrations: readonly Migration[] = [
  { name: "first-tables", up: createFirstTables },
  { name: "route-plans", up: addRoutePlans },
  { name: "key-settings", up: addKeySettings },
];

/**
 * Brings a database to the newest schema, all in one transaction, so that a second process opening the same new file
 * waits and then finds nothing to do.
 *
 * @throws Error for a database that a newer OneRouter has already migrated further.
 */
export async function migrate(db: Kysely<DatabaseSchema>): Promise<void> {
  await db
    .withTables<MigrationTable>()
    .transaction()
    .execute(async (trx) => {
      await trx.schema
        .createTable("migrations")
        .ifNotExists()
        .addColumn("position", "integer", (column) => column.primaryKey())
        .addColumn("name", "text", (column) => column.notNull())
        .execute();
      const done = await trx.selectFrom("migrations").select("name").orderBy("position").execute();
      const unknown = done.find(({ name }, position) => migrations[position]?.name !== name);
      if (unknown !== undefined) {
        throw new Error(`the database was made by another version of OneRouter (migration ${unknown.name})`);
      }
      for (const [position, migration] of migrations.entries()) {
        if (position < done.length) continue;
        await migration.up(trx);
        await trx.insertInto("migrations").values({ position, name: migration.name }).execute();
      }
    });
}

async function createFirstTables(db: Kysely<MigrationSchema>): Promise<void> {
  await db.schema
    .createTable("api_keys")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("hash", "text", (column) => column.notNull().unique())
    .addColumn("label", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("revoked_at", "bigint")
    .addColumn("expires_at", "bigint")
    .execute();

  await db.schema
    .createTable("generations")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("key_id", "text", (column) => column.notNull())
    .addColumn("session_id", "text")
    .addColumn("client_protocol", "text", (column) => column.notNull())
    .addColumn("upstream_protocol", "text")
    .addColumn("requested_model", "text", (column) => column.notNull())
    .addColumn("model", "text")
    .addColumn("provider", "text")
    .addColumn("upstream_model", "text")
    .addColumn("streamed", "smallint", (column) => column.notNull())
    .addColumn("express_lane", "smallint", (column) => column.notNull())
    .addColumn("status", "integer", (column) => column.notNull())
    .addColumn("error_code", "text")
    .addColumn("aborted", "smallint", (column) => column.notNull())
    .addColumn("finish_reason", "text")
    .addColumn("input_tokens", "bigint", (column) => column.notNull())
    .addColumn("cache_read_tokens", "bigint", (column) => column.notNull())
    .addColumn("cache_write_tokens", "bigint", (column) => column.notNull())
    .addColumn("cache_write_1h_tokens", "bigint", (column) => column.notNull())
    .addColumn("output_tokens", "bigint", (column) => column.notNull())
    .addColumn("reasoning_tokens", "bigint", (column) => column.notNull())
    .addColumn("usage_source", "text", (column) => column.notNull())
    .addColumn("cost_picodollars", "bigint")
    .addColumn("ttft_ms", "double precision")
    .addColumn("duration_ms", "double precision", (column) => column.notNull())
    .addColumn("attempts", "text", (column) => column.notNull())
    .addColumn("receipt", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("generations_created_at").on("generations").column("created_at").execute();

  await db.schema
    .createTable("settings")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("value", "text", (column) => column.notNull())
    .execute();

  // Counts writes by topic: cheaper to look at than the tables, and the same from every process.
  await db.schema
    .createTable("revisions")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("value", "bigint", (column) => column.notNull())
    .execute();
  await db
    .insertInto("revisions")
    .values({ name: "api_keys", value: sql<number>`0` })
    .execute();
}

async function addRoutePlans(db: Kysely<MigrationSchema>): Promise<void> {
  await db.schema.alterTable("generations").addColumn("plan", "text").execute();
}

async function addKeySettings(db: Kysely<MigrationSchema>): Promise<void> {
  // SQLite adds one column at a time.
  await db.schema.alterTable("api_keys").addColumn("models", "text").execute();
  await db.schema.alterTable("api_keys").addColumn("resume", "smallint").execute();
}
