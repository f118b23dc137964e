import { describe, expect, test } from "vitest";
import { createReceipt } from "../receipt.ts";
import type { WireObject } from "../wire/json-object.ts";
import { placeInstructions } from "./place-instructions.ts";

const block = (value: string): WireObject => ({ type: "text", text: value });
const user = (...texts: string[]): WireObject => ({ role: "user", content: texts.map(block) });
const assistant = (...texts: string[]): WireObject => ({ role: "assistant", content: texts.map(block) });
const system = (value: string): WireObject => ({ role: "system", content: [block(value)] });
const told = (value: string) => `<system-reminder>\n${value}\n</system-reminder>`;

function place(...messages: WireObject[]): { placed: WireObject[]; receipts: string[] } {
  const receipt = createReceipt();
  const placed = placeInstructions(structuredClone(messages), receipt);
  return { placed, receipts: receipt.entries.map((entry) => `${entry.action} ${entry.field}`) };
}

describe("stands where Anthropic takes it (anthropics/claude-code#73821)", () => {
  test.each<[string, WireObject[]]>([
    ["between user and assistant", [user("a"), system("s"), assistant("b"), user("c")]],
    ["at the end", [user("a"), assistant("b"), user("c"), system("s")]],
    ["several in a row", [user("a"), system("s"), system("t"), assistant("b"), user("c")]],
    [
      "after a server's tool",
      [
        user("a"),
        { role: "assistant", content: [{ type: "web_search_tool_result", content: [] }] },
        system("s"),
        assistant("b"),
        user("c"),
      ],
    ],
    [
      "without content, anywhere",
      [
        { role: "system", content: [], output_config: { effort: "low" } },
        user("a"),
        assistant("b"),
        { role: "system", content: [], output_config: {} },
        user("c"),
      ],
    ],
    ["nothing of the kind", [user("a"), user("b"), assistant("c")]],
  ])("%s", (_, messages) => {
    expect(place(...messages)).toEqual({ placed: messages, receipts: [] });
  });
});

describe("is told in the user's name elsewhere", () => {
  test.each<[string, WireObject[], WireObject[]]>([
    ["first", [system("s"), user("a")], [user(told("s"), "a")]],
    [
      "between user messages",
      [user("a"), system("s"), user("b"), assistant("c")],
      [user("a", told("s"), "b"), assistant("c")],
    ],
    [
      "after an assistant",
      [user("a"), assistant("b"), system("s"), user("c")],
      [user("a"), assistant("b"), user(told("s"), "c")],
    ],
    [
      "between assistant messages",
      [user("a"), assistant("b"), system("s"), assistant("c")],
      [user("a"), assistant("b"), user(told("s")), assistant("c")],
    ],
    [
      "after an assistant, at the end",
      [user("a"), assistant("b"), system("s")],
      [user("a"), assistant("b"), user(told("s"))],
    ],
    ["several in a row", [user("a"), system("s"), system("t"), user("b")], [user("a", told("s"), told("t"), "b")]],
  ])("%s", (_, messages, expected) => {
    expect(place(...messages)).toEqual({ placed: expected, receipts: ["approximated messages.system"] });
  });
});

test("what is no text cannot be told", () => {
  const change = { role: "system", content: [{ type: "tool_addition", tool: {} }] };
  expect(place(user("a"), assistant("b"), change, user("c"))).toEqual({
    placed: [user("a"), assistant("b"), user("c")],
    receipts: ["dropped messages.system"],
  });
});
