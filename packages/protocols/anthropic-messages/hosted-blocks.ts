import type { OpaquePart, ToolSearchPart, WebSearchPart, WebSearchResult } from "../model/content.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/*
 * What the gateway did for the model stands in a Messages answer as what Anthropic's own server tools did: a call and its
 * result, two blocks for one part of the hub. They come back with the history, and everything is read from them again, so
 * that nothing need be kept: the text of a page travels in `encrypted_content`, which clients hand back untouched
 * (https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool).
 */

/** Marks ids of ours: only the provider who made a call can read its results. */
const idMark = "srvtoolu_or1";
const textMark = "or1w.";

const searchNames = { regex: "tool_search_tool_regex", bm25: "tool_search_tool_bm25" } as const;

/** The two blocks of a search, the call first. */
export function encodeHostedPart(part: WebSearchPart | ToolSearchPart): [call: WireObject, result: WireObject] {
  const id = `${idMark}${part.id}`;
  const name = part.type === "web-search" ? "web_search" : searchNames[part.method ?? "bm25"];
  const call = { type: "server_tool_use", id, name, input: { query: part.query } };
  return [call, part.type === "web-search" ? encodeWebResult(part, id) : encodeToolResult(part, id)];
}

function encodeWebResult({ results, error }: WebSearchPart, id: string): WireObject {
  const content =
    error === undefined
      ? results.map(({ url, title, text, pageAge }) => ({
          type: "web_search_result",
          url,
          title,
          encrypted_content: textMark + Buffer.from(text ?? "", "utf8").toString("base64url"),
          page_age: pageAge ?? null,
        }))
      : { type: "web_search_tool_result_error", error_code: error };
  return { type: "web_search_tool_result", tool_use_id: id, content };
}

function encodeToolResult({ tools, error }: ToolSearchPart, id: string): WireObject {
  const content =
    error === undefined
      ? {
          type: "tool_search_tool_search_result",
          tool_references: tools.map((name) => ({ type: "tool_reference", tool_name: name })),
        }
      : { type: "tool_search_tool_result_error", error_code: error };
  return { type: "tool_search_tool_result", tool_use_id: id, content };
}

/**
 * Reads the pair again: `call` has just been seen and `result` follows it. Undefined for a pair that Anthropic itself has
 * made, which only it can read.
 */
export function decodeHostedPair(call: OpaquePart, result: OpaquePart): WebSearchPart | ToolSearchPart | undefined {
  const { id, input, name } = call.value;
  if (call.value.type !== "server_tool_use" || typeof id !== "string" || !id.startsWith(idMark)) return undefined;
  if (result.value.tool_use_id !== id) return undefined;
  const { content } = result.value;
  const error = isObject(content) && typeof content.error_code === "string" ? { error: content.error_code } : {};
  const query = isObject(input) && typeof input.query === "string" ? input.query : "";
  const ours = id.slice(idMark.length);
  if (result.value.type === "web_search_tool_result") {
    const results = Array.isArray(content) ? content.map(decodeResult) : [];
    return { type: "web-search", id: ours, query, results, ...error };
  }
  if (result.value.type !== "tool_search_tool_result") return undefined;
  const references: unknown[] =
    isObject(content) && Array.isArray(content.tool_references) ? content.tool_references : [];
  const tools = references.flatMap((one) =>
    isObject(one) && typeof one.tool_name === "string" ? [one.tool_name] : [],
  );
  const method = name === searchNames.regex ? "regex" : "bm25";
  return { type: "tool-search", id: ours, query, method, tools, ...error };
}

function decodeResult(value: unknown): WebSearchResult {
  const { url, title, encrypted_content: sealed, page_age: pageAge } = isObject(value) ? value : {};
  const result: WebSearchResult = {
    url: typeof url === "string" ? url : "",
    title: typeof title === "string" ? title : "",
  };
  if (typeof sealed === "string" && sealed.startsWith(textMark)) {
    const text = Buffer.from(sealed.slice(textMark.length), "base64url").toString("utf8");
    if (text !== "") result.text = text;
  }
  if (typeof pageAge === "string") result.pageAge = pageAge;
  return result;
}
