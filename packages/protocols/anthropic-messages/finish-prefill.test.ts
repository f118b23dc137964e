import { describe, expect, test } from "vitest";
import type { ContentPart } from "../model/content.ts";
import type { ReasoningRequest } from "../model/chat-request.ts";
import { assistant, encodeFor, requestOf, text, user } from "./__fixtures__/requests.ts";

function ending(model: string, content: ContentPart[], reasoning?: ReasoningRequest) {
  const over = { messages: [user(text("a")), assistant(...content)], ...(reasoning && { reasoning }) };
  const { body, receipts } = encodeFor("anthropic", model, requestOf(over));
  return { roles: (body.messages as { role: string }[]).map(({ role }) => role), messages: body.messages, receipts };
}

describe("an answer that the client has begun", () => {
  test("goes on from there at models that take that, and does not end in a blank", () => {
    const { messages, receipts } = ending("claude-sonnet-4-5", [text("Sure:\n ")]);
    expect(messages).toMatchObject([{}, { role: "assistant", content: [{ type: "text", text: "Sure:" }] }]);
    expect(receipts).toEqual([]);
  });

  test.each<[string, string, ReasoningRequest?]>([
    ["Claude 4.6 and later (strands-agents/sdk-python#1694)", "claude-opus-4-6"],
    ["models newer than this code", "claude-next"],
    ["a model that is to think before", "claude-sonnet-4-5", { mode: "budget", budgetTokens: 2000 }],
  ])("is gone on with for the user's sake at %s", (_, model, reasoning) => {
    const { roles, messages, receipts } = ending(model, [text("Sure: ")], reasoning);
    expect(roles).toEqual(["user", "assistant", "user"]);
    expect(messages).toMatchObject([{}, { content: [{ text: "Sure: " }] }, {}]);
    expect(receipts).toEqual(["emulated messages"]);
  });

  test("stays last where a server tool has paused it: that is how Anthropic wants it back", () => {
    const use = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "x" } };
    const paused: ContentPart = { type: "opaque", protocol: "anthropic-messages", value: use };
    expect(ending("claude-opus-4-8", [text("Let me see."), paused])).toMatchObject({
      roles: ["user", "assistant"],
      receipts: [],
    });
  });
});
