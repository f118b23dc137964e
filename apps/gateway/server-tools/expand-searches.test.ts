import type { ContentPart, Message, WebSearchPart } from "@onerouter/protocols";
import { expect, test } from "vitest";
import { expandSearches, nameSearch } from "./expand-searches.ts";

const names = { webSearch: "web_search", toolSearch: "tool_search" };
const text = (words: string): ContentPart => ({ type: "text", text: words });
const web = (round: number, number: number, fields: Partial<WebSearchPart> = {}): WebSearchPart => ({
  type: "web-search",
  id: nameSearch("a", round, number),
  query: "q",
  results: [{ url: "https://a.example/", title: "A", text: "page", pageAge: "1 day" }],
  ...fields,
});
const call = (round: number, number: number) => ({
  type: "tool-call",
  id: nameSearch("a", round, number),
  name: "web_search",
  arguments: '{"query":"q"}',
});
const read: ContentPart = { type: "tool-call", id: "r", name: "Read", arguments: "{}" };

/** Roles and what their messages hold, in short. */
function shapes(content: ContentPart[]): string[] {
  return expandSearches([{ role: "assistant", content }], names).map(
    (message) =>
      `${message.role}: ${message.content.map((part) => (part.type === "tool-call" ? part.name : part.type)).join(" ")}`,
  );
}

test("a search becomes a call and its result, with the page's text", () => {
  const messages = expandSearches([{ role: "assistant", content: [text("hm"), web(0, 0), text("so")] }], names);
  expect(messages).toEqual([
    { role: "assistant", content: [text("hm"), call(0, 0)] },
    {
      role: "user",
      content: [{ type: "tool-result", callId: "a_0_0", content: [text("[1] A (1 day)\nhttps://a.example/\npage")] }],
    },
    { role: "assistant", content: [text("so")] },
  ]);
});

test("searches of one round stay together, those of two rounds apart", () => {
  expect(shapes([web(0, 0), web(0, 1), text("so")])).toEqual([
    "assistant: web_search web_search",
    "user: tool-result tool-result",
    "assistant: text",
  ]);
  expect(shapes([web(0, 0), web(1, 0)])).toEqual([
    "assistant: web_search",
    "user: tool-result",
    "assistant: web_search",
    "user: tool-result",
  ]);
});

test("calls of the client's made together with a search stay in its turn", () => {
  expect(shapes([text("hm"), read, web(0, 0), web(0, 1)])).toEqual([
    "assistant: text Read web_search web_search",
    "user: tool-result tool-result",
  ]);
  expect(shapes([web(0, 0), read])).toEqual(["assistant: web_search", "user: tool-result", "assistant: Read"]);
  expect(shapes([web(0, 0), text("so"), read, web(1, 0)])).toEqual([
    "assistant: web_search",
    "user: tool-result",
    "assistant: text Read web_search",
    "user: tool-result",
  ]);
});

test("a search that failed and one that found nothing say so", () => {
  const results = expandSearches(
    [{ role: "assistant", content: [web(0, 0, { results: [], error: "unavailable" }), web(0, 1, { results: [] })] }],
    names,
  )[1]?.content;
  expect(results).toMatchObject([
    { isError: true, content: [{ text: "The search failed: unavailable" }] },
    { content: [{ text: "Nothing was found. Try other words." }] },
  ]);
});

test("tools that were found are referred to, so that they are shown from then on", () => {
  const part: ContentPart = { type: "tool-search", id: "a_0_0", query: "q", tools: ["far"] };
  expect(expandSearches([{ role: "assistant", content: [part] }], names)[1]?.content).toMatchObject([
    { type: "tool-result", content: [{ type: "tool-reference", name: "far" }] },
  ]);
});

test("other messages are the same objects", () => {
  const message: Message = { role: "user", content: [text("?")] };
  expect(expandSearches([message, { role: "assistant", content: [web(0, 0)] }], names)[0]).toBe(message);
});
