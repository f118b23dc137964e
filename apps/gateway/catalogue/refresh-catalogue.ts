import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { checkRefresh, type CatalogueData, type Refresh } from "@onerouter/catalog";
import { fetchCatalogueFile } from "./fetch-catalogue-file.ts";
import type { KnownModels } from "./known-models.ts";
import { refreshedFile } from "./read-catalogue.ts";

export const modelsDevUrl = "https://models.dev/api.json";

export interface RefreshWishes {
  /** http(s) address or path of a file of models.dev's form. */
  from: string;
  dataDir: string;
  known: KnownModels;
  /** Unix milliseconds. */
  now: number;
  force?: boolean;
  /** Longest wait for the whole file, in milliseconds; default a minute. */
  timeoutMs?: number;
}

/**
 * Fetches the file, checks it, and puts what it brings beside the database in one step: whoever reads there finds the old
 * state or the new one, whole.
 *
 * @throws RefreshError if the file is not to be trusted; then everything is as it was.
 */
export async function refreshCatalogue({ from, dataDir, known, now, ...options }: RefreshWishes): Promise<Refresh> {
  const file = await fetchCatalogueFile(from, options.timeoutMs);
  // Another process may have refreshed since.
  known.reread();
  const today = new Date(now).toISOString().slice(0, 10);
  const refresh = checkRefresh(file, known.current(), known.refreshed(), { today, force: options.force });
  await writeWhole(refreshedFile(dataDir), refresh.catalogue);
  known.reread();
  return refresh;
}

async function writeWhole(path: string, catalogue: CatalogueData): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const half = `${path}.${process.pid}.part`;
  try {
    const file = await open(half, "w", 0o600);
    try {
      await file.writeFile(JSON.stringify(catalogue));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(half, path);
  } finally {
    await rm(half, { force: true });
  }
}
