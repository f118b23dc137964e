import { resolve } from "node:path";
import { connectWorker } from "./connect-worker.ts";
import { toGenerationValues } from "./generation-values.ts";
import { StorageError, type Storage } from "./storage.ts";

export interface StorageOptions {
  /** `sqlite:PATH`. */
  url: string;
  /** What a relative path is relative to. */
  baseDir: string;
}

/**
 * Opens the database, creating and migrating it as needed. Several processes may have it open at once.
 *
 *     const storage = await openStorage({ url: "sqlite:./.onerouter/onerouter.db", baseDir: process.cwd() });
 *
 * @throws StorageError
 */
export async function openStorage({ url, baseDir }: StorageOptions): Promise<Storage> {
  const link = await connectWorker(databaseFile(url, baseDir));
  let watching: Promise<void> | undefined;
  return {
    keys: {
      insert: (record) => link.call("insertKey", record),
      list: () => link.call("listKeys"),
      revoke: (idOrName, at) => link.call("revokeKey", idOrName, at),
      update: (idOrName, settings) => link.call("updateKeys", idOrName, settings),
      onChange(listener) {
        // A database that cannot be watched will not answer the next call either, and that one is reported.
        watching ??= link.call("watchKeys").catch(() => {});
        return link.onKeysChanged(listener);
      },
    },
    generations: {
      append: (records) => link.call("appendGenerations", records.map(toGenerationValues)),
      find: (id) => link.call("findGeneration", id),
    },
    settings: { getOrCreate: (name, value) => link.call("getOrCreateSetting", name, value) },
    close: () => link.close(),
  };
}

/** The file of a `sqlite:` URL. @throws StorageError for any other URL. */
export function databaseFile(url: string, baseDir: string): string {
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path === undefined) throw new StorageError("the database URL must be sqlite:PATH");
  return path === ":memory:" ? path : resolve(baseDir, path);
}
