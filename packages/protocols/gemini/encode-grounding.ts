import type { WebSearchPart } from "../model/content.ts";
import type { WireObject } from "../wire/json-object.ts";

/**
 * Writes the searches that were made for the model as `groundingMetadata`
 * (https://ai.google.dev/gemini-api/docs/google-search): what was asked, and the pages that were found.
 * @returns undefined when none was made
 */
export function encodeGrounding(searches: readonly WebSearchPart[]): WireObject | undefined {
  if (searches.length === 0) return undefined;
  const seen = new Set<string>();
  const groundingChunks: WireObject[] = [];
  for (const { results } of searches) {
    for (const { url, title } of results) {
      if (seen.has(url)) continue;
      seen.add(url);
      groundingChunks.push({ web: { uri: url, title } });
    }
  }
  return { webSearchQueries: searches.map((search) => search.query), groundingChunks, groundingSupports: [] };
}
