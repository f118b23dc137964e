import { expect, test } from "vitest";
import { encodeFor, requestOf } from "../contract/__fixtures__/requests.ts";
import type { ChatRequest, Message } from "../model/chat-request.ts";
import type { ContentPart } from "../model/content.ts";
import type { WireObject } from "../wire/json-object.ts";
import { openaiChat } from "./index.ts";

const text = (value: string): ContentPart[] => [{ type: "text", text: value }];
const call = (id: string): ContentPart => ({ type: "tool-call", id, name: "f", arguments: "{}" });
const result = (callId: string, value: string): ContentPart => ({
  type: "tool-result",
  callId,
  content: [{ type: "text", text: value }],
});
const image: ContentPart = { type: "image", source: { kind: "url", url: "https://example.com/a.png" } };
const messages: Message[] = [
  { role: "user", content: text("1") },
  { role: "assistant", content: [call("a"), call("b")] },
  { role: "user", content: [result("a", "2"), result("b", "3")] },
  { role: "assistant", content: [call("c")] },
  { role: "user", content: [result("c", "4"), ...text("5"), image] },
];
const request: Partial<ChatRequest> = {
  system: [{ type: "text", text: "be good" }],
  messages,
  tools: [{ kind: "function", name: "f", parameters: { type: "object" } }],
};

function bodyFor(over: Partial<ChatRequest>, model: string, infers: boolean): WireObject {
  return encodeFor(openaiChat, "openrouter", model, requestOf({ ...request, ...over }), { inferCacheMarks: infers })
    .body;
}

/** The texts that carry a mark. */
function marked(over: Partial<ChatRequest> = {}, model = "anthropic/claude-sonnet-4.5", infers = true): string[] {
  const found: string[] = [];
  JSON.stringify(bodyFor(over, model, infers), (_, value: unknown) => {
    if (typeof value === "object" && value !== null && "cache_control" in value && "text" in value)
      found.push(String(value.text));
    return value;
  });
  return found;
}

test("behind the system text, at the end, and where the end was a turn ago", () => {
  expect(marked()).toEqual(["be good", "3", "5"]);
  expect(marked({ messages: messages.slice(0, 3) })).toEqual(["be good", "1", "3"]);
  expect(marked({ messages: messages.slice(0, 1) })).toEqual(["be good", "1"]);
  expect(marked({}, "qwen/qwen3-coder-plus")).toEqual(["be good", "3", "5"]);
});

test("a turn's prompt goes on in the next one with nothing but marks changed", () => {
  const written = (length: number): string => {
    const { messages: wire } = bodyFor({ messages: messages.slice(0, length) }, "anthropic/claude-sonnet-4.5", true);
    return JSON.stringify(wire).replaceAll(',"cache_control":{"type":"ephemeral"}', "").slice(0, -1);
  };
  expect(written(3).startsWith(written(1))).toBe(true);
  expect(written(5).startsWith(written(3))).toBe(true);
});

test("not for a single question, nor where the client could have set them or has, nor for models cached without", () => {
  expect(marked({ messages: messages.slice(0, 1), tools: [] })).toEqual([]);
  expect(marked({}, "anthropic/claude-sonnet-4.5", false)).toEqual([]);
  expect(marked({ system: [{ type: "text", text: "own", cache: { ttl: "5m" } }] })).toEqual(["own"]);
  expect(marked({ extensions: { "openai-chat": { cache_control: { type: "ephemeral" } } } })).toEqual([]);
  expect(marked({}, "google/gemini-3-pro")).toEqual([]);
});
