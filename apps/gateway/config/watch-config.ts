import { readFileSync, unwatchFile, watch, watchFile, type FSWatcher } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { Config } from "./config.ts";
import type { Environment } from "./expand-variables.ts";
import { parseConfig, readConfigFile, type LoadOptions } from "./load-config.ts";

/** Long enough for an editor to finish writing, short enough to feel immediate. */
const debounceMs = 100;
/** Finds what events miss: a file behind a symbolic link elsewhere, network file systems, exhausted inotify watches. */
const pollMs = 2000;

/**
 * Calls `onConfig` with every new, valid configuration the file comes to hold, and `onError` when it cannot be used; the
 * caller then keeps what it has. Start it right after loadConfig: what the file holds at this moment counts as known.
 *
 * The folder is watched, not the file: editors and ConfigMap mounts replace the file, and a watch on it would follow the
 * old one. The text is compared, so that a touched but unchanged file stays silent.
 *
 * @returns stop.
 */
export function watchConfig(
  file: string,
  env: Environment,
  onConfig: (config: Config) => void,
  onError: (error: unknown) => void,
  options: LoadOptions = {},
): () => void {
  const path = resolve(file);
  let known = readNow(path);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let checking: Promise<void> = Promise.resolve();

  const check = async (): Promise<void> => {
    const current = await readConfigFile(path).catch((error: unknown) => ({ error }));
    if (stopped || current === known) return;
    if (typeof current !== "string") {
      // Said once, not at every event in the folder.
      if (known !== undefined) onError(current.error);
      known = undefined;
      return;
    }
    known = current;
    let config: Config;
    try {
      config = parseConfig(file, current, env, options);
    } catch (error) {
      return onError(error);
    }
    onConfig(config);
  };
  const checkSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      checking = checking.then(check);
    }, debounceMs).unref();
  };

  const watcher = watchFolder(path, checkSoon);
  watchFile(path, { interval: pollMs, persistent: false }, checkSoon);
  return () => {
    stopped = true;
    clearTimeout(timer);
    watcher?.close();
    unwatchFile(path, checkSoon);
  };
}

function readNow(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Undefined where the system cannot watch; then the poll alone has to do. */
function watchFolder(path: string, onEvent: () => void): FSWatcher | undefined {
  // `..data` is the link that a ConfigMap mount swaps; some systems report no name at all.
  const names = new Set([basename(path), "..data", null]);
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (names.has(name)) onEvent();
    });
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
