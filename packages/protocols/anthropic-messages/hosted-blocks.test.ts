import { expect, test } from "vitest";
import { createAnswerAccumulator } from "../model/chat-answer.ts";
import type { ChatEvent } from "../model/chat-event.ts";
import type { ToolSearchPart, WebSearchPart } from "../model/content.ts";
import { noUsage } from "../model/usage.ts";
import { checkAnthropicStream } from "../grammar/check-anthropic-stream.ts";
import { decodeRequest } from "./decode-request.ts";
import { encodeResponse } from "./encode-response.ts";
import { createStreamEncoder } from "./encode-stream.ts";

const search: WebSearchPart = {
  type: "web-search",
  id: "x1_0_0",
  query: "größte Stadt",
  results: [
    { url: "https://a.example/1", title: "One", text: "Zürich 🏔️", pageAge: "2 days ago" },
    { url: "https://b.example/2", title: "Two" },
  ],
};
const failed: WebSearchPart = { type: "web-search", id: "x1_0_1", query: "q", results: [], error: "unavailable" };
const found: ToolSearchPart = {
  type: "tool-search",
  id: "x1_1_0",
  query: "weather",
  method: "regex",
  tools: ["a", "b"],
};
const context = { requestedModel: "m", id: "1", created: 0 };

const events: ChatEvent[] = [
  { type: "start", id: "", model: "" },
  { type: "block-start", index: 0, block: { type: "text" } },
  { type: "block-delta", index: 0, text: "Let me see." },
  { type: "block-stop", index: 0 },
  ...[search, failed, found].flatMap((block, at): ChatEvent[] => [
    { type: "block-start", index: at + 1, block },
    { type: "block-stop", index: at + 1 },
  ]),
  { type: "block-start", index: 4, block: { type: "text" } },
  { type: "block-delta", index: 4, text: "Zürich." },
  { type: "block-stop", index: 4 },
  { type: "finish", reason: "stop", usage: noUsage },
];

function history(content: unknown): unknown {
  const { messages } = decodeRequest({
    model: "m",
    max_tokens: 1,
    messages: [
      { role: "user", content: "?" },
      { role: "assistant", content },
    ],
  });
  return messages[1]?.content;
}

test("searches are two blocks each of a legal stream, and whole answers have the same blocks", () => {
  const encoder = createStreamEncoder(context);
  const text = events.map((event) => encoder.encode(event)).join("");
  expect(checkAnthropicStream(text)).toEqual([]);
  const starts = [...text.matchAll(/^data: (\{"type":"content_block_start".*)$/gm)].map(
    ([, json = ""]) => JSON.parse(json) as { index: number; content_block: { type: string } },
  );
  expect(starts.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);

  const folded = createAnswerAccumulator();
  for (const event of events) folded.add(event);
  const whole = encodeResponse(folded.answer(), context).content as Array<{ type: string }>;
  expect(whole.map(({ type }) => type)).toEqual(starts.map((start) => start.content_block.type));
});

test("the history gives back every search with the text of its pages, from nothing but the blocks", () => {
  const folded = createAnswerAccumulator();
  for (const event of events) folded.add(event);
  const { content } = encodeResponse(folded.answer(), context);
  expect(history(content)).toEqual([
    { type: "text", text: "Let me see." },
    search,
    failed,
    found,
    { type: "text", text: "Zürich." },
  ]);
});

test("what Anthropic itself has searched stays in its own words", () => {
  const blocks = [
    { type: "server_tool_use", id: "srvtoolu_01AbC", name: "web_search", input: { query: "q" } },
    { type: "web_search_tool_result", tool_use_id: "srvtoolu_01AbC", content: [] },
  ];
  expect(history(blocks)).toEqual(blocks.map((value) => ({ type: "opaque", protocol: "anthropic-messages", value })));
});

test("half a search and a search with something strange in it are no harm", () => {
  const call = { type: "server_tool_use", id: "srvtoolu_or1x", name: "web_search", input: null };
  expect(history([call])).toEqual([{ type: "opaque", protocol: "anthropic-messages", value: call }]);
  const result = { type: "web_search_tool_result", tool_use_id: "srvtoolu_or1x", content: [null, { url: 7 }] };
  expect(history([call, result])).toEqual([
    {
      type: "web-search",
      id: "x",
      query: "",
      results: [
        { url: "", title: "" },
        { url: "", title: "" },
      ],
    },
  ]);
});
