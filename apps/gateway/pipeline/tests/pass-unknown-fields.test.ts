import { afterAll, beforeAll, expect, test } from "vitest";
import { chatClient, messagesClient } from "../../testing/client-dialects.ts";
import {
  chatCompletion,
  message,
  sendJson,
  startScriptedUpstream,
  type ScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/* BerriAI/litellm#22878 (T17): a client newer than the gateway must not break on it. */

let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream((response, { path }) =>
    sendJson(response, 200, path.endsWith("/messages") ? message("fine") : chatCompletion("fine")),
  );
  gateway = await startTestGateway({
    providers: {
      anthropic: { protocol: "anthropic-messages", base_url: upstream.url, models: { native: {} } },
      moonshot: { protocol: "openai-chat", base_url: upstream.url, models: { kimi: {} } },
      plain: { protocol: "openai-chat", base_url: upstream.url, models: { chat: {} } },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

const betas = "claude-code-20250219,thing-of-tomorrow-2031-01-01";
const news = {
  thing_of_tomorrow: { deeply: ["new"] },
  context_management: { edits: [{ type: "clear_everything_20310101" }] },
};
const messages = [
  { role: "user", content: [{ type: "text", text: "hello", mood: "new" }] },
  { role: "system", content: "now" },
];

test("a Messages upstream gets unknown betas, fields and fields of blocks, on both lanes", async () => {
  for (const signature of [undefined, "foreign"]) {
    const thought = { type: "thinking", thinking: "hm", signature };
    const history =
      signature === undefined
        ? []
        : [
            { role: "assistant", content: [thought, { type: "text", text: "a" }] },
            { role: "user", content: "b" },
          ];
    const all = [...messages, ...history];
    const heard = await gateway.ask(
      messagesClient,
      { model: "native", messages: all, ...news },
      { headers: { "anthropic-beta": betas } },
    );
    expect([heard.status, messagesClient.text(heard)]).toEqual([200, "fine"]);
    const { headers, body } = upstream.last();
    expect(headers["anthropic-beta"]).toMatch(new RegExp(`^${betas}(?:,mid-conversation-system-2026-04-07)?$`));
    expect(body).toMatchObject({ ...news, messages: expect.arrayContaining([messages[0]]) });
  }
});

test("a chat upstream is spared them, and the receipt says so", async () => {
  const heard = await gateway.ask(
    messagesClient,
    { model: "kimi", messages, ...news },
    { headers: { "anthropic-beta": betas } },
  );
  expect([heard.status, messagesClient.text(heard)]).toEqual([200, "fine"]);
  expect(JSON.stringify(upstream.last())).not.toMatch(/thing_of_tomorrow|anthropic-beta|clear_everything/);
  expect(JSON.stringify((await gateway.generation(heard)).receipt)).toContain("thing_of_tomorrow");
});

test("a chat upstream gets unknown fields of a chat client", async () => {
  const heard = await gateway.ask(chatClient, { model: "chat", thing_of_tomorrow: { deeply: ["new"] } });
  expect(chatClient.text(heard)).toBe("fine");
  expect(upstream.last().body).toMatchObject({ thing_of_tomorrow: { deeply: ["new"] } });
});
