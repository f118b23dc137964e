import { fetchJson } from "./fetch-json.ts";
import { readResults, toObject } from "./read-results.ts";
import { restrictQuery } from "./restrict-domains.ts";
import type { SearchProvider } from "./search-provider.ts";

/**
 * An instance of SearXNG (https://docs.searxng.org/dev/search_api.html), the operator's own: it needs no key. `json` must
 * be among `search.formats` of its settings.
 */
export function createSearxngSearch(baseUrl: string, apiKey?: string): SearchProvider {
  return {
    name: "searxng",
    maxQueryLength: 1_000,
    async search(query, options) {
      const url = new URL(`${baseUrl.replace(/\/+$/, "")}/search`);
      url.searchParams.set("q", restrictQuery(query, options, this.maxQueryLength));
      url.searchParams.set("format", "json");
      const headers: Record<string, string> = { accept: "application/json" };
      // For an instance behind a proxy that asks for one.
      if (apiKey !== undefined) headers.authorization = `Bearer ${apiKey}`;
      const answer = toObject(await fetchJson(url, { headers, signal: options.signal }));
      return readResults(answer.results, ({ content, publishedDate: age }) => ({ texts: [content], age }));
    },
  };
}
