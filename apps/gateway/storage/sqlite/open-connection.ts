import { chmodSync, closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** How long a write waits for another process's write. */
const busyTimeoutMs = 10_000;

/**
 * Opens a database file as OneRouter wants it: private to its owner, write-ahead log, and every commit on the disk
 * before it is acknowledged.
 */
export function openConnection(file: string): DatabaseSync {
  if (file !== ":memory:") makePrivate(file);
  const connection = new DatabaseSync(file, { timeout: busyTimeoutMs });
  connection.exec("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on");
  return connection;
}

/** SQLite gives the log files the mode of the database file, so it has to be right before SQLite opens it. */
function makePrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, "a", 0o600));
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
}
