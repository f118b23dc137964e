import type { FunctionTool } from "@onerouter/protocols";
import type { WebSearch, WebSearchService } from "./search/web-search.ts";
import type { ToolText } from "./tool-search/describe-tool.ts";

/** A hosted tool that the gateway runs itself, shown to the model as a function of this name. */
export type ServerTool =
  | { type: "web-search"; name: string; service: WebSearchService; search: WebSearch }
  | { type: "tool-search"; name: string; method: "regex" | "bm25"; deferred: readonly ToolText[]; room: number };

type Method = Extract<ServerTool, { type: "tool-search" }>["method"];

const oneString = (description: string): FunctionTool["parameters"] => ({
  type: "object",
  properties: { query: { type: "string", description } },
  required: ["query"],
  additionalProperties: false,
});

/** The function that a model sees in place of a hosted web search. The same for the same request, so that caches hold. */
export function showWebSearch(name: string, service: WebSearchService): FunctionTool {
  const { allowedDomains, blockedDomains } = service;
  const limits = [
    allowedDomains === undefined ? "" : ` Only pages of ${allowedDomains.join(", ")} are found.`,
    blockedDomains === undefined ? "" : ` Pages of ${blockedDomains.join(", ")} are left out.`,
  ];
  return {
    kind: "function",
    name,
    description:
      "Searches the web and returns titles, addresses and excerpts of pages. Use it for what may have changed since you " +
      `were trained. Name the pages you rely on.${limits.join("")}`,
    parameters: oneString("What to search for, in a few words."),
  };
}

const toolSearchTexts: Readonly<Record<Method, readonly [description: string, query: string]>> = {
  bm25: [
    "Finds further tools by what they do. Most of the tools are not shown until a search has found them; those it names can be called from then on.",
    "What the tool should be able to do, in a few words.",
  ],
  regex: [
    "Finds further tools by a regular expression over their names and descriptions. Most of the tools are not shown until a search has found them; those it names can be called from then on.",
    "A regular expression of at most 200 characters, such as `weather` or `get_.*_data`. Case makes no difference.",
  ],
};

export function showToolSearch(name: string, method: Method): FunctionTool {
  const [description, query] = toolSearchTexts[method];
  return { kind: "function", name, description, parameters: oneString(query) };
}

/** A name that no tool of the client has. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`;
  return name;
}
