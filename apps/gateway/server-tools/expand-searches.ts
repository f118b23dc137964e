import type {
  ChatRequest,
  ContentPart,
  Message,
  ToolCallPart,
  ToolResultPart,
  ToolSearchPart,
  WebSearchPart,
} from "@onerouter/protocols";

type SearchPart = WebSearchPart | ToolSearchPart;

/**
 * Tells an upstream of the searches in a conversation in words that every upstream has: a call of a function and its result.
 * A turn of the model that the gateway's searches have interrupted becomes the calls it was made of, so that the request of
 * the next turn begins with the bytes of the latest call of this one.
 */
export function expandSearches(messages: readonly Message[], names: SearchNames): Message[] {
  return messages.some(hasSearch) ? messages.flatMap((message) => expandMessage(message, names)) : [...messages];
}

/** The functions that searches are shown as. */
export interface SearchNames {
  webSearch: string;
  toolSearch: string;
}

export function hasSearches(request: ChatRequest): boolean {
  return request.messages.some(hasSearch);
}

function hasSearch({ content }: Message): boolean {
  return content.some(isSearch);
}

function isSearch(part: ContentPart): part is SearchPart {
  return part.type === "web-search" || part.type === "tool-search";
}

function expandMessage(message: Message, names: SearchNames): Message[] {
  if (!hasSearch(message)) return [message];
  const expanded: Message[] = [];
  let turn: ContentPart[] = [];
  let searches: SearchPart[] = [];

  function endRound(): void {
    if (turn.length > 0) expanded.push({ ...message, content: turn });
    if (searches.length > 0) expanded.push({ role: "user", content: searches.map(resultOf) });
    turn = [];
    searches = [];
  }

  /**
   * The client's own calls end a turn. Those made together with searches stand before them, because the searches are shown
   * when they have been made; those behind a search were made in the light of it.
   */
  let isLast = false;
  for (const part of message.content) {
    if (isSearch(part)) {
      const before = searches.at(-1);
      if (!isLast && before !== undefined && roundOf(before) !== roundOf(part)) endRound();
      turn.push(callOf(part, names));
      searches.push(part);
    } else {
      if (searches.length > 0 && !isLast) endRound();
      isLast ||= part.type === "tool-call";
      turn.push(part);
    }
  }
  endRound();
  return expanded;
}

/** Ids of one round of calls differ behind the last `_` only, see nameSearch. */
function roundOf({ id }: SearchPart): string {
  return id.slice(0, id.lastIndexOf("_") + 1);
}

/** @param round how many rounds of searches this answer had before; @param number how many searches this round had */
export function nameSearch(answerId: string, round: number, number: number): string {
  return `${answerId}_${round}_${number}`;
}

export function callOf(part: SearchPart, names: SearchNames): ToolCallPart {
  return {
    type: "tool-call",
    id: part.id,
    name: part.type === "web-search" ? names.webSearch : names.toolSearch,
    arguments: JSON.stringify({ query: part.query }),
  };
}

export function resultOf(part: SearchPart): ToolResultPart {
  const result: ToolResultPart = { type: "tool-result", callId: part.id, content: [] };
  if (part.error !== undefined) {
    result.content.push({ type: "text", text: `The search failed: ${part.error}` });
    result.isError = true;
  } else if (part.type === "tool-search") {
    for (const name of part.tools) result.content.push({ type: "tool-reference", name });
    if (part.tools.length === 0) result.content.push({ type: "text", text: "No tool fits. Try other words." });
  } else result.content.push({ type: "text", text: describeResults(part) });
  return result;
}

function describeResults({ results }: WebSearchPart): string {
  if (results.length === 0) return "Nothing was found. Try other words.";
  return results
    .map(({ url, title, text, pageAge }, at) => {
      const age = pageAge === undefined ? "" : ` (${pageAge})`;
      return `[${at + 1}] ${title}${age}\n${url}${text === undefined ? "" : `\n${text}`}`;
    })
    .join("\n\n");
}
