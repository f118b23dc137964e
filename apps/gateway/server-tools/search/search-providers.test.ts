import { afterAll, beforeAll, expect, test } from "vitest";
import { sendJson, startScriptedUpstream, type ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { createBraveSearch } from "./brave-search.ts";
import { createMockSearch } from "./mock-search.ts";
import { createSearxngSearch } from "./searxng-search.ts";
import { createTavilySearch } from "./tavily-search.ts";
import { searchWeb, type WebSearch, type WebSearchService } from "./web-search.ts";
import type { SearchProvider } from "./search-provider.ts";

let service: ScriptedUpstream;
beforeAll(async () => (service = await startScriptedUpstream((response) => sendJson(response, 200, {}))));
afterAll(() => service.close());

const never = new AbortController().signal;

function search(provider: SearchProvider, query: string, options: Partial<WebSearchService & WebSearch> = {}) {
  const { maxResults = 5, timeoutMs = 5_000, ...rest } = options;
  return searchWeb({ provider, maxResults, timeoutMs }, query, { type: "web-search", ...rest }, never);
}

const asked = (): URL => new URL(service.last().path, service.url);

test("Brave: the key, the count and the place in its words, snippets as text", async () => {
  service.answer((response) =>
    sendJson(response, 200, {
      web: {
        results: [
          { url: "https://a.example/x", title: "A", description: "d", extra_snippets: ["e", 1], age: "May 2, 2026" },
          { url: "javascript:alert(1)", title: "no" },
          { title: "no address" },
        ],
      },
    }),
  );
  const { results } = await search(createBraveSearch("brave-key", `${service.url}/`), "kimi k2", {
    userLocation: { type: "approximate", country: "ch", city: "Bern" },
    blockedDomains: ["spam.example"],
  });
  expect(results).toEqual([{ url: "https://a.example/x", title: "A", text: "d\ne", pageAge: "May 2, 2026" }]);
  expect(service.last().headers).toMatchObject({ "x-subscription-token": "brave-key", "x-loc-city": "Bern" });
  expect(Object.fromEntries(asked().searchParams)).toMatchObject({
    q: "kimi k2 -site:spam.example",
    count: "5",
    country: "CH",
  });
});

test("Tavily: domains and the country are fields of their own", async () => {
  service.answer((response) =>
    sendJson(response, 200, { results: [{ url: "https://docs.a.example/x", title: "A", content: "text", score: 1 }] }),
  );
  const { results } = await search(createTavilySearch("tavily-key", service.url), "kimi", {
    allowedDomains: ["a.example/x"],
    userLocation: { country: "CH" },
  });
  expect(results).toEqual([{ url: "https://docs.a.example/x", title: "A", text: "text" }]);
  expect(service.last()).toMatchObject({
    path: "/search",
    headers: { authorization: "Bearer tavily-key" },
    body: { query: "kimi", max_results: 5, include_domains: ["a.example"], country: "switzerland" },
  });
});

test("SearXNG: no key, and not more results than asked for", async () => {
  const results = ["1", "2", "3"].map((number) => ({ url: `https://a.example/${number}`, title: number }));
  service.answer((response) => sendJson(response, 200, { results }));
  const outcome = await search(createSearxngSearch(`${service.url}/searx`), "kimi", {
    maxResults: 2,
    allowedDomains: ["a.example", "b.example"],
  });
  expect(outcome.results).toEqual(results.slice(0, 2));
  expect(asked().pathname).toBe("/searx/search");
  expect(Object.fromEntries(asked().searchParams)).toEqual({
    q: "kimi (site:a.example OR site:b.example)",
    format: "json",
  });
  expect(service.last().headers.authorization).toBeUndefined();
});

test("what an engine returns in spite of the operators is taken out", async () => {
  const urls = ["https://a.example/", "https://www.a.example/blog/1", "https://nota.example/blog/1"];
  service.answer((response) => sendJson(response, 200, { results: urls.map((url) => ({ url, title: "t" })) }));
  const provider = createSearxngSearch(service.url);
  const urlsOf = async (options: Partial<WebSearchService>): Promise<string[]> =>
    (await search(provider, "q", options)).results.map(({ url }) => url);
  expect(await urlsOf({ allowedDomains: ["a.example"] })).toEqual(urls.slice(0, 2));
  expect(await urlsOf({ allowedDomains: ["https://a.example/blog/*"] })).toEqual([urls[1]]);
  expect(await urlsOf({ blockedDomains: ["a.example"] })).toEqual([urls[2]]);
});

test.each([
  [429, "too_many_requests"],
  [500, "unavailable"],
  [302, "unavailable"],
  [401, "unavailable"],
])("status %i is told as %s", async (status, error) => {
  service.answer((response) => sendJson(response, status, { results: [] }, { location: "https://elsewhere.example/" }));
  expect(await search(createTavilySearch("k", service.url), "q")).toMatchObject({ results: [], error });
});

test("a service that does not answer, is not there, or sends no JSON is unavailable", async () => {
  service.answer(() => undefined);
  const silent = search(createTavilySearch("k", service.url), "q", { timeoutMs: 50 });
  expect(await silent).toEqual({ results: [], error: "unavailable", problem: "tavily: no answer in time" });
  const nobody = createSearxngSearch("http://127.0.0.1:9");
  expect(await search(nobody, "q")).toMatchObject({ error: "unavailable" });
  service.answer((response) => void response.end("<html>"));
  expect(await search(createTavilySearch("k", service.url), "q")).toMatchObject({ error: "unavailable" });
  service.answer((response) => {
    response.write('{"results":[');
    setTimeout(() => response.destroy(), 20);
  });
  expect(await search(createTavilySearch("k", service.url), "q")).toMatchObject({ error: "unavailable" });
});

test("long texts are cut between characters, and an answer without end is not read to its end", async () => {
  service.answer((response) =>
    sendJson(response, 200, { results: [{ url: "https://a.example/", title: "t", content: "😀".repeat(9_000) }] }),
  );
  const { results } = await search(createTavilySearch("k", service.url), "q");
  expect(results[0]?.text?.length).toBeLessThan(4_100);
  expect(results[0]?.text?.isWellFormed()).toBe(true);
  service.answer((response) => {
    const write = (): void => void (response.destroyed || response.write("x".repeat(65_536), write));
    write();
  });
  expect(await search(createTavilySearch("k", service.url), "q")).toMatchObject({ error: "unavailable" });
});

test("queries that no service takes are not sent", async () => {
  const before = service.seen.length;
  const provider = createBraveSearch("k", service.url);
  expect(await search(provider, "x".repeat(401))).toMatchObject({ error: "query_too_long" });
  expect(await search(provider, "  ")).toMatchObject({ error: "invalid_tool_input" });
  expect(service.seen.length).toBe(before);
});

test("the mock finds the same for the same words, on the domains that are allowed", async () => {
  const first = await search(createMockSearch(), "kimi", { allowedDomains: ["a.example"] });
  expect(first).toEqual(await search(createMockSearch(), "kimi", { allowedDomains: ["a.example"] }));
  expect(first.results).toHaveLength(3);
  expect(first.results.every(({ url }) => url.startsWith("https://a.example/"))).toBe(true);
});
