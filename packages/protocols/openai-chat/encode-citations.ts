import type { WebSearchPart } from "../model/content.ts";
import type { WireObject } from "../wire/json-object.ts";

/**
 * What a search found, as the `annotations` of OpenAI and OpenRouter
 * (https://openrouter.ai/docs/guides/features/plugins/web-search). Which words of the answer rest on which page nobody knows.
 */
export function encodeCitations({ results }: WebSearchPart): WireObject[] {
  return results.map(({ url, title, text }) => ({
    type: "url_citation",
    url_citation: { url, title, start_index: 0, end_index: 0, ...(text === undefined ? {} : { content: text }) },
  }));
}
