import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readOffers, type CatalogueData } from "@onerouter/catalog";

/** What refreshes have brought, beside the database. */
export function refreshedFile(dataDir: string): string {
  return join(dataDir, "catalogue.json");
}

/** The data that came with this version: beside the bundle, or in its package when run from source. */
export function readShippedCatalogue(): CatalogueData {
  const place = import.meta.url.endsWith(".ts") ? "../../../packages/catalog/data/offers.json" : "./offers.json";
  return JSON.parse(readFileSync(new URL(place, import.meta.url), "utf8")) as CatalogueData;
}

/**
 * What earlier refreshes brought; undefined where there was none. A file that is broken counts as none: prices that came with
 * this version are better than no gateway.
 */
export function readRefreshedCatalogue(dataDir: string): CatalogueData | undefined {
  try {
    const file: unknown = JSON.parse(readFileSync(refreshedFile(dataDir), "utf8"));
    if (typeof file !== "object" || file === null || !("date" in file) || typeof file.date !== "string")
      return undefined;
    return { date: file.date, providers: readOffers(file, []).providers };
  } catch {
    return undefined;
  }
}
