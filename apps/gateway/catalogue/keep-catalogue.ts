import { statSync } from "node:fs";
import type { Config } from "../config/config.ts";
import type { KnownModels } from "./known-models.ts";
import { refreshedFile } from "./read-catalogue.ts";
import { refreshCatalogue } from "./refresh-catalogue.ts";

export interface KeepCatalogueOptions {
  dataDir: string;
  known: KnownModels;
  now(): number;
  /** What is known has changed. */
  onChange(): void;
  /** For the operator: a refresh failed, or left something as it was. */
  warn(message: string): void;
}

/** Keeps a running gateway's catalogue up to date. */
export interface CatalogueKeeper {
  /** Takes up when and from where to refresh. */
  schedule(settings: Config["catalogue"]): void;
  stop(): void;
}

/** Looking is one call to the system; events would miss files on network drives. */
const pollMs = 2000;
const oneHourMs = 3_600_000;

/** Takes up what `onerouter models refresh` writes, and refreshes by itself where the configuration says so. */
export function keepCatalogue({ dataDir, known, now, onChange, warn }: KeepCatalogueOptions): CatalogueKeeper {
  const path = refreshedFile(dataDir);
  let timer: NodeJS.Timeout | undefined;
  let scheduled = "";
  let stopped = false;

  let seen = markOf(path);

  const look = (): void => {
    const mark = markOf(path);
    if (mark === seen) return;
    seen = mark;
    known.reread();
    onChange();
  };
  const poll = setInterval(look, pollMs).unref();

  async function refresh(settings: Config["catalogue"]): Promise<void> {
    let next = settings.refresh_hours * oneHourMs;
    try {
      const { jumps } = await refreshCatalogue({ from: settings.refresh_url ?? "", dataDir, known, now: now() });
      if (jumps.length > 0) {
        const names = new Set(jumps.map(({ provider, upstreamId }) => `${provider} ${upstreamId}`));
        warn(`the catalogue was refreshed but for prices that jumped: ${[...names].slice(0, 10).join(", ")}`);
      }
    } catch (error) {
      // Sooner than usual: what failed is most often the network.
      next = Math.min(next, oneHourMs);
      warn(`the catalogue stays as it was: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (stopped) return;
    look();
    if (scheduled === keyOf(settings)) wait(next, settings);
  }

  function wait(ms: number, settings: Config["catalogue"]): void {
    // Longer than a timer can wait is waited for in parts.
    const part = Math.min(ms, 2 ** 31 - 1);
    timer = setTimeout(() => (ms > part ? wait(ms - part, settings) : void refresh(settings)), part).unref();
  }

  return {
    schedule(settings) {
      if (keyOf(settings) === scheduled) return;
      scheduled = keyOf(settings);
      clearTimeout(timer);
      if (settings.refresh_url === undefined) return;
      const due = lastChange(path) + settings.refresh_hours * oneHourMs;
      wait(Math.max(0, due - now()), settings);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      clearInterval(poll);
    },
  };
}

function keyOf({ refresh_url: url, refresh_hours: hours }: Config["catalogue"]): string {
  return url === undefined ? "" : `${hours} ${url}`;
}

/** Another state of the file has another mark: it is never changed, only replaced. */
function markOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
}

/** Unix milliseconds; 0 for a file that is not there. */
function lastChange(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
