import { expect, test } from "vitest";
import { runCalls, SearchTally } from "./run-calls.ts";
import { createMockSearch } from "./search/mock-search.ts";
import type { OwnCall } from "./server-tool-round.ts";
import type { ServerTool } from "./server-tool.ts";

const toolSearch: ServerTool = {
  type: "tool-search",
  name: "tool_search",
  method: "bm25",
  deferred: [{ name: "get_weather", text: "Tells the weather." }],
  room: 100,
};
const webSearch: ServerTool = {
  type: "web-search",
  name: "web_search",
  service: { type: "web-search" },
  search: { provider: createMockSearch(), maxResults: 1, timeoutMs: 1_000 },
};
const callsOf = (tool: ServerTool, count: number): OwnCall[] =>
  Array.from({ length: count }, (_, at) => ({ tool, id: String(at), arguments: '{"query":"weather"}' }));
const run = (calls: OwnCall[], tally = new SearchTally()) => runCalls(calls, tally, "a", new AbortController().signal);

test("searches of one turn are made up to sixteen, the others are told so", async () => {
  const parts = await run(callsOf(toolSearch, 18));
  expect(parts.map(({ error }) => error)).toEqual([
    ...Array.from({ length: 16 }, () => undefined),
    "too_many_requests",
    "too_many_requests",
  ]);
  expect(new Set(parts.map(({ id }) => id)).size).toBe(18);
});

test("a web is searched eight times an answer, over all its turns", async () => {
  const tally = new SearchTally();
  const first = await run(callsOf(webSearch, 6), tally);
  const second = await run(callsOf(webSearch, 6), tally);
  expect(first.every(({ error }) => error === undefined)).toBe(true);
  expect(second.map(({ error }) => error)).toEqual([
    undefined,
    undefined,
    ...Array.from({ length: 4 }, () => "max_uses_exceeded"),
  ]);
});
