import type { HostedService, WebSearchPart, WebSearchResult } from "@onerouter/protocols";
import { filterResults } from "./restrict-domains.ts";
import { SearchError, type SearchErrorCode, type SearchOptions, type SearchProvider } from "./search-provider.ts";

export type WebSearchService = Extract<HostedService, { type: "web-search" }>;

/** The search provider of a configuration, with its limits. */
export interface WebSearch {
  provider: SearchProvider;
  maxResults: number;
  timeoutMs: number;
}

/** What came of a search. Never throws: a search that failed is told to the model, which goes on without. */
export type SearchOutcome = Pick<WebSearchPart, "results" | "error"> & {
  /** For the operator: why it failed. */
  problem?: string;
};

/** @param signal the client went away */
export async function searchWeb(
  { provider, maxResults, timeoutMs }: WebSearch,
  query: string,
  service: WebSearchService,
  signal: AbortSignal,
): Promise<SearchOutcome> {
  const words = query.trim();
  if (words === "") return failed("invalid_tool_input", "the query is empty");
  if (words.length > provider.maxQueryLength) return failed("query_too_long", "the query is too long");
  const { allowedDomains, blockedDomains, userLocation } = service;
  const options: SearchOptions = {
    maxResults,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    ...(allowedDomains === undefined ? {} : { allowedDomains }),
    ...(blockedDomains === undefined ? {} : { blockedDomains }),
    ...(isCountry(userLocation?.country) ? { country: userLocation.country } : {}),
    ...(typeof userLocation?.city === "string" ? { city: userLocation.city } : {}),
  };
  let results: WebSearchResult[];
  try {
    results = await provider.search(words, options);
  } catch (error) {
    if (!(error instanceof SearchError)) throw error;
    return failed(error.code, `${provider.name}: ${error.message}`);
  }
  return { results: filterResults(results, options).slice(0, maxResults) };
}

function failed(code: SearchErrorCode, problem: string): SearchOutcome {
  return { results: [], error: code, problem };
}

function isCountry(value: unknown): value is string {
  return typeof value === "string" && /^[a-z]{2}$/i.test(value);
}
