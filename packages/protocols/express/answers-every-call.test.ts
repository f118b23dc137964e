import { expect, test } from "vitest";
import type { ChatRequest } from "../model/chat-request.ts";
import type { ContentPart } from "../model/content.ts";
import { answersEveryCall } from "./answers-every-call.ts";

const call = (id: string): ContentPart => ({ type: "tool-call", id, name: "a", arguments: "{}" });
const result = (callId: string): ContentPart => ({ type: "tool-result", callId, content: [] });

test.each<[string, ContentPart[][], boolean]>([
  ["no calls", [[{ type: "text", text: "a" }]], true],
  [
    "calls with their results",
    [
      [call("a"), call("b")],
      [result("b"), result("a")],
    ],
    true,
  ],
  ["a call whose result is gone", [[call("a"), call("b")], [result("b")]], false],
  ["a call at the end", [[call("a")]], false],
])("%s", (_, contents, answered) => {
  const messages: ChatRequest["messages"] = contents.map((content) => ({ role: "assistant", content }));
  expect(
    answersEveryCall({ model: "m", system: [], messages, tools: [], sampling: {}, stream: false, extensions: {} }),
  ).toBe(answered);
});
