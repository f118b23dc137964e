import type { ProtocolName } from "@onerouter/protocols";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createKey } from "../../identity/create-key.ts";
import { call, type Heard, type Json } from "../../testing/call.ts";
import { callingClients, type CallingClient } from "../../testing/calling-clients.ts";
import { startDyingUpstreams, type DyingUpstreams } from "../../testing/dying-upstreams.ts";
import {
  chatChunk,
  message,
  messagesEvent,
  startEventStream,
  startScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/* Whether an answer goes on is a key's own matter, whatever the configuration says of the others. */

const text = "One two three four five six seven eight nine ten. And so it goes on, until the end.";
const bash = '{"command":"ls"}';
const off = createKey("off", 0, { resume: false });
const on = createKey("on", 0, { resume: true });

let dying: DyingUpstreams;
/** By `server.resume`. */
const gateways = new Map<boolean, TestGateway>();
beforeAll(async () => {
  dying = await startDyingUpstreams();
  for (const resume of [true, false]) {
    const gateway = await startTestGateway({
      server: { resume },
      providers: {
        chat: { protocol: "openai-chat", base_url: dying.url("openai-chat"), models: { m: {} } },
        messages: { protocol: "anthropic-messages", base_url: dying.url("anthropic-messages"), models: { native: {} } },
      },
      keys: [off.record, on.record],
    });
    gateways.set(resume, gateway);
  }
});
afterAll(async () => {
  for (const gateway of gateways.values()) await gateway.stop();
  await dying.close();
});

async function ask(
  client: CallingClient,
  resume: boolean,
  key: string | undefined,
  fields: Json = {},
): Promise<{ heard: Heard; asked: number }> {
  const gateway = gateways.get(resume);
  if (gateway === undefined) throw new Error("no gateway");
  const prompt = dying.promptFor({ answer: { text }, deaths: [4], how: "cut", manner: "repeats" });
  const heard = await call(gateway.url + client.path("m", true), {
    body: { ...client.body("m", prompt, [], true), tools: undefined, ...fields },
    headers: { authorization: `Bearer ${key ?? gateway.key}` },
  }).done;
  return { heard, asked: dying.asked(prompt).length };
}

describe.each(callingClients.map((client) => ({ client })))("$client.name", ({ client }) => {
  test.each<[server: boolean, key: string, goesOn: boolean]>([
    [true, "none", true],
    [true, "off", false],
    [false, "none", false],
    [false, "on", true],
  ])("server.resume %s, key %s: goes on %s", async (server, name, goesOn) => {
    const key = { none: undefined, off: off.key, on: on.key }[name];
    const { heard, asked } = await ask(client, server, key);
    expect(heard.status).toBe(200);
    expect([asked, client.text(heard) === text]).toEqual([goesOn ? 2 : 1, goesOn]);
    if (goesOn) return;
    // The end that its clients know: a cut, or an error.
    expect(text.startsWith(client.text(heard))).toBe(true);
    if (client.name === "anthropic-messages") expect(heard.complete).toBe(false);
    else expect(client.error(heard)).toBeDefined();
  });

  test("a request may refuse what its key is given", async () => {
    const { asked } = await ask(client, false, on.key, { provider: { resume: false } });
    expect(asked).toBe(1);
  });
});

/** A text and a call, and the end of the answer. */
const scripts: Readonly<Record<string, { vendor: string; fields?: Json; call: string[]; end: string[] }>> = {
  "anthropic-messages": {
    vendor: "anthropic",
    call: [
      messagesEvent("message_start", { message: { ...message(""), content: [] } }),
      messagesEvent("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
      messagesEvent("content_block_delta", { index: 0, delta: { type: "text_delta", text: "I look." } }),
      messagesEvent("content_block_stop", { index: 0 }),
      messagesEvent("content_block_start", {
        index: 1,
        content_block: { type: "tool_use", id: "toolu_1", name: "Bash", input: {} },
      }),
      messagesEvent("content_block_delta", { index: 1, delta: { type: "input_json_delta", partial_json: bash } }),
      messagesEvent("content_block_stop", { index: 1 }),
    ],
    end: [
      messagesEvent("message_delta", { delta: { stop_reason: "tool_use" }, usage: { output_tokens: 5 } }),
      messagesEvent("message_stop"),
    ],
  },
  "openai-chat": {
    vendor: "openai",
    // It calls the field otherwise, which would need another body than the client's.
    fields: { max_tokens: undefined },
    call: [
      chatChunk({ role: "assistant", content: "I look." }),
      chatChunk({
        tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "Bash", arguments: bash } }],
      }),
    ],
    end: [chatChunk({}, "tool_calls"), "data: [DONE]\n\n"],
  },
};

test.each(callingClients.filter(({ name }) => Object.hasOwn(scripts, name)))(
  "on $name's express lane a call waits for no other, for a key that is not to go on",
  async (client) => {
    const { vendor, fields, call: first, end } = scripts[client.name] ?? { vendor: "", call: [], end: [] };
    let finish: (() => void) | undefined;
    const upstream = await startScriptedUpstream((response) => {
      startEventStream(response);
      response.write(first.join(""));
      finish = () => void response.end(end.join(""));
    });
    const protocol: ProtocolName = client.name;
    const gateway = await startTestGateway({
      providers: { p: { protocol, vendor, base_url: upstream.url, models: { m: {} } } },
      keys: [off.record],
    });
    const headers = { authorization: `Bearer ${off.key}` };
    try {
      const body = { ...client.body("m", "list", [{ name: "Bash", schema: { type: "object" } }], true), ...fields };
      const asked = call(gateway.url + client.path("m", true), { body, headers });
      // The upstream says no more until the client has this.
      await asked.until((heard) => heard.includes("Bash"));
      finish?.();
      const heard = await asked.done;
      expect(client.calls(heard)).toMatchObject([{ name: "Bash", arguments: bash }]);
      const id = String(heard.headers["x-onerouter-generation-id"]);
      const record = await call(`${gateway.url}/v1/generation?id=${id}`, { headers }).done;
      expect(record.json.data).toMatchObject({ express_lane: true });
    } finally {
      await gateway.stop();
      await upstream.close();
    }
  },
);
