import { afterAll, beforeAll, expect, test } from "vitest";
import { clientDialects, messagesClient } from "../../testing/client-dialects.ts";
import {
  chatChunk,
  chatCompletion,
  message,
  messagesEvent,
  sendJson,
  startEventStream,
  startScriptedUpstream,
  type ScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/* One event of many megabytes (an image in base64, for example), which arrives in hundreds of pieces. */

const megabyte = 1024 * 1024;
const content = "y".repeat(16 * megabyte);

let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream((response, { path, body }) => {
    const text = body.model === "too-long" ? content.repeat(5) : content;
    if (body.stream !== true) {
      sendJson(response, 200, path.endsWith("/messages") ? message(text) : chatCompletion(text));
      return;
    }
    startEventStream(response);
    response.end(
      path.endsWith("/messages")
        ? messagesEvent("message_start", { message: { ...message(""), content: [], stop_reason: null } }) +
            messagesEvent("content_block_start", { index: 0, content_block: { type: "text", text: "" } }) +
            messagesEvent("content_block_delta", { index: 0, delta: { type: "text_delta", text } }) +
            messagesEvent("content_block_stop", { index: 0 }) +
            messagesEvent("message_delta", {
              delta: { stop_reason: "end_turn", stop_sequence: null },
              usage: { output_tokens: 5 },
            }) +
            messagesEvent("message_stop")
        : `${chatChunk({ role: "assistant", content: "" })}${chatChunk({ content: text })}${chatChunk({}, "stop")}data: [DONE]\n\n`,
    );
  });
  gateway = await startTestGateway({
    providers: {
      chat: {
        protocol: "openai-chat",
        base_url: upstream.url,
        models: { chat: {}, "chat-too-long": { upstream_id: "too-long" } },
      },
      messages: {
        protocol: "anthropic-messages",
        base_url: upstream.url,
        models: { messages: {}, "messages-too-long": { upstream_id: "too-long" } },
      },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

const ways = clientDialects.flatMap((client) => ["chat", "messages"].map((model) => ({ client, model })));

test.each(ways)(
  "$client.name, $model upstream: it passes, in time that grows with its length only",
  async ({ client, model }) => {
    const heard = await gateway.ask(client, { model, stream: true });
    expect(client.isFinished(heard.text.slice(-1000))).toBe(true);
    expect(client.text(heard) === content).toBe(true);
  },
  15_000,
);

test.each([
  ["chat", true],
  ["messages", true],
  ["chat", false],
  ["messages", false],
])(
  "one beyond all measure is the %s upstream's fault, not the gateway's end (stream: %s)",
  async (model, stream) => {
    const heard = await gateway.ask(messagesClient, { model: `${model}-too-long`, stream });
    // A stream's headers do not wait for ever.
    expect(stream ? [200, 502] : [502]).toContain(heard.status);
    expect(messagesClient.isFinished(heard.text.slice(-1000))).toBe(false);
    expect((await gateway.generation(heard)).error_code).toMatch(/^upstream_/);
  },
  15_000,
);
