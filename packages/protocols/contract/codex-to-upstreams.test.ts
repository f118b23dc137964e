import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../model/chat-event.ts";
import type { ProtocolName } from "../model/protocol.ts";
import { noUsage } from "../model/usage.ts";
import { codex169 } from "../openai-responses/__fixtures__/codex.ts";
import { openaiResponses } from "../openai-responses/index.ts";
import { protocolFor } from "../protocols.ts";
import { decodeText, encodeEvents, origin, testSealer } from "./__fixtures__/answers.ts";
import { encodeFor } from "./__fixtures__/requests.ts";

/** The signature of a thought that an upstream gave without one. */
function sign(text: string): string {
  return testSealer().seal({ origin, native: "" }, text);
}

const body = codex169(sign);

describe.each<[ProtocolName, string, string]>([
  ["openai-chat", "moonshot", "kimi-k2-thinking"],
  ["openai-chat", "deepseek", "deepseek-v4-pro"],
  ["anthropic-messages", "anthropic", "claude-opus-4-8"],
  ["anthropic-messages", "moonshot", "kimi-k2-thinking"],
  ["gemini", "google", "gemini-3-pro-preview"],
  ["openai-responses", "generic", "anything"],
])("Codex at %s %s %s", (name, vendor, model) => {
  const protocol = protocolFor(name);
  const request = openaiResponses.decodeRequest(JSON.parse(JSON.stringify(body)));
  const encoded = encodeFor(protocol, vendor, model, request);

  test("its search for tools, its free-text and its namespaced tools are functions, and those found are there", () => {
    const names = [...JSON.stringify(encoded.body.tools).matchAll(/"name":"(\w+)"/g)].map(([, found]) => found);
    expect(names).toEqual([
      "exec_command",
      "apply_patch",
      "multi_agent_v1__spawn",
      "tool_search",
      ...(vendor === "anthropic" ? ["web_search"] : []),
      "mcp__tracker__list_issues",
    ]);
  });

  test("the model's calls come back as what Codex has defined", () => {
    const calls: ReadonlyArray<readonly [string, string]> = [
      ["tool_search", '{"query":"a"}'],
      ["apply_patch", '{"input":"*** Begin"}'],
      ["mcp__tracker__list_issues", "{}"],
    ];
    const said = calls.flatMap(([called, args], index): ChatEvent[] => [
      { type: "block-start", index, block: { type: "tool-call", id: `call_${index}7bK2mQz81`, name: called } },
      { type: "block-delta", index, text: args },
      { type: "block-stop", index },
    ]);
    const stream = encodeEvents(protocol, [
      { type: "start", id: "a", model: "m" },
      ...said,
      { type: "finish", reason: "tool-calls", usage: { ...noUsage, inputTokens: 1, outputTokens: 1 } },
    ]);
    const tools = encoded.tools ?? new Map();
    const client = encodeEvents(openaiResponses, decodeText(protocol, stream, { tools }));
    const items = [...client.matchAll(/^data: (\{"type":"response\.output_item\.done".*)$/gm)].map(
      ([, json = ""]) => (JSON.parse(json) as { item: object }).item,
    );
    expect(items).toMatchObject([
      { type: "tool_search_call", execution: "client", arguments: { query: "a" } },
      { type: "custom_tool_call", name: "apply_patch", input: "*** Begin" },
      { type: "function_call", name: "list_issues", namespace: "mcp__tracker", arguments: "{}" },
    ]);
  });

  test("every call of its history is there with its result", () => {
    const sent = JSON.stringify(encoded.body);
    for (const piece of ["*** Begin Patch", "Done!", "agent 1", "issues", "I create it.", "You are a coding agent."]) {
      expect(sent).toContain(piece);
    }
    expect(sent).not.toContain("or1.");
  });
});

test("Codex at OpenAI itself: what it has said, and nothing else", () => {
  const request = openaiResponses.decodeRequest(JSON.parse(JSON.stringify(body)));
  const { body: sent, receipts, tools } = encodeFor(openaiResponses, "openai", "gpt-5.5", request);
  // The thought is another's.
  const input = (body.input as Array<{ type: string }>).filter(({ type }) => type !== "reasoning");
  const found = (sent.input as Array<{ type: string }>).find(({ type }) => type === "function_call_output");
  expect(found).toMatchObject({ output: [{ type: "input_text" }, { type: "input_image", detail: "auto" }] });
  expect(sent).toMatchObject({
    ...body,
    input: input.map((item) => {
      const { status: _status, ...rest } = item as { type: string; status?: string };
      return rest.type === "function_call_output" ? { type: rest.type } : rest;
    }),
  });
  expect(Object.keys(sent).sort()).toEqual(Object.keys(body).sort());
  expect(receipts).toEqual(["dropped messages.reasoning"]);
  expect(tools).toBeUndefined();
});
