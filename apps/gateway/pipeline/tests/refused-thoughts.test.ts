import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { toArray, toObject, type Json } from "../../testing/call.ts";
import { messagesClient } from "../../testing/client-dialects.ts";
import { message, sendJson, startScriptedUpstream, type ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/*
 * A provider that has given a thought and does not know it again: its account was changed, its keys were renewed, or
 * something before the thought is another (anthropics/anthropic-sdk-python#1598, anomalyco/opencode#48637). A session that is
 * told so is lost, since its history stays what it is.
 */

const refusal = {
  type: "error",
  error: { type: "invalid_request_error", message: "messages.1.content.0: Invalid `signature` in `thinking` block" },
};
const thought = { type: "thinking", thinking: "I look.", signature: "native" };
const use = { type: "tool_use", id: "toolu_1", name: "Bash", input: { command: "ls" } };
const question = { role: "user", content: "look" };
const tools = [{ name: "Bash", input_schema: { type: "object", properties: { command: { type: "string" } } } }];

let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream((response) => sendJson(response, 500, {}));
  gateway = await startTestGateway({
    providers: {
      anthropic: {
        protocol: "anthropic-messages",
        base_url: upstream.url,
        models: { "claude-opus-4-8": {}, "claude-sonnet-4-5": {} },
      },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});
beforeEach(() => upstream.seen.splice(0));

/** A turn with a call, and its result, as the client has them then. */
async function firstTurn(model: string, thinking: Json): Promise<Json> {
  upstream.answer((response) =>
    sendJson(response, 200, message("", { content: [thought, use], stop_reason: "tool_use" })),
  );
  const body = { model, max_tokens: 4000, tools, thinking, messages: [question] };
  const heard = await gateway.ask(messagesClient, body);
  const content = toArray(heard.json.content).map(toObject);
  const result = { type: "tool_result", tool_use_id: content[1]?.id, content: "a.ts" };
  upstream.seen.splice(0);
  return { ...body, messages: [question, { role: "assistant", content }, { role: "user", content: [result] }] };
}

describe.each<[string, Json, unknown]>([
  ["claude-opus-4-8", { type: "adaptive" }, { type: "adaptive" }],
  ["claude-sonnet-4-5", { type: "enabled", budget_tokens: 2000 }, undefined],
])("thoughts that %s refuses", (model, thinking, thinkingThen) => {
  test("are left out when it is asked once more", async () => {
    const body = await firstTurn(model, thinking);
    upstream.answer((response, { text }) =>
      text.includes('"native"') ? sendJson(response, 400, refusal) : sendJson(response, 200, message("Done.")),
    );
    const heard = await gateway.ask(messagesClient, body);
    expect([heard.status, messagesClient.text(heard)]).toEqual([200, "Done."]);
    const [first, second] = upstream.seen;
    expect(upstream.seen).toHaveLength(2);
    expect(first?.text).toContain('"native"');
    expect(toObject(toArray(second?.body.messages)[1]).content).toMatchObject([{ type: "tool_use" }]);
    expect(second?.body.thinking).toEqual(thinkingThen);
    const record = await gateway.generation(heard);
    expect(JSON.stringify(record.receipt)).toContain("messages.thinking");
    expect(toArray(record.attempts).map((one) => toObject(one).outcome)).toEqual(["invalid_request", "ok"]);
  });

  test("are left out once: what it refuses then is told", async () => {
    const body = await firstTurn(model, thinking);
    upstream.answer((response) => sendJson(response, 400, refusal));
    const heard = await gateway.ask(messagesClient, body);
    expect([heard.status, messagesClient.error(heard).message]).toEqual([400, refusal.error.message]);
    expect(upstream.seen).toHaveLength(2);
  });
});
