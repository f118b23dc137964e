import type { ToolSearchPart, WebSearchPart } from "../model/content.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/*
 * What the gateway did for the model stands in an answer as what OpenAI's own hosted tools did, and comes back with the
 * history. An item has no place for the text of the pages that were found: the model has read it when it answered.
 */

/** Marks ids of ours: what OpenAI itself has searched stays in its own words. */
const webMark = "ws_or1";
const toolMark = "tsc_or1";
const outputMark = "tso_or1";

/** The item of a web search. */
export function encodeWebSearch({ id, query, results, error }: WebSearchPart): WireObject {
  const sources = results.map(({ url }) => ({ type: "url", url }));
  return {
    type: "web_search_call",
    id: webMark + id,
    status: error === undefined ? "completed" : "failed",
    action: { type: "search", query, queries: [query], sources },
  };
}

/** The items of a search for tools: the call and what it found. */
export function encodeToolSearch(part: ToolSearchPart): [call: WireObject, output: WireObject] {
  const { id, query, tools } = part;
  const common = { call_id: null, execution: "server", status: "completed" };
  return [
    { type: "tool_search_call", id: toolMark + id, ...common, arguments: { query } },
    {
      type: "tool_search_output",
      id: outputMark + id,
      ...common,
      // The definitions are in the request; only their names are news.
      tools: tools.map((name) => ({ type: "function", name, strict: null, parameters: null, defer_loading: true })),
    },
  ];
}

/** Reads a search of ours; that for tools has its result in the item after it. */
export function decodeSearchItem(item: WireObject, next: unknown): WebSearchPart | ToolSearchPart | undefined {
  const { id } = item;
  if (typeof id !== "string") return undefined;
  if (item.type === "web_search_call" && id.startsWith(webMark)) {
    const action = isObject(item.action) ? item.action : {};
    const sources: unknown[] = Array.isArray(action.sources) ? action.sources : [];
    const results = sources.flatMap((source) =>
      isObject(source) && typeof source.url === "string" ? [{ url: source.url, title: "" }] : [],
    );
    const part: WebSearchPart = { type: "web-search", id: id.slice(webMark.length), query: readQuery(action), results };
    if (item.status === "failed") part.error = "unavailable";
    return part;
  }
  if (item.type !== "tool_search_call" || !id.startsWith(toolMark)) return undefined;
  const ours = id.slice(toolMark.length);
  if (!isObject(next) || next.type !== "tool_search_output" || next.id !== outputMark + ours) return undefined;
  const found: unknown[] = Array.isArray(next.tools) ? next.tools : [];
  const tools = found.flatMap((tool) => (isObject(tool) && typeof tool.name === "string" ? [tool.name] : []));
  const query = readQuery(isObject(item.arguments) ? item.arguments : {});
  return { type: "tool-search", id: ours, query, tools };
}

function readQuery({ query }: WireObject): string {
  return typeof query === "string" ? query : "";
}
