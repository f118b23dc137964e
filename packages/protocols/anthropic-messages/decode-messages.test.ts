import { describe, expect, test } from "vitest";
import { RequestError } from "../model/error.ts";
import { decodeMessages } from "./decode-messages.ts";

const text = (value: string) => ({ type: "text", text: value });
const use = (id: string, over: object = {}) => ({ type: "tool_use", id, name: "a", input: {}, ...over });
const result = (id: string, over: object = {}) => ({ type: "tool_result", tool_use_id: id, ...over });
const user = (...content: unknown[]) => ({ role: "user", content });
const assistant = (...content: unknown[]) => ({ role: "assistant", content });
const first = (block: unknown) => decodeMessages([user(block)])[0]?.content[0];

describe("content", () => {
  test.each<[string, object, object]>([
    ["text", text("a"), { type: "text", text: "a" }],
    [
      "text with citations and a scoped mark",
      { ...text("a"), citations: [{}], cache_control: { type: "ephemeral", ttl: "1h", scope: "global" } },
      {
        type: "text",
        text: "a",
        cache: { ttl: "1h" },
        extensions: {
          "anthropic-messages": { citations: [{}], cache_control: { type: "ephemeral", ttl: "1h", scope: "global" } },
        },
      },
    ],
    ["a mark of another kind", { ...text("a"), cache_control: { type: "persistent" } }, { type: "text", text: "a" }],
    ["fields that are null", { ...text("a"), citations: null }, { type: "text", text: "a" }],
    [
      "an image by URL",
      { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
      { type: "image", source: { kind: "url", url: "https://example.com/a.png" } },
    ],
    [
      "an image by file",
      { type: "image", source: { type: "file", file_id: "f" } },
      { type: "image", source: { kind: "file", fileId: "f" } },
    ],
    [
      "a PDF",
      {
        type: "document",
        title: "t",
        context: "c",
        source: { type: "base64", media_type: "application/pdf", data: "AA" },
      },
      {
        type: "document",
        title: "t",
        source: { kind: "base64", mediaType: "application/pdf", data: "AA" },
        extensions: { "anthropic-messages": { context: "c" } },
      },
    ],
    [
      "a document of text",
      { type: "document", source: { type: "text", media_type: "text/plain", data: "a" } },
      { type: "document", source: { kind: "text", text: "a" } },
    ],
  ])("%s", (_, block, part) => {
    expect(first(block)).toEqual(part);
  });

  test.each<[string, object]>([
    ["a block that is newer than this code", { type: "hologram", frames: [1] }],
    ["a source that is newer", { type: "image", source: { type: "s3", bucket: "b" } }],
    ["a document made of content", { type: "document", source: { type: "content", content: [text("a")] } }],
    ["a search result", { type: "search_result", source: "s", title: "t", content: [text("a")] }],
  ])("%s is kept for upstreams of this protocol", (_, block) => {
    expect(first(block)).toEqual({ type: "opaque", protocol: "anthropic-messages", value: block });
  });

  test("thoughts: signed, unsigned, empty and redacted (T12)", () => {
    const [, message] = decodeMessages([
      user(text("go")),
      assistant(
        { type: "thinking", thinking: "a", signature: "s" },
        { type: "thinking", thinking: "b" },
        { type: "thinking", thinking: "", signature: "s" },
        { type: "thinking", thinking: "c", signature: "" },
        { type: "redacted_thinking", data: "d" },
        text("done"),
      ),
    ]);
    expect(message?.content).toEqual([
      { type: "reasoning", text: "a", signature: "s" },
      { type: "reasoning", text: "b" },
      { type: "reasoning", text: "", signature: "s" },
      { type: "reasoning", text: "c", signature: "" },
      { type: "reasoning", text: "", redacted: "d" },
      { type: "text", text: "done" },
    ]);
  });

  test("a call without input has an empty object, a result without content nothing", () => {
    const [, call, answer] = decodeMessages([
      user(text("go")),
      assistant(use("a", { input: undefined })),
      user(result("a")),
    ]);
    expect(call?.content).toEqual([{ type: "tool-call", id: "a", name: "a", arguments: "{}" }]);
    expect(answer?.content).toEqual([{ type: "tool-result", callId: "a", content: [] }]);
  });

  test("a server's tool and its result stand where they stood", () => {
    const blocks = [
      { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "a" } },
      { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
    ];
    const [, message] = decodeMessages([user(text("go")), assistant(...blocks, text("a"))]);
    expect(message?.content.map((part) => (part.type === "opaque" ? part.value : part.type))).toEqual([
      ...blocks,
      "text",
    ]);
  });
});

test("instructions keep the fields of their own", () => {
  const passing = { role: "system", content: "now", clear_at: "next_user_message" };
  const directive = { role: "system", content: [], output_config: { effort: "low" } };
  expect(decodeMessages([user(text("a")), passing, directive]).slice(1)).toEqual([
    {
      role: "system",
      content: [{ type: "text", text: "now" }],
      extensions: { "anthropic-messages": { clear_at: "next_user_message" } },
    },
    { role: "system", content: [], extensions: { "anthropic-messages": { output_config: { effort: "low" } } } },
  ]);
});

describe("the order of a conversation", () => {
  test("results may be spread over neighbouring messages, with instructions between", () => {
    expect(
      decodeMessages([
        user(text("go")),
        assistant(use("a")),
        assistant(use("b")),
        { role: "system", content: "hurry" },
        user(result("b")),
        user(result("a"), text("and")),
      ]),
    ).toHaveLength(6);
  });

  test.each<[string, unknown[], string]>([
    ["not a list of objects", ["hi"], "messages[0]"],
    ["an unknown role", [{ role: "tool", content: "a" }], "messages[0].role"],
    ["no role", [{ content: "a" }], "messages[0].role"],
    ["no content", [{ role: "user" }], "messages[0].content"],
    ["content that is an object", [{ role: "user", content: {} }], "messages[0].content"],
    ["half of a surrogate pair in a string", [{ role: "user", content: "\ud83d" }], "messages[0].content"],
    ["half of a surrogate pair in a block", [user(text("\udc00"))], "messages[0].content[0].text"],
    [
      "half of a surrogate pair in an input",
      [user(text("a")), assistant(use("a", { input: { x: ["\ud83d"] } }))],
      "messages[1].content[0].input",
    ],
    ["a block that is no object", [user(7)], "messages[0].content[0]"],
    ["a block without a type", [user({ text: "a" })], "messages[0].content[0].type"],
    ["text without text", [user({ type: "text" })], "messages[0].content[0].text"],
    ["an image without a source", [user({ type: "image" })], "messages[0].content[0].source"],
    [
      "an image without data",
      [user({ type: "image", source: { type: "base64", media_type: "image/png" } })],
      "messages[0].content[0].source.data",
    ],
    ["a source without a type", [user({ type: "image", source: {} })], "messages[0].content[0].source.type"],
    [
      "a document's title that is no text",
      [user({ type: "document", title: 7, source: { type: "url", url: "u" } })],
      "messages[0].content[0].title",
    ],
    ["a reference without a name", [user({ type: "tool_reference" })], "messages[0].content[0].tool_name"],
    [
      "a call without an id",
      [user(text("a")), assistant({ type: "tool_use", name: "a" })],
      "messages[1].content[0].id",
    ],
    [
      "a call without a name",
      [user(text("a")), assistant({ type: "tool_use", id: "a" })],
      "messages[1].content[0].name",
    ],
    [
      "a call whose input is no object",
      [user(text("a")), assistant(use("a", { input: [] }))],
      "messages[1].content[0].input",
    ],
    [
      "a redacted thought without data",
      [user(text("a")), assistant({ type: "redacted_thinking" })],
      "messages[1].content[0].data",
    ],
    [
      "a signature that is no text",
      [user(text("a")), assistant({ type: "thinking", thinking: "", signature: 7 })],
      "messages[1].content[0].signature",
    ],
    ["a call of the user", [user(use("a"))], "messages[0].content[0].type"],
    ["a thought of the user", [user({ type: "thinking", thinking: "a" })], "messages[0].content[0].type"],
    ["a result of the assistant", [user(text("a")), assistant(use("a"), result("a"))], "messages[1].content[1].type"],
    [
      "an image of the assistant",
      [user(text("a")), assistant({ type: "image", source: { type: "url", url: "u" } })],
      "messages[1].content[0].type",
    ],
    ["a result without its call", [user(result("zz"))], "messages[0].content[0].tool_use_id"],
    [
      "a result of an earlier turn's call",
      [user(text("a")), assistant(use("a")), user(result("a")), assistant(text("b")), user(result("a"))],
      "messages[4].content[0].tool_use_id",
    ],
    [
      "two results of one call",
      [user(text("a")), assistant(use("a")), user(result("a"), result("a"))],
      "messages[2].content[1].tool_use_id",
    ],
    [
      "an id that was used before",
      [user(text("a")), assistant(use("a")), user(result("a")), assistant(use("a"))],
      "messages[3].content[0].id",
    ],
    [
      "a call inside a result",
      [user(text("a")), assistant(use("a")), user(result("a", { content: [use("b")] }))],
      "messages[2].content[0].content",
    ],
    [
      "is_error that is no boolean",
      [user(text("a")), assistant(use("a")), user(result("a", { is_error: "yes" }))],
      "messages[2].content[0].is_error",
    ],
  ])("refuses %s", (_, messages, param) => {
    let refused: unknown;
    try {
      decodeMessages(messages);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(RequestError);
    expect((refused as RequestError).error).toMatchObject({ code: "invalid_request", param });
  });

  test("an escaped backslash before \\ud in an input is no half of a surrogate pair", () => {
    const input = { pattern: "\\ud83d", emoji: "🚀" };
    const [, message] = decodeMessages([user(text("a")), assistant(use("a", { input }))]);
    expect(message?.content[0]).toMatchObject({ arguments: JSON.stringify(input) });
  });
});
