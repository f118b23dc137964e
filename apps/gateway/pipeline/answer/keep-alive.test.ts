import { checkAnthropicStream } from "@onerouter/protocols/grammar/index";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { answerWell, eventsOf } from "../../testing/answer-well.ts";
import { toArray, toObject } from "../../testing/call.ts";
import { clientDialects } from "../../testing/client-dialects.ts";
import {
  sendJson,
  startEventStream,
  startScriptedUpstream,
  type Handler,
  type ScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway, type TestProvider } from "../../testing/start-test-gateway.ts";

/* A silent upstream must not look like a dead gateway, nor hide behind the gateway's pings (BerriAI/litellm#36024, T6). */

const signOfLife = /^(?:: keep-alive|event: ping\ndata: \{"type":"ping"\})$/;

/** The signs of life in a stream, and the rest of it. */
function split(text: string): { signs: number; rest: string } {
  const events = text.split("\n\n").filter((event) => event !== "");
  const signs = events.filter((event) => signOfLife.test(event)).length;
  return { signs, rest: events.filter((event) => !signOfLife.test(event)).join("\n\n") };
}

const cases: Record<string, Handler> = {
  "no-headers": () => undefined,
  "only-headers": (response) => startEventStream(response),
  "no-content": (response, request) => {
    startEventStream(response);
    response.write(eventsOf(request, "never")[0]);
  },
};
const ways = clientDialects.flatMap((client) => ["chat", "messages"].map((short) => ({ client, short })));

/** What the upstream does for each model: the tests run at the same time, each with models of its own. */
const handlers = new Map<string, Handler>();
let upstream: ScriptedUpstream;
let well: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream((response, request) =>
    handlers.get(String(request.body.model))?.(response, request),
  );
  well = await startScriptedUpstream((response, request) => answerWell(response, request, "the second answer"));
  const providers: Record<string, TestProvider> = {};
  for (const [short, protocol] of [
    ["chat", "openai-chat"],
    ["messages", "anthropic-messages"],
  ] as const) {
    const names = clientDialects.map(({ name }) => `${short}-${name}`);
    const models = Object.fromEntries(
      names.flatMap((name) => [
        [`${name}-signs`, {}],
        [`${name}-refusal`, {}],
      ]),
    );
    const hasty = Object.fromEntries(names.flatMap((name) => Object.keys(cases).map((one) => [`${name}-${one}`, {}])));
    const timeouts = { headers_seconds: 0.5, idle_seconds: 0.5 };
    providers[short] = { protocol, base_url: upstream.url, models };
    providers[`hasty-${short}`] = { protocol, base_url: upstream.url, timeouts, models: hasty };
    providers[`well-${short}`] = { protocol, base_url: well.url, models: hasty };
  }
  gateway = await startTestGateway({ server: { keep_alive_seconds: 0.2 }, providers });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([upstream.close(), well.close()]);
});

describe.concurrent.each(ways)("$client.name, $short upstream", ({ client, short }) => {
  test("signs of life before the upstream's headers, after them and between its events", async () => {
    const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
    const model = `${short}-${client.name}-signs`;
    handlers.set(model, async (response, request) => {
      const events = eventsOf(request, "one two three");
      await gates[0]?.promise;
      startEventStream(response);
      await gates[1]?.promise;
      response.write(events.slice(0, 4).join(""));
      await gates[2]?.promise;
      response.end(events.slice(4).join(""));
    });
    const call = gateway.start(client, { model, stream: true });
    let signs = 0;
    for (const gate of gates) {
      // Two more each time: one could still be on its way from before.
      await call.until((text) => split(text).signs >= signs + 2);
      signs = split(call.text).signs;
      gate.resolve();
    }
    const heard = await call.done;
    expect([heard.status, client.text(heard), client.isFinished(heard.text)]).toEqual([200, "one two three", true]);
    if (client.name === "anthropic-messages") expect(checkAnthropicStream(heard.text)).toEqual([]);
    expect(await gateway.generation(heard)).toMatchObject({
      error_code: null,
      tokens_prompt: 10,
      tokens_completion: 5,
    });
  });

  test("a refusal that comes after signs of life is told in the stream", async () => {
    const gate = Promise.withResolvers<void>();
    const model = `${short}-${client.name}-refusal`;
    handlers.set(model, async (response) => {
      await gate.promise;
      sendJson(response, 400, { error: { message: "no such thing" } });
    });
    const call = gateway.start(client, { model, stream: true });
    await call.until((text) => split(text).signs > 0);
    gate.resolve();
    const heard = await call.done;
    expect([heard.status, heard.complete]).toEqual([200, true]);
    expect(split(heard.text).rest).toMatch(/^(?:event: error\n)?data: \{.*"message":"no such thing"/);
    if (client.name === "anthropic-messages") expect(checkAnthropicStream(heard.text)).toEqual([]);
  });

  test.each(Object.entries(cases))(
    "an upstream silent with %s is given up, signs of life or not",
    async (name, silent) => {
      const model = `${short}-${client.name}-${name}`;
      handlers.set(model, silent);
      const [streamed, whole] = await Promise.all(
        [true, false].map((stream) => gateway.ask(client, { model, stream })),
      );
      for (const heard of [streamed, whole]) {
        if (heard === undefined) throw new Error("no answer");
        expect([heard.status, client.text(heard)]).toEqual([200, "the second answer"]);
        const { attempts } = await gateway.generation(heard);
        expect(toArray(attempts).map((attempt) => toObject(attempt).outcome)).toEqual(["upstream_timeout", "ok"]);
      }
      expect(split(streamed?.text ?? "").rest).not.toContain("never");
      const asked = upstream.seen.filter(({ body }) => body.model === model);
      await vi.waitFor(() => expect(asked.map(({ aborted }) => aborted)).toEqual([true, true]));
    },
  );
});

test("headers go out while an upstream that has accepted says nothing, long before a sign of life is due", async () => {
  const patient = await startTestGateway({
    server: { keep_alive_seconds: 300 },
    providers: { chat: { protocol: "openai-chat", base_url: upstream.url, models: { chat: {} } } },
  });
  try {
    const asked = clientDialects.map(async (client) => {
      const gate = Promise.withResolvers<void>();
      handlers.set("chat", async (response, request) => {
        startEventStream(response);
        await gate.promise;
        response.end(eventsOf(request, "fine").join(""));
      });
      const call = patient.start(client, { model: "chat", stream: true });
      expect(await call.headers).toBe(200);
      gate.resolve();
      const heard = await call.done;
      // Nobody waited for the headers when there was content.
      expect([client.text(heard), split(heard.text).signs]).toEqual(["fine", 1]);
    });
    await Promise.all(asked);
  } finally {
    await patient.stop();
  }
});
