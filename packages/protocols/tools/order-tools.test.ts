import { expect, test } from "vitest";
import type { ChatRequest } from "../model/chat-request.ts";
import type { ContentPart } from "../model/content.ts";
import type { FunctionTool } from "../model/tool.ts";
import { createReceipt } from "../receipt.ts";
import { orderTools } from "./order-tools.ts";

function toolOf(name: string, more: Partial<FunctionTool> = {}): FunctionTool {
  return { kind: "function", name, parameters: {}, ...more };
}

function order(tools: FunctionTool[], ...turns: ContentPart[][]): Array<[name: string, isLoaded: boolean]> {
  const messages = turns.map((content) => ({ role: "user" as const, content }));
  const request: ChatRequest = { model: "m", system: [], messages, tools, sampling: {}, stream: true, extensions: {} };
  return orderTools(request, createReceipt()).map(({ tool, isLoaded }) => {
    const place = tool.kind === "hosted" || tool.namespace === undefined ? "" : `${tool.namespace}.`;
    return [place + tool.name, isLoaded];
  });
}

const late = { deferred: true };

test("deferred tools come last, in the order in which anything has named them", () => {
  const tools = [
    toolOf("a", late),
    toolOf("b"),
    toolOf("c", late),
    toolOf("d", late),
    toolOf("e", late),
    toolOf("f", late),
  ];
  const found: ContentPart = { type: "tool-search", id: "s", query: "q", tools: ["e"] };
  const reference = { type: "tool-reference" as const, name: "c" };
  expect(
    order(
      tools,
      [found],
      [{ type: "tool-result", callId: "x", content: [reference] }],
      [{ type: "tool-call", id: "y", name: "a", arguments: "{}" }, reference],
      [{ type: "tool-reference", name: "f" }],
    ),
  ).toEqual([
    ["b", false],
    ["e", true],
    ["c", true],
    ["a", false],
    ["f", true],
  ]);
});

test("a reference loads the tools of its name in all namespaces", () => {
  const tools = [toolOf("get", { ...late, namespace: "one" }), toolOf("get", { ...late, namespace: "two" })];
  expect(order(tools, [{ type: "tool-reference", name: "get" }])).toEqual([
    ["one.get", true],
    ["two.get", true],
  ]);
});

test("Claude Code's stand-in for deferred tools is never shown", () => {
  const tools = [toolOf("DeferredToolPlaceholder", late)];
  expect(order(tools, [{ type: "tool-reference", name: "DeferredToolPlaceholder" }])).toEqual([]);
});
