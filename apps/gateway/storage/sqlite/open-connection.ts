import { chmodSync, closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** How long a write waits for another process's write. */
const busyTimeoutMs = 10_000;
/** How long until a lock that is not waited for is tried again. */
const retryMs = 10;

/**
 * Opens a database file as OneRouter wants it: private to its owner, write-ahead log, and every commit on the disk
 * before it is acknowledged.
 */
export function openConnection(file: string): DatabaseSync {
  if (file !== ":memory:") makePrivate(file);
  const connection = new DatabaseSync(file, { timeout: busyTimeoutMs });
  logAhead(connection);
  connection.exec("pragma synchronous = full; pragma foreign_keys = on");
  return connection;
}

/**
 * The switch wants the file for itself. SQLite does not wait for that where others are about to switch, too, since they
 * could wait for each other: it says at once that the database is locked.
 */
function logAhead(connection: DatabaseSync): void {
  const until = Date.now() + busyTimeoutMs;
  for (;;) {
    try {
      connection.exec("pragma journal_mode = wal");
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() > until) throw error;
      // Nobody wakes it: it waits out its time.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs);
    }
  }
}

/** SQLITE_BUSY with its extensions, https://www.sqlite.org/rescode.html. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === 5;
}

/** SQLite gives the log files the mode of the database file, so it has to be right before SQLite opens it. */
function makePrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, "a", 0o600));
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
}
