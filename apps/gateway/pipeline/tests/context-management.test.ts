import { afterAll, beforeAll, expect, test } from "vitest";
import { answerWell } from "../../testing/answer-well.ts";
import { readEvents, toArray, type Json } from "../../testing/call.ts";
import { messagesClient } from "../../testing/client-dialects.ts";
import { startScriptedUpstream, type ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream((response, request) => answerWell(response, request, "done"));
  const models = { "kimi-k2-thinking": {} };
  gateway = await startTestGateway({
    providers: {
      kimi: { protocol: "openai-chat", base_url: upstream.url, vendor: "moonshot", models },
      claude: { protocol: "anthropic-messages", base_url: upstream.url, vendor: "anthropic", models: { claude: {} } },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

const tools = [{ name: "Read", input_schema: { type: "object" } }];
const messages: Json[] = [{ role: "user", content: "?" }];
for (const id of ["a", "b"]) {
  messages.push(
    { role: "assistant", content: [{ type: "tool_use", id, name: "Read", input: {} }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: `result ${id}` }] },
  );
}
const context_management = {
  edits: [
    {
      type: "clear_tool_uses_20250919",
      trigger: { type: "tool_uses", value: 1 },
      keep: { type: "tool_uses", value: 1 },
    },
  ],
};

test.each([true, false])(
  "edits are made before a model without them reads the context (streamed: %s)",
  async (stream) => {
    const body = { model: "kimi-k2-thinking", tools, messages, context_management, stream };
    const heard = await gateway.ask(messagesClient, body);
    const sent = JSON.stringify(upstream.last().body.messages);
    expect([sent.includes("result a"), sent.includes("result b")]).toEqual([false, true]);
    const end = stream ? readEvents(heard.text).find((event) => event.type === "message_delta") : heard.json;
    expect(end?.context_management).toEqual({
      applied_edits: [{ type: "clear_tool_uses_20250919", cleared_tool_uses: 1, cleared_input_tokens: 2 }],
    });
    expect(String(heard.headers["x-onerouter-receipt"])).toContain("context_management");
  },
);

test("Anthropic makes its edits itself", async () => {
  const beta = { "anthropic-beta": "context-management-2025-06-27" };
  await gateway.ask(messagesClient, { model: "claude", tools, messages, context_management }, { headers: beta });
  expect(upstream.last().body.context_management).toEqual(context_management);
  expect(toArray(upstream.last().body.messages)).toEqual(messages);
});
