import { checkAnthropicStream } from "@onerouter/protocols/grammar/index";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerWell, eventsOf } from "../../testing/answer-well.ts";
import { toArray, toObject, type Json } from "../../testing/call.ts";
import { clientDialects } from "../../testing/client-dialects.ts";
import {
  sendJson,
  startEventStream,
  startScriptedUpstream,
  type Handler,
  type ScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway, type TestProvider } from "../../testing/start-test-gateway.ts";

/*
 * Failures of the first endpoint before any content, as clients of other gateways have met them (BerriAI/litellm#14315,
 * Portkey-AI/gateway#722, Portkey-AI/gateway#267; T5): the client sees the second endpoint's answer and nothing else.
 */

const errorBody = (message: string, code?: string): Json => ({
  type: "error",
  error: { type: "odd_error", message, code },
});

const failures: Record<string, { fail: Handler; outcome: unknown }> = {
  "429": { fail: refuse(429, "slow down"), outcome: "upstream_rate_limited" },
  "429-retry-after": { fail: refuse(429, "slow down", { "retry-after": "20" }), outcome: "upstream_rate_limited" },
  "500": { fail: refuse(500, "oops"), outcome: "upstream_error" },
  "502-html": {
    fail: (response) =>
      void response.writeHead(502, { "content-type": "text/html" }).end("<html><title>502</title></html>"),
    outcome: "upstream_error",
  },
  "503": { fail: refuse(503, "overloaded"), outcome: "upstream_overloaded" },
  "529": { fail: refuse(529, "overloaded"), outcome: "upstream_overloaded" },
  "302": {
    fail: (response) => void response.writeHead(302, { location: "http://127.0.0.1:9/" }).end(),
    outcome: "upstream_error",
  },
  "204": { fail: (response) => void response.writeHead(204).end(), outcome: "upstream_invalid_response" },
  "401": { fail: refuse(401, "bad key"), outcome: "upstream_authentication" },
  "402": { fail: refuse(402, "no credit"), outcome: "upstream_authentication" },
  "403": { fail: refuse(403, "forbidden"), outcome: "upstream_authentication" },
  "404": { fail: refuse(404, "no such page"), outcome: "upstream_error" },
  "404-model": {
    fail: refuse(404, "The model does not exist or you do not have access to it."),
    outcome: expect.stringMatching(/^(?:model_not_found|upstream_error)$/),
  },
  "400-model": { fail: refuse(400, "unknown model"), outcome: "model_not_found" },
  "cut-before-headers": { fail: (response) => void response.socket?.destroy(), outcome: "upstream_error" },
  "cut-after-headers": { fail: begin((response) => response.socket?.destroy()), outcome: "upstream_error" },
  "cut-after-start": { fail: begin((response) => response.socket?.destroy(), 1), outcome: "upstream_error" },
  "end-after-headers": { fail: begin((response) => response.end()), outcome: "upstream_invalid_response" },
  "end-after-start": { fail: begin((response) => response.end(), 1), outcome: "upstream_invalid_response" },
  "comments-only": {
    fail: begin((response) => response.end(": hi\n\n: hi\n\n")),
    outcome: "upstream_invalid_response",
  },
  "empty-body": { fail: (response) => void response.writeHead(200).end(), outcome: "upstream_invalid_response" },
  "html-page": {
    fail: (response) =>
      void response.writeHead(200, { "content-type": "text/event-stream" }).end("<html>maintenance</html>"),
    outcome: "upstream_invalid_response",
  },
  "json-error": {
    fail: (response) => sendJson(response, 200, errorBody("overloaded", "500")),
    outcome: "upstream_overloaded",
  },
  "json-of-nothing": {
    fail: (response) => sendJson(response, 200, { hello: 1 }),
    outcome: "upstream_invalid_response",
  },
  "half-json": {
    fail: (response) => void response.writeHead(200).end('{"id":"x","choices":['),
    outcome: "upstream_invalid_response",
  },
  "error-event": {
    fail: begin((response) => {
      response.end(
        `event: error\ndata: ${JSON.stringify({ type: "error", error: { type: "overloaded_error", code: 529, message: "Overloaded" } })}\n\n`,
      );
    }, 1),
    outcome: "upstream_overloaded",
  },
};

function refuse(status: number, message: string, headers: Record<string, string> = {}): Handler {
  return (response) => sendJson(response, status, errorBody(message), headers);
}

/** A stream that begins, with so many events of a good answer, and then fails. */
function begin(then: (response: Parameters<Handler>[0]) => unknown, events = 0): Handler {
  return (response, request) => {
    startEventStream(response);
    response.write(eventsOf(request, "never").slice(0, events).join(""), () => then(response));
  };
}

const protocols = { chat: "openai-chat", messages: "anthropic-messages" } as const;
const names = [...Object.keys(failures), "refused-connection"];

let failing: ScriptedUpstream;
let well: ScriptedUpstream;
let closed: ScriptedUpstream;
beforeAll(async () => {
  failing = await startScriptedUpstream((response, request) => {
    // A model of its own for each failure: one that failed is not asked again for a while.
    const name = String(request.body.model).replace(/^(?:chat|messages)-/, "");
    return failures[name]?.fail(response, request);
  });
  well = await startScriptedUpstream((response, request) => answerWell(response, request, "the second answer"));
  closed = await startScriptedUpstream(() => undefined);
  await closed.close();
});
afterAll(() => Promise.all([failing.close(), well.close()]));

const ways = clientDialects.flatMap((client) => [true, false].map((stream) => ({ client, stream })));

describe.each(ways)("$client.name, stream: $stream", ({ client, stream }) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    const providers: Record<string, TestProvider> = {};
    for (const [short, protocol] of Object.entries(protocols)) {
      const models = Object.fromEntries(Object.keys(failures).map((name) => [`${short}-${name}`, {}]));
      const refused = { [`${short}-refused-connection`]: {} };
      providers[`first-${short}`] = { protocol, base_url: failing.url, models };
      providers[`closed-${short}`] = { protocol, base_url: closed.url, models: refused };
      providers[`second-${short}`] = { protocol, base_url: well.url, models: { ...models, ...refused } };
    }
    gateway = await startTestGateway({ providers });
  });
  afterAll(() => gateway.stop());

  describe.each(Object.keys(protocols))("%s upstream", (short) => {
    test.each(names)("%s", async (name) => {
      const heard = await gateway.ask(client, { model: `${short}-${name}`, stream });
      expect({ status: heard.status, text: client.text(heard), complete: heard.complete }).toEqual({
        status: 200,
        text: "the second answer",
        complete: true,
      });
      if (stream) {
        expect(client.isFinished(heard.text)).toBe(true);
        expect(heard.text).not.toContain("never");
        if (client.name === "anthropic-messages") expect(checkAnthropicStream(heard.text)).toEqual([]);
        else expect(heard.text.match(/"role":"assistant"/g)).toHaveLength(1);
      }
      const { attempts } = await gateway.generation(heard);
      expect(toArray(attempts).map((attempt) => toObject(attempt).outcome)).toEqual([
        failures[name]?.outcome ?? "upstream_unreachable",
        "ok",
      ]);
    });
  });
});
