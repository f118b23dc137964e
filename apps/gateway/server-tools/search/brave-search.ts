import { fetchJson } from "./fetch-json.ts";
import { readResults, toObject } from "./read-results.ts";
import type { SearchProvider } from "./search-provider.ts";
import { restrictQuery } from "./restrict-domains.ts";

/** Brave Search API, https://api-dashboard.search.brave.com/app/documentation/web-search/get-started. */
export function createBraveSearch(apiKey: string, baseUrl = "https://api.search.brave.com"): SearchProvider {
  return {
    name: "brave",
    maxQueryLength: 400,
    async search(query, options) {
      const url = new URL(`${baseUrl.replace(/\/+$/, "")}/res/v1/web/search`);
      url.searchParams.set("q", restrictQuery(query, options, this.maxQueryLength));
      url.searchParams.set("count", String(Math.min(options.maxResults, 20)));
      url.searchParams.set("extra_snippets", "true");
      url.searchParams.set("text_decorations", "false");
      if (options.country !== undefined) url.searchParams.set("country", options.country.toUpperCase());
      const headers: Record<string, string> = { accept: "application/json", "x-subscription-token": apiKey };
      // Header values are plain text; a city that is not leaves the country to speak for itself.
      if (options.city !== undefined && /^[\x20-\x7e]+$/.test(options.city)) headers["x-loc-city"] = options.city;
      const answer = toObject(await fetchJson(url, { headers, signal: options.signal }));
      return readResults(
        toObject(answer.web).results,
        ({ description, extra_snippets: more, page_age: page, age }) => ({
          texts: [description, ...(Array.isArray(more) ? (more as unknown[]) : [])],
          age: age ?? page,
        }),
      );
    },
  };
}
