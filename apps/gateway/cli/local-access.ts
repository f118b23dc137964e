import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { ensureLocalKey, type LocalKey } from "../identity/local-key.ts";
import { keyPollMs } from "../storage/sqlite/watch-key-revision.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { withStorage, type CliContext } from "./cli-context.ts";

export function localKeyFile(dataDir: string): string {
  return join(dataDir, "local-key");
}

/** This machine's own key; after making one it waits until a running server knows it. */
export async function useLocalKey(context: CliContext, config: Config): Promise<LocalKey> {
  const local = await withStorage(context, config, (storage) =>
    ensureLocalKey(localKeyFile(context.dataDir), storage.keys),
  );
  if (local.created) await sleep(2 * keyPollMs + 50);
  return local;
}
