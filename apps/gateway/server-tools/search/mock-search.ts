import { createHash } from "node:crypto";
import type { WebSearchResult } from "@onerouter/protocols";
import type { SearchProvider } from "./search-provider.ts";

/** Finds the same pages for the same words every time, without a network: for trying out and for tests. */
export function createMockSearch(): SearchProvider {
  return {
    name: "mock",
    maxQueryLength: 400,
    search: (query, { maxResults, allowedDomains }) => {
      const mark = createHash("sha256").update(query).digest("hex").slice(0, 8);
      const results: WebSearchResult[] = [];
      for (let number = 1; number <= Math.min(3, maxResults); number++) {
        const host = allowedDomains?.[(number - 1) % allowedDomains.length] ?? `site-${number}.example`;
        results.push({
          url: `https://${host}/${mark}/${number}`,
          title: `Page ${number} about ${query}`,
          text: `This page of the mock search says, as number ${number}, something about: ${query}.`,
          pageAge: number === 1 ? "1 day ago" : `${number} days ago`,
        });
      }
      return Promise.resolve(results);
    },
  };
}
