import { expect, test } from "vitest";
import type { ContentPart } from "../model/content.ts";
import { dropVoidThoughts, markAnew, markBroken } from "./void-thoughts.ts";

const thought = (text: string, signature: string): ContentPart => ({ type: "reasoning", text, signature });
const text = (said: string): ContentPart => ({ type: "text", text: said });
const call: ContentPart = { type: "tool-call", id: "a", name: "Bash", arguments: "{}" };

function kept(...content: ContentPart[]): { found: boolean; parts: string[] } {
  const messages = [{ role: "assistant" as const, content }];
  const found = dropVoidThoughts(messages);
  const parts = messages[0]?.content.map((part) =>
    part.type === "reasoning" ? `${part.text} ${part.signature ?? part.redacted ?? ""}` : part.type,
  );
  return { found, parts: parts ?? [] };
}

test.each<[string, ContentPart[], string[]]>([
  ["half a thought", [thought("half", markBroken("e1")), text("b")], ["text"]],
  [
    "half a thought and the one that replaces it",
    [thought("half", markBroken("e1")), thought("whole", markAnew("e2")), call],
    ["whole e2", "tool-call"],
  ],
  ["a whole one that was replaced", [thought("a", "e1"), thought("b", markAnew("e2")), text("c")], ["b e2", "text"]],
  [
    "one replaced behind a text: the turn begins with a thought",
    [thought("a", "e1"), text("c"), thought("b", markAnew("e2")), call],
    ["b e2", "text", "tool-call"],
  ],
  [
    "one behind a call is of a later turn",
    [thought("a", "e1"), call, thought("b", "e2"), thought("c", markAnew("e3")), call],
    ["a e1", "tool-call", "c e3", "tool-call"],
  ],
  ["redacted", [{ type: "reasoning", text: "", redacted: markAnew("e1") }, call], [" e1", "tool-call"]],
  ["two of one upstream call", [thought("a", markAnew("e1")), thought("b", "e2"), call], ["a e1", "b e2", "tool-call"]],
])("%s", (_, content, parts) => {
  expect(kept(...content)).toEqual({ found: true, parts });
});

test("a conversation without such thoughts is left as it is", () => {
  const content = [thought("a", "e1"), text("b"), call];
  const messages = [{ role: "assistant" as const, content }];
  expect(dropVoidThoughts(messages)).toBe(false);
  expect(messages[0]?.content).toBe(content);
});
