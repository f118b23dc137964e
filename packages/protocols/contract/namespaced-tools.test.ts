import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../model/chat-event.ts";
import type { ChatRequest } from "../model/chat-request.ts";
import type { Tool } from "../model/tool.ts";
import { protocols } from "../protocols.ts";
import { createReceipt } from "../receipt.ts";
import { vendorProfiles } from "../vendors/index.ts";
import { generic } from "../vendors/generic.ts";
import { origin, testSealer } from "./__fixtures__/answers.ts";

const grammar = { type: "grammar", syntax: "lark", definition: "start: /.+/" };
const patch: Tool = { kind: "custom", name: "patch", namespace: "files", description: "Edits.", format: grammar };
const spawn: Tool = { kind: "function", name: "spawn", namespace: "agents", parameters: { type: "object" } };

function requestOf(more: Partial<ChatRequest>): ChatRequest {
  return {
    model: "m",
    system: [],
    messages: [{ role: "user", content: [{ type: "text", text: "go" }] }],
    tools: [patch, spawn],
    sampling: {},
    stream: false,
    extensions: {},
    ...more,
  };
}

/** What a whole answer with one call of this name looks like in each protocol. */
function answerOf(protocol: string, name: string, args: Record<string, unknown>): object {
  switch (protocol) {
    case "anthropic-messages":
      return {
        id: "m",
        type: "message",
        role: "assistant",
        model: "m",
        content: [{ type: "tool_use", id: "t1", name, input: args }],
        stop_reason: "tool_use",
        usage: { input_tokens: 1, output_tokens: 1 },
      };
    case "openai-chat": {
      const call = { id: "t1", type: "function", function: { name, arguments: JSON.stringify(args) } };
      return { id: "c", model: "m", choices: [{ message: { tool_calls: [call] }, finish_reason: "tool_calls" }] };
    }
    case "openai-responses": {
      const call = { type: "function_call", call_id: "t1", name, arguments: JSON.stringify(args) };
      return { id: "r", model: "m", status: "completed", output: [call] };
    }
    default:
      return { candidates: [{ content: { parts: [{ functionCall: { name, args } }] }, finishReason: "STOP" }] };
  }
}

describe.each(protocols.map((protocol) => ({ name: protocol.name, protocol })))("$name", ({ protocol }) => {
  const encode = (request: ChatRequest, profile = generic) =>
    protocol.encodeRequest(request, {
      profile,
      upstreamModel: "m",
      origin,
      sealer: testSealer(),
      receipt: createReceipt(),
    });

  test("a free-text tool in a namespace is a function upstream, and the client's own tool in the answer", () => {
    const { body, tools } = encode(requestOf({}));
    const text = JSON.stringify(body);
    expect(text).toContain('"files__patch"');
    expect(text).toContain("must follow this lark grammar:");
    const events: ChatEvent[] = [];
    protocol.decodeResponse(
      answerOf(protocol.name, "files__patch", { input: "***" }),
      { profile: generic, newId: (prefix) => `${prefix}1`, ...(tools === undefined ? {} : { tools }) },
      (event) => events.push(event),
    );
    expect(events.find((event) => event.type === "block-start")).toMatchObject({
      block: { type: "tool-call", name: "patch", namespace: "files", custom: true },
    });
    expect(events.find((event) => event.type === "block-delta")).toMatchObject({ text: "***" });
  });

  test.each([
    ["patch", "files__patch"],
    ["spawn", "agents__spawn"],
  ])("a choice of %s is one of the tool that the upstream sees", (name, wireName) => {
    const { body } = encode(requestOf({ toolChoice: { type: "tool", name } }));
    const choice = protocol.name === "gemini" ? body.toolConfig : body.tool_choice;
    expect(JSON.stringify(choice)).toContain(`"${wireName}"`);
  });

  test("a choice of a tool that is not there is refused by name", () => {
    expect(() => encode(requestOf({ toolChoice: { type: "tool", name: "nobody" } }))).toThrow(
      /no tool is named nobody/,
    );
  });

  test("a call of the history has the name that the tool has", () => {
    const call = {
      type: "tool-call" as const,
      id: "t1",
      name: "patch",
      namespace: "files",
      arguments: "x",
      custom: true,
    };
    const messages: ChatRequest["messages"] = [
      { role: "user", content: [{ type: "text", text: "go" }] },
      { role: "assistant", content: [call] },
      { role: "user", content: [{ type: "tool-result", callId: "t1", content: [{ type: "text", text: "ok" }] }] },
    ];
    const text = JSON.stringify(encode(requestOf({ messages })).body);
    expect(text.match(/"name":"files__patch"/g)).toHaveLength(protocol.name === "gemini" ? 3 : 2);
  });
});

test("a search of another protocol's client is narrowed at Anthropic, too", () => {
  const [messages] = protocols;
  const search: Tool = {
    kind: "hosted",
    name: "web_search",
    protocol: "openai-responses",
    hostedType: "web_search",
    value: {},
    service: { type: "web-search", maxUses: 3, allowedDomains: ["example.com"], userLocation: { city: "Bern" } },
  };
  const receipt = createReceipt();
  const profile = vendorProfiles.anthropic ?? generic;
  const target = { profile, upstreamModel: "claude-opus-4-8", origin, sealer: testSealer(), receipt };
  expect(messages?.encodeRequest(requestOf({ tools: [search] }), target).body.tools).toEqual([
    {
      type: "web_search_20250305",
      name: "web_search",
      max_uses: 3,
      allowed_domains: ["example.com"],
      user_location: { type: "approximate", city: "Bern" },
    },
  ]);
});
