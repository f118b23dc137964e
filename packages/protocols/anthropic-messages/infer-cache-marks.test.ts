import { expect, test } from "vitest";
import type { ChatRequest } from "../model/chat-request.ts";
import { createReceipt } from "../receipt.ts";
import { anthropic } from "../vendors/anthropic.ts";
import { deepseek } from "../vendors/deepseek.ts";
import { encodeRequest } from "./encode-request.ts";

const text = (value: string) => [{ type: "text" as const, text: value }];
const tool = { kind: "function" as const, name: "f", parameters: { type: "object" } };
const request: ChatRequest = {
  model: "m",
  system: text("be good"),
  messages: [
    { role: "user", content: text("1") },
    { role: "assistant", content: text("2") },
    { role: "user", content: text("3") },
    { role: "assistant", content: text("4") },
    { role: "user", content: [...text("5"), ...text("6")] },
  ],
  tools: [tool],
  sampling: {},
  stream: false,
  extensions: {},
};

/** The texts that carry a mark. */
function marked(over: Partial<ChatRequest> = {}, inferCacheMarks = true, profile = anthropic): string[] {
  const found: string[] = [];
  const { body } = encodeRequest(
    { ...request, ...over },
    {
      profile,
      upstreamModel: "claude-sonnet-4-5",
      origin: "o",
      sealer: { seal: () => "", open: () => undefined, originOf: () => undefined },
      receipt: createReceipt(),
      inferCacheMarks,
    },
  );
  JSON.stringify(body, (_, value: unknown) => {
    if (typeof value === "object" && value !== null && "cache_control" in value && "text" in value)
      found.push(String(value.text));
    return value;
  });
  return found;
}

test("behind the system prompt, at the end, and where the end was a turn ago", () => {
  expect(marked()).toEqual(["be good", "3", "6"]);
  expect(marked({ messages: request.messages.slice(0, 1) })).toEqual(["be good", "1"]);
});

test("not for a single question, nor where the client could have set them or has, nor for a vendor that takes none", () => {
  const question = { messages: request.messages.slice(0, 1), tools: [] };
  expect(marked(question)).toEqual([]);
  expect(marked({}, false)).toEqual([]);
  expect(marked({ system: [{ type: "text", text: "own", cache: { ttl: "5m" } }] })).toEqual(["own"]);
  expect(marked({}, true, deepseek)).toEqual([]);
});
