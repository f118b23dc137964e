import { mergeCatalogues, type CatalogueData } from "@onerouter/catalog";
import { readRefreshedCatalogue, readShippedCatalogue } from "./read-catalogue.ts";

/** What is known of providers and their models: read when it is first asked for, then kept. */
export interface KnownModels {
  current(): CatalogueData;
  /** What refreshes have brought so far. */
  refreshed(): CatalogueData | undefined;
  /** The file has changed. */
  reread(): void;
}

/** @param dataDir where refreshes are kept; undefined: only what came with this version is known */
export function createKnownModels(dataDir?: string): KnownModels {
  let kept: { current: CatalogueData; refreshed: CatalogueData | undefined } | undefined;
  function read(): typeof kept & {} {
    const shipped = readShippedCatalogue();
    const refreshed = dataDir === undefined ? undefined : readRefreshedCatalogue(dataDir);
    return { refreshed, current: refreshed === undefined ? shipped : mergeCatalogues(shipped, refreshed) };
  }
  return {
    current: () => (kept ??= read()).current,
    refreshed: () => (kept ??= read()).refreshed,
    reread: () => (kept = undefined),
  };
}
