import { expect, test } from "vitest";
import type { ContentPart } from "../model/content.ts";
import { carryThoughts } from "./carried-thoughts.ts";
import { decodeContents } from "./decode-contents.ts";

const model = (...parts: object[]): object => ({ role: "model", parts });
const user = (...parts: object[]): object => ({ role: "user", parts });

/** The content of the first turn of the model. */
function turn(...contents: object[]): ContentPart[] | undefined {
  return decodeContents(contents).find((message) => message.role === "assistant")?.content;
}

const sealed = carryThoughts([{ type: "reasoning", text: "Think hard.", signature: "or1.a.b" }]);
const thoughtPart = { type: "reasoning", text: "Think hard.", signature: "or1.a.b" };
const callPart = { type: "tool-call", id: "x", name: "f", arguments: '{"a":1}' };
const functionCall = { id: "x", name: "f", args: { a: 1 } };

test("a missing role is the user's", () => {
  expect(decodeContents([{ parts: [{ text: "a" }] }, { role: "function", parts: [] }])).toEqual([
    { role: "user", content: [{ type: "text", text: "a" }] },
  ]);
});

test("a stream that an SDK has collected chunk by chunk is the one answer that it was", () => {
  expect(
    decodeContents([
      user({ text: "go" }),
      model({ text: "Think", thought: true }),
      model({ text: " hard.", thought: true }),
      model({ text: "I " }),
      model({ text: "do." }),
      model({ functionCall }),
      model({ text: "" }),
    ])[1],
  ).toEqual({
    role: "assistant",
    content: [{ type: "reasoning", text: "Think hard." }, { type: "text", text: "I do." }, callPart],
  });
});

test.each([
  ["brought back as it was shown", [{ text: "Think hard.", thought: true }]],
  [
    "in pieces",
    [
      { text: "Think", thought: true },
      { text: " hard.", thought: true },
    ],
  ],
  ["left out by the client, as Gemini CLI does", []],
])("the thought before a call is in its signature: %s", (_, shown) => {
  const part = { functionCall, thoughtSignature: sealed };
  expect(turn(model(...shown, part))).toEqual([thoughtPart, callPart]);
  expect(turn(model(...shown), model(part))).toEqual([thoughtPart, callPart]);
});

test("a signature on text, alone at the end, or in snake_case is read alike", () => {
  expect(turn(model({ text: "a", thoughtSignature: sealed }, { text: "b" }))).toEqual([
    thoughtPart,
    { type: "text", text: "ab" },
  ]);
  expect(turn(model({ text: "a" }, { text: "", thought_signature: sealed }))).toEqual([
    { type: "text", text: "a" },
    thoughtPart,
  ]);
});

test("Google's own signatures stay where they stood; they open nowhere", () => {
  expect(
    turn(
      model({ text: "T", thought: true, thoughtSignature: "R29vZ2xl" }, { functionCall, thoughtSignature: "Q2FsbA==" }),
    ),
  ).toEqual([
    { type: "reasoning", text: "T", signature: "R29vZ2xl" },
    { type: "reasoning", text: "", signature: "Q2FsbA==" },
    callPart,
  ]);
});

test("results find their calls without ids, by name and order", () => {
  const messages = decodeContents([
    user({ text: "go" }),
    model({ functionCall: { name: "read" } }, { functionCall: { name: "write" } }, { functionCall: { name: "read" } }),
    user(
      { functionResponse: { name: "read", response: { output: "1" } } },
      { functionResponse: { name: "write", response: { error: "no" } } },
      { function_response: { name: "read", response: { output: "2" } } },
    ),
  ]);
  const calls = messages[1]?.content as Array<{ id: string }>;
  expect(messages[2]?.content).toEqual([
    { type: "tool-result", callId: calls[0]?.id, content: [{ type: "text", text: "1" }] },
    { type: "tool-result", callId: calls[1]?.id, content: [{ type: "text", text: "no" }], isError: true },
    { type: "tool-result", callId: calls[2]?.id, content: [{ type: "text", text: "2" }] },
  ]);
});

test("the ids of a history do not change when it grows", () => {
  const first = [user({ text: "go" }), model({ functionCall: { name: "f" } })];
  const later = [
    ...first,
    user({ functionResponse: { name: "f", response: {} } }),
    model({ functionCall: { name: "f" } }),
  ];
  expect(decodeContents(later)[1]).toEqual(decodeContents(first)[1]);
});

test.each([
  [{ output: "" }, [], undefined],
  [{}, [], undefined],
  [{ result: "r" }, [{ type: "text", text: "r" }], { response: { result: "r" } }],
  [{ name: "f", content: "c" }, [{ type: "text", text: "c" }], { response: { name: "f", content: "c" } }],
  [{ a: [1] }, [{ type: "text", text: '{"a":[1]}' }], { response: { a: [1] } }],
])("the response %j reads as %j", (response, content, kept) => {
  const [, , message] = decodeContents([
    user({ text: "go" }),
    model({ functionCall: { name: "f" } }),
    user({ functionResponse: { name: "f", response } }),
  ]);
  expect(message?.content[0]).toEqual({
    type: "tool-result",
    callId: "call_gemini_0",
    content,
    ...(kept === undefined ? {} : { extensions: { gemini: kept } }),
  });
});

test("images, documents and files have words, sound and video are kept for this protocol", () => {
  const [message] = decodeContents([
    user(
      { inlineData: { mimeType: "image/png", data: "AAAA" } },
      { inline_data: { mime_type: "application/pdf", data: "AAAA", display_name: "a.pdf" } },
      { inlineData: { mimeType: "text/plain", data: "w6Q=" } },
      { fileData: { mimeType: "image/png", fileUri: "https://example.com/a.png" } },
      { fileData: { mimeType: "application/pdf", fileUri: "gs://bucket/a.pdf" } },
      { inlineData: { mimeType: "audio/wav", data: "AAAA" } },
      { fileData: { fileUri: "https://youtu.be/x" }, videoMetadata: { fps: 1 } },
    ),
  ]);
  expect(message?.content).toEqual([
    { type: "image", source: { kind: "base64", mediaType: "image/png", data: "AAAA" } },
    { type: "document", title: "a.pdf", source: { kind: "base64", mediaType: "application/pdf", data: "AAAA" } },
    { type: "document", source: { kind: "text", text: "ä" }, extensions: { gemini: { mimeType: "text/plain" } } },
    { type: "image", source: { kind: "url", url: "https://example.com/a.png", mediaType: "image/png" } },
    {
      type: "document",
      source: { kind: "file", fileId: "gs://bucket/a.pdf" },
      extensions: { gemini: { mimeType: "application/pdf" } },
    },
    { type: "opaque", protocol: "gemini", value: { inlineData: { mimeType: "audio/wav", data: "AAAA" } } },
    {
      type: "opaque",
      protocol: "gemini",
      value: { fileData: { fileUri: "https://youtu.be/x" }, videoMetadata: { fps: 1 } },
    },
  ]);
});

test("code that Google has run is kept for this protocol, its signature before it", () => {
  const code = { executableCode: { language: "PYTHON", code: "1" } };
  expect(turn(model({ ...code, thoughtSignature: sealed }))).toEqual([
    thoughtPart,
    { type: "opaque", protocol: "gemini", value: code },
  ]);
});
