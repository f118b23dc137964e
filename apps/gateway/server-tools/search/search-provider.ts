import type { WebSearchResult } from "@onerouter/protocols";

/** What one search asks for beside its words. */
export interface SearchOptions {
  maxResults: number;
  /** Hosts, perhaps with a path: `example.com`, `docs.example.com/guide`. Subdomains belong to them. */
  allowedDomains?: readonly string[];
  blockedDomains?: readonly string[];
  /** Two letters, ISO 3166-1. */
  country?: string;
  city?: string;
  signal: AbortSignal;
}

/** A service that searches the web. */
export interface SearchProvider {
  readonly name: string;
  /** Longest query taken, in characters. */
  readonly maxQueryLength: number;
  /** @throws SearchError */
  search(query: string, options: SearchOptions): Promise<WebSearchResult[]>;
}

/**
 * Why there are no results, in the words of Anthropic's web search
 * (https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool#errors), which the other protocols have
 * no words of their own for.
 */
export type SearchErrorCode =
  | "too_many_requests"
  | "invalid_tool_input"
  | "max_uses_exceeded"
  | "query_too_long"
  | "unavailable";

/** Its message is for the operator's log; it quotes neither the query nor the answer. */
export class SearchError extends Error {
  override readonly name = "SearchError";
  readonly code: SearchErrorCode;

  constructor(code: SearchErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
