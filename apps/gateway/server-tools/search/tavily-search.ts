import { fetchJson } from "./fetch-json.ts";
import { readResults, toObject } from "./read-results.ts";
import type { SearchProvider } from "./search-provider.ts";

/** Tavily Search, https://docs.tavily.com/documentation/api-reference/endpoint/search. */
export function createTavilySearch(apiKey: string, baseUrl = "https://api.tavily.com"): SearchProvider {
  return {
    name: "tavily",
    maxQueryLength: 400,
    async search(query, { maxResults, allowedDomains, blockedDomains, country, signal }) {
      const body = JSON.stringify({
        query,
        max_results: Math.min(maxResults, 20),
        ...(allowedDomains === undefined ? {} : { include_domains: allowedDomains.map(hostOf) }),
        ...(blockedDomains === undefined ? {} : { exclude_domains: blockedDomains.filter(isHost) }),
        ...(country === undefined ? {} : { country: countryName(country) }),
      });
      const headers = { "content-type": "application/json", authorization: `Bearer ${apiKey}` };
      const url = new URL(`${baseUrl.replace(/\/+$/, "")}/search`);
      const answer = toObject(await fetchJson(url, { method: "POST", headers, body, signal }));
      return readResults(answer.results, ({ content, published_date: age }) => ({ texts: [content], age }));
    },
  };
}

function hostOf(domain: string): string {
  return domain.split("/")[0] ?? domain;
}

function isHost(domain: string): boolean {
  return !domain.includes("/");
}

/** Tavily wants English names in small letters. */
function countryName(code: string): string {
  return (
    new Intl.DisplayNames("en", { type: "region", fallback: "code" }).of(code.toUpperCase()) ?? code
  ).toLowerCase();
}
