import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { Kysely, SqliteDialect } from "kysely";
import type { DatabaseSchema } from "./database-schema.ts";
import { createGenerationAppender, findGeneration } from "./generation-rows.ts";
import { insertKey, listKeys, revokeKey, updateKeys } from "./key-rows.ts";
import { migrate } from "./migrate.ts";
import { getOrCreateSetting } from "./setting-rows.ts";
import { createSqliteDatabase } from "./sqlite/node-sqlite-database.ts";
import { openConnection } from "./sqlite/open-connection.ts";
import { watchKeyRevision } from "./sqlite/watch-key-revision.ts";
import type { StorageCalls, StorageReply, StorageRequest } from "./storage-calls.ts";

/*
 * The storage thread. SQLite is synchronous and waits for the disk, so it never runs where answers are relayed.
 * This is the one module that works at import time: it is the thread's main program.
 */

async function openCalls(file: string, onKeysChanged: () => void): Promise<StorageCalls> {
  const connection = openConnection(file);
  const db = new Kysely<DatabaseSchema>({ dialect: new SqliteDialect({ database: createSqliteDatabase(connection) }) });
  await migrate(db);
  let watch: Awaited<ReturnType<typeof watchKeyRevision>> | undefined;
  return {
    async insertKey(record) {
      await insertKey(db, record);
      await watch?.check();
    },
    listKeys: () => listKeys(db),
    async revokeKey(idOrName, at) {
      const found = await revokeKey(db, idOrName, at);
      await watch?.check();
      return found;
    },
    async updateKeys(idOrName, settings) {
      const updated = await updateKeys(db, idOrName, settings);
      await watch?.check();
      return updated;
    },
    async watchKeys() {
      watch ??= await watchKeyRevision(connection, db, onKeysChanged);
    },
    appendGenerations: createGenerationAppender(db),
    findGeneration: (id) => findGeneration(db, id),
    getOrCreateSetting: (name, value) => getOrCreateSetting(db, name, value),
    async close() {
      watch?.stop();
      await db.destroy();
    },
  };
}

/** One call after the other: there is one connection, and a transaction must not have another's writes inside. */
async function serve(port: MessagePort, file: string): Promise<void> {
  const send = (reply: StorageReply): void => port.postMessage(reply);
  const calls = await openCalls(file, () => send({ type: "keys-changed" }));
  let queue = Promise.resolve();
  port.on("message", (request: StorageRequest) => {
    queue = queue.then(async () => {
      send(await answer(calls, request));
      if (request.call === "close") port.close();
    });
  });
  send({ type: "opened" });
}

async function answer(calls: StorageCalls, request: StorageRequest): Promise<StorageReply> {
  const call = calls[request.call] as (...values: readonly unknown[]) => Promise<unknown>;
  try {
    return { type: "result", id: request.id, value: await call(...request.arguments) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    return { type: "failure", id: request.id, message: error instanceof Error ? error.message : String(error), code };
  }
}

if (parentPort !== null) await serve(parentPort, (workerData as { file: string }).file);
