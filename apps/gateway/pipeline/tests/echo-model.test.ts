import { checkAnthropicStream } from "@onerouter/protocols/grammar/index";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerWell, eventsOf } from "../../testing/answer-well.ts";
import { readEvents, toObject, type Heard, type Json } from "../../testing/call.ts";
import { clientDialects, messagesClient } from "../../testing/client-dialects.ts";
import { startEventStream, startScriptedUpstream, type ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/*
 * The model's name in an answer is the one that was asked for: Claude Code 2.1.197 strips all signed thoughts from the
 * history when the names differ.
 */

let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream((response, request) => {
    if (request.body.model !== "no-count" || request.body.stream !== true) {
      answerWell(response, request, "fine");
      return;
    }
    startEventStream(response);
    const silent = (event: string): string => event.replaceAll(/"(input_tokens|prompt_tokens)":\d+/g, '"$1":0');
    response.end(eventsOf(request, "fine").map(silent).join(""));
  });
  const models = { "author/long-name": { upstream_id: "upstream-name" }, "no-count": {} };
  gateway = await startTestGateway({
    providers: {
      chat: { protocol: "openai-chat", base_url: upstream.url, models },
      messages: {
        protocol: "anthropic-messages",
        base_url: upstream.url,
        models: {
          "native/long-name": { upstream_id: "upstream-name" },
          "native-no-count": { upstream_id: "no-count" },
        },
      },
    },
    aliases: { nick: "author/long-name", "native-nick": "native/long-name" },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

const names = ["author/long-name", "nick", "native/long-name", "native-nick"];
const ways = clientDialects.flatMap((client) => [true, false].map((stream) => ({ client, stream })));

describe.each(ways)("$client.name, stream: $stream", ({ client, stream }) => {
  test.each(names)("%s is echoed, and the upstream asked by its own name", async (model) => {
    const heard = await gateway.ask(client, { model, stream });
    expect([client.model(heard), client.text(heard)]).toEqual([model, "fine"]);
    expect(heard.text).not.toContain("upstream-model");
    expect(upstream.last().body.model).toBe("upstream-name");
  });
});

test("Claude Code's mark for a long context is no part of the name", async () => {
  for (const model of ["nick", "native-nick"]) {
    for (const stream of [true, false]) {
      const heard = await gateway.ask(messagesClient, { model: `${model}[1m]`, stream });
      expect([heard.status, messagesClient.model(heard)]).toEqual([200, model]);
      expect(upstream.last().body.model).toBe("upstream-name");
    }
  }
});

test.each(["no-count", "native-no-count"])(
  "message_start tells an estimate of the prompt when the upstream (%s) tells none (vercel/ai#17326, T18)",
  async (model) => {
    const content = "word ".repeat(1000);
    const heard = await gateway.ask(messagesClient, { model, stream: true, messages: [{ role: "user", content }] });
    expect(checkAnthropicStream(heard.text)).toEqual([]);
    expect(Number(startOf(heard).input_tokens)).toBeGreaterThan(500);
  },
);

test("message_start tells the upstream's own count where there is one", async () => {
  const heard = await gateway.ask(messagesClient, { model: "native-nick", stream: true });
  expect(startOf(heard)).toMatchObject({ input_tokens: 10 });
});

function startOf(heard: Heard): Json {
  const start = readEvents(heard.text).find((event) => event.type === "message_start");
  return toObject(toObject(start?.message).usage);
}
