import { hash } from "node:crypto";
import type { SearchPart, Source, TurnPart } from "../agent/conversation.ts";
import { invalidRequest } from "../answer.ts";
import { asArray, asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";

/** The two blocks of a search that Anthropic itself runs (docs.claude.com/en/docs/agents-and-tools/tool-use/web-search-tool). */
export function writeSearchBlocks(part: SearchPart, id: string, seed: string): [call: JsonObject, result: JsonObject] {
  const results = part.sources.map((source) => ({
    type: "web_search_result",
    url: source.url,
    title: source.title,
    encrypted_content: sealResult(seed, source),
    page_age: null,
  }));
  return [
    { type: "server_tool_use", id, name: "web_search", input: { query: part.text } },
    { type: "web_search_tool_result", tool_use_id: id, content: results },
  ];
}

/** The citations of a text behind a search: one, for its first source. */
export function citationsOf(before: TurnPart | undefined, seed: string): JsonObject[] {
  const [source] = before?.type === "search" ? before.sources : [];
  if (!source) return [];
  return [
    {
      type: "web_search_result_location",
      url: source.url,
      title: source.title,
      encrypted_index: sealResult(seed, source),
      cited_text: source.text,
    },
  ];
}

/** Searches in the history: each call has its results right behind it, and those are ours. */
export function checkSearches(blocks: JsonObject[], path: string, seed: string): void {
  for (const [at, block] of blocks.entries()) {
    const next = blocks[at + 1];
    if (block.type === "server_tool_use" && block.name === "web_search" && next?.tool_use_id !== block.id) {
      throw invalidRequest(
        `${path}: \`web_search\` tool use with id \`${String(block.id)}\` was found without a corresponding \`web_search_tool_result\` block`,
      );
    }
    if (block.type !== "web_search_tool_result") continue;
    for (const raw of asArray(block.content)) {
      const { url, title, encrypted_content: sealed } = asObject(raw);
      if (sealed === sealResult(seed, { url: String(url), title: String(title) })) continue;
      throw invalidRequest(`${path}.content.${at}: Invalid \`encrypted_content\` in \`search_result\` block`);
    }
  }
}

function sealResult(seed: string, { url, title }: Pick<Source, "url" | "title">): string {
  return hash("sha256", JSON.stringify([seed, "search", url, title]), "base64");
}
