import type { ChatRequest } from "@onerouter/protocols";
import { describe, expect, test } from "vitest";
import { measureNeeds } from "./measure-needs.ts";
import { noFields } from "./fields/read-gateway-fields.ts";

const empty: ChatRequest = {
  model: "m",
  system: [],
  messages: [],
  tools: [],
  sampling: {},
  stream: true,
  extensions: {},
};

function measure(request: Partial<ChatRequest>, bytes = 1_000, headers = {}, fields = noFields) {
  return measureNeeds({ ...empty, ...request }, fields, { body: Buffer.alloc(bytes), headers });
}

const text = (value: string) => ({ type: "text" as const, text: value });
const user = (value: string) => ({ role: "user" as const, content: [text(value)] });

test("pictures are no text: a megabyte of base64 is no quarter of a million tokens", () => {
  const image = {
    type: "image" as const,
    source: { kind: "base64" as const, mediaType: "image/png", data: "x".repeat(9_000) },
  };
  const call = { type: "tool-result" as const, callId: "1", content: [image] };
  const needs = measure({ messages: [{ role: "user", content: [image, call] }] }, 20_000);
  expect(needs).toMatchObject({ promptBytes: 2_000, mediaTokens: 3_200, images: true, documents: false });
});

test("a document costs by its pages, one that is text by its letters", () => {
  const pdf = { kind: "base64" as const, mediaType: "application/pdf", data: "x".repeat(120_000) };
  const written = { kind: "text" as const, text: "y".repeat(5_000) };
  const documents = [pdf, written].map((source) => ({ type: "document" as const, source }));
  const needs = measure({ messages: [{ role: "user", content: documents }] }, 130_000);
  expect(needs).toMatchObject({ promptBytes: 10_000, mediaTokens: 6_000, images: false, documents: true });
});

test("answers that are there already count as turns", () => {
  const said = { role: "assistant" as const, content: [text("yes")] };
  expect(measure({ messages: [user("a"), said, user("b"), said, user("c")] }).turns).toBe(2);
});

describe("whose conversation it is", () => {
  const nameOf = (...parameters: Parameters<typeof measure>): string | undefined => measure(...parameters).session;
  const messages = [user("hello there")];

  test("the opening tells, whatever follows it", () => {
    expect(nameOf({ messages })).toBe(nameOf({ messages: [...messages, user("more")] }));
    expect(nameOf({ messages })).not.toBe(nameOf({ messages: [user("hello Bob")] }));
    expect(nameOf({ messages })).not.toBe(nameOf({ messages, system: [text("be brief")] }));
  });

  test("the client's own name for it, in a header, a field or a cache key, and in it each conversation for itself", () => {
    const stated = [
      nameOf({ messages }, 1, { "x-session-id": "s" }),
      nameOf({ messages }, 1, { "x-claude-code-session-id": "s" }),
      nameOf({ messages }, 1, {}, { ...noFields, sessionId: "s" }),
      nameOf({ messages, extensions: { "openai-responses": { prompt_cache_key: "s" } } }),
      nameOf({ messages, system: [text("it is noon")] }, 1, { "session-id": "s" }),
    ];
    expect(new Set(stated).size).toBe(1);
    expect(nameOf({ messages: [user("a subagent")] }, 1, { "x-session-id": "s" })).not.toBe(stated[0]);
    expect(nameOf({ messages }, 1, { "x-session-id": "t" })).not.toBe(stated[0]);
  });
});
