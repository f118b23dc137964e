import { join, resolve } from "node:path";
import { defaultDatabaseUrl } from "../config/config-schema.ts";

/**
 * Where a database URL points. The rule, also in docs/configuration.md: the default, sqlite:./.onerouter/onerouter.db, means the file
 * onerouter.db in the data folder, wherever that is; any other relative path is taken from the folder given with `--data`,
 * else from the folder of the configuration file.
 */
export function locateDatabase(url: string, { dataDir, baseDir }: { dataDir: string; baseDir: string }): string {
  if (url === defaultDatabaseUrl) return `sqlite:${join(dataDir, "onerouter.db")}`;
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  return path === undefined || path === ":memory:" ? url : `sqlite:${resolve(baseDir, path)}`;
}
