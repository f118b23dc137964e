import {
  createReceipt,
  RequestError,
  type ChatRequest,
  type ContentPart,
  type FunctionTool,
  type HostedTool,
  type Message,
  type Tool,
} from "@onerouter/protocols";
import { anthropic } from "@onerouter/protocols/vendors/anthropic";
import { generic } from "@onerouter/protocols/vendors/generic";
import { moonshot } from "@onerouter/protocols/vendors/moonshot";
import { openai } from "@onerouter/protocols/vendors/openai";
import { expect, test } from "vitest";
import { planServerTools, type Upstream } from "./plan-server-tools.ts";
import { createMockSearch } from "./search/mock-search.ts";

const webSearch = { provider: createMockSearch(), maxResults: 5, timeoutMs: 1000 };
const search: HostedTool = {
  kind: "hosted",
  name: "web_search",
  protocol: "anthropic-messages",
  hostedType: "web_search_20250305",
  value: { type: "web_search_20250305", name: "web_search" },
  service: { type: "web-search" },
};
const finder: HostedTool = {
  ...search,
  name: "tool_search_tool_regex",
  hostedType: "tool_search_tool_regex_20251119",
  service: { type: "tool-search", method: "regex" },
};
const make = (name: string, fields: Partial<FunctionTool> = {}): FunctionTool => ({
  kind: "function",
  name,
  parameters: { type: "object" },
  ...fields,
});
const ask = (tools: Tool[], fields: Partial<ChatRequest> = {}): ChatRequest => ({
  model: "m",
  system: [],
  messages: [{ role: "user", content: [{ type: "text", text: "?" }] }],
  tools,
  sampling: {},
  stream: true,
  extensions: {},
  ...fields,
});
const kimi: Upstream = { protocol: "openai-chat", profile: moonshot, clientProtocol: "anthropic-messages" };
const claude: Upstream = { protocol: "anthropic-messages", profile: anthropic, clientProtocol: "anthropic-messages" };

function plan(request: ChatRequest, upstream: Upstream, withSearch = true) {
  const receipt = createReceipt();
  const planned = planServerTools(request, upstream, withSearch ? webSearch : undefined, receipt);
  return {
    ...planned,
    shown: planned.request.tools.map(({ kind, name }) => `${kind} ${name}`),
    entries: receipt.entries,
  };
}

const names = (tools: readonly Tool[]): string[] =>
  tools.filter((tool) => tool.kind !== "hosted" && tool.deferred !== true).map(({ name }) => name);

test("nothing hosted: the very same request", () => {
  const request = ask([make("Read")]);
  expect(plan(request, kimi).request).toBe(request);
});

test("Anthropic searches by itself for those who ask in its words, and only for them", () => {
  const request = ask([search, finder, make("far", { deferred: true })]);
  expect(plan(request, claude).request).toBe(request);
  const foreign = { ...search, protocol: "openai-responses", hostedType: "web_search" } as const;
  expect(plan(ask([foreign]), claude).shown).toEqual(["function web_search"]);
  // Without a search provider its own search is better than none.
  expect(plan(ask([foreign]), claude, false).shown).toEqual(["hosted web_search"]);
});

test("anybody else is shown a function, which no tool of the client's has the name of", () => {
  const request = ask([make("web_search"), { ...search, name: "search" }], {
    toolChoice: { type: "tool", name: "search" },
  });
  const { shown, request: planned, serverTools, entries } = plan(request, kimi);
  expect(shown).toEqual(["function web_search", "function web_search_2"]);
  expect(planned.toolChoice).toEqual({ type: "tool", name: "web_search_2" });
  expect(serverTools).toMatchObject([{ type: "web-search", name: "web_search_2" }]);
  expect(entries).toMatchObject([{ action: "emulated", field: "tools.web_search_20250305" }]);
});

test.each([
  ["is the only tool", ask([search])],
  ["is forced", ask([make("Read"), search], { toolChoice: { type: "tool", name: "web_search" } })],
])("without a search provider a search that %s is refused", (_what, request) => {
  expect(() => plan(request, kimi, false)).toThrow(RequestError);
  expect(() => plan(request, kimi, false)).toThrow(/web_search .*`web_search` in the configuration/);
});

test("without a search provider it is left out where there are other tools", () => {
  const { shown, entries } = plan(ask([make("Read"), search]), kimi, false);
  expect(shown).toEqual(["function Read"]);
  expect(entries).toMatchObject([{ action: "dropped", field: "tools.web_search_20250305" }]);
});

test("deferred tools are searched by the gateway, by the method that was asked for", () => {
  const { shown, serverTools } = plan(ask([finder, make("near"), make("far", { deferred: true })]), kimi);
  expect(shown).toEqual(["function tool_search", "function near", "function far"]);
  expect(serverTools).toMatchObject([{ type: "tool-search", method: "regex", deferred: [{ name: "far" }] }]);
  expect(plan(ask([finder, make("near")]), kimi).shown).toEqual(["function near"]);
});

test("MoonshotAI/Kimi-K2#90 (T11): of 150 tools the last are found by a search, the same ones in every turn", () => {
  const tools = Array.from({ length: 150 }, (_, at) => make(`tool_${at}`));
  const { request, serverTools, entries } = plan(ask(tools, { toolChoice: { type: "tool", name: "tool_149" } }), kimi);
  const shown = names(request.tools);
  expect(shown.slice(0, 95)).toEqual(tools.slice(0, 95).map(({ name }) => name));
  expect(shown.slice(95)).toEqual(["tool_149", "tool_search"]);
  expect(serverTools).toMatchObject([{ type: "tool-search", method: "bm25", room: 31 }]);
  expect(entries).toMatchObject([{ action: "approximated", field: "tools" }]);
  expect(plan(ask(tools.slice(0, 128)), kimi).request.tools).toHaveLength(128);
  expect(plan(ask(tools), { ...kimi, profile: generic }).serverTools).toEqual([]);
});

test("tools that were found in earlier turns count against the vendor's limit, too", () => {
  const tools = Array.from({ length: 150 }, (_, at) => make(`tool_${at}`));
  const found: ContentPart = { type: "tool-search", id: "a_0_0", query: "q", tools: ["tool_140", "tool_0", "gone"] };
  const messages: Message[] = [
    { role: "user", content: [{ type: "text", text: "?" }] },
    { role: "assistant", content: [found, { type: "tool-call", id: "c", name: "tool_141", arguments: "{}" }] },
  ];
  expect(plan(ask(tools, { messages }), kimi).serverTools).toMatchObject([{ type: "tool-search", room: 30 }]);
  expect(plan(ask(tools), kimi).serverTools).toMatchObject([{ type: "tool-search", room: 32 }]);
});

test("OpenAI's limit holds for Responses clients with a namespace of tools, too", () => {
  const tools = Array.from({ length: 130 }, (_, at) => make(`tool_${at}`, { namespace: "n" }));
  const upstream: Upstream = { protocol: "openai-chat", profile: openai, clientProtocol: "openai-responses" };
  expect(names(plan(ask(tools), upstream).request.tools)).toHaveLength(96);
});
