import { createBraveSearch } from "./brave-search.ts";
import { createMockSearch } from "./mock-search.ts";
import type { SearchProvider } from "./search-provider.ts";
import { createSearxngSearch } from "./searxng-search.ts";
import { createTavilySearch } from "./tavily-search.ts";

/** The services that can search; a new one is a file beside these and a line here. */
export const searchProviderNames = ["brave", "tavily", "searxng", "mock"] as const;

export interface SearchAccess {
  provider: (typeof searchProviderNames)[number];
  api_key?: string;
  base_url?: string;
}

/** What a service needs that the configuration does not state; undefined if nothing is missing. */
export function missingAccess({ provider, api_key, base_url }: SearchAccess): "api_key" | "base_url" | undefined {
  if ((provider === "brave" || provider === "tavily") && api_key === undefined) return "api_key";
  return provider === "searxng" && base_url === undefined ? "base_url" : undefined;
}

export function createSearchProvider({ provider, api_key: key, base_url: address }: SearchAccess): SearchProvider {
  switch (provider) {
    case "brave":
      return createBraveSearch(key ?? "", address);
    case "tavily":
      return createTavilySearch(key ?? "", address);
    case "searxng":
      return createSearxngSearch(address ?? "", key);
    case "mock":
      return createMockSearch();
  }
}
