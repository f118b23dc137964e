import type { ToolSearchPart, WebSearchPart } from "@onerouter/protocols";
import { nameSearch } from "./expand-searches.ts";
import { searchWeb } from "./search/web-search.ts";
import type { ServerTool } from "./server-tool.ts";
import { readQuery, type OwnCall } from "./server-tool-round.ts";
import { matchTools } from "./tool-search/match-tools.ts";
import { rankTools } from "./tool-search/rank-tools.ts";

/** Web searches of one answer where the client sets no limit. */
const defaultMaxUses = 8;
/** Searches of one turn: each may take a connection, or a thread for a model's regular expression. */
const mostAtOnce = 16;
/** Tools that one search names. */
const mostNamed = 5;

/** What the searches of one answer add up to. */
export class SearchTally {
  /** Web searches that were made. */
  webSearches = 0;
  rounds = 0;
  /** Tools that were found. */
  readonly found = new Set<string>();
  /** What went wrong, for the record. */
  readonly problems = new Set<string>();
}

/**
 * Runs the calls of one round, all at once. Never fails: a search that did is told to the model.
 * @param answerId letters and digits
 * @param signal the client went away
 */
export async function runCalls(
  calls: readonly OwnCall[],
  tally: SearchTally,
  answerId: string,
  signal: AbortSignal,
): Promise<Array<WebSearchPart | ToolSearchPart>> {
  const round = tally.rounds++;
  const runs = calls.map(async (call, number) => {
    const id = nameSearch(answerId, round, number);
    return number < mostAtOnce ? await runCall(call, tally, id, signal) : refuseCall(call, id);
  });
  return Promise.all(runs);
}

async function runCall(
  { tool, arguments: text }: OwnCall,
  tally: SearchTally,
  id: string,
  signal: AbortSignal,
): Promise<WebSearchPart | ToolSearchPart> {
  const query = readQuery(text);
  if (tool.type === "tool-search") return searchTools(tool, query, id, tally);
  if (tally.webSearches >= (tool.service.maxUses ?? defaultMaxUses)) {
    return { type: "web-search", id, query, results: [], error: "max_uses_exceeded" };
  }
  tally.webSearches += 1;
  const { problem, ...outcome } = await searchWeb(tool.search, query, tool.service, signal);
  if (problem !== undefined && !signal.aborted) tally.problems.add(problem);
  return { type: "web-search", id, query, ...outcome };
}

function refuseCall({ tool, arguments: text }: OwnCall, id: string): WebSearchPart | ToolSearchPart {
  const [query, error] = [readQuery(text), "too_many_requests"];
  return tool.type === "web-search"
    ? { type: "web-search", id, query, results: [], error }
    : { type: "tool-search", id, query, method: tool.method, tools: [], error };
}

async function searchTools(
  { method, deferred, room }: Extract<ServerTool, { type: "tool-search" }>,
  query: string,
  id: string,
  tally: SearchTally,
): Promise<ToolSearchPart> {
  const part: ToolSearchPart = { type: "tool-search", id, query, method, tools: [] };
  if (query.trim() === "") return { ...part, error: "invalid_tool_input" };
  const found =
    method === "regex" ? await matchTools(query, deferred, mostNamed) : rankTools(query, deferred, mostNamed);
  if (typeof found === "string") return { ...part, error: found };
  for (const name of found) {
    // The vendor's limit holds for those that were found, too.
    if (!tally.found.has(name) && tally.found.size >= room) continue;
    tally.found.add(name);
    part.tools.push(name);
  }
  return part;
}
