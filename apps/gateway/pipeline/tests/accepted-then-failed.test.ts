import { protocolFor } from "@onerouter/protocols/protocols";
import type { ProtocolName } from "@onerouter/protocols";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, toArray, toObject, type Heard } from "../../testing/call.ts";
import { callingClients, type CallingClient } from "../../testing/calling-clients.ts";
import {
  sendJson,
  startEventStream,
  startScriptedUpstream,
  type ScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway, type TestProvider } from "../../testing/start-test-gateway.ts";

/*
 * Upstreams that answer 200 and then have no answer. As long as the client has no content of it, that is a failure like any
 * other: somebody else is asked, and where nobody is left the client gets a real status in its own protocol's words
 * (an error inside a 200 stream is no reason for Claude Code to compact, nor for an SDK to repeat the request).
 */

const upstreams = {
  chat: { protocol: "openai-chat", vendor: "openai", model: "gpt-4.1" },
  messages: { protocol: "anthropic-messages", vendor: "anthropic", model: "claude-sonnet-4-5" },
  responses: { protocol: "openai-responses", vendor: "openai", model: "gpt-5" },
  google: { protocol: "gemini", vendor: "google", model: "gemini-2.5-pro" },
} as const satisfies Record<string, { protocol: ProtocolName; vendor: string; model: string }>;

type Upstream = (typeof upstreams)[keyof typeof upstreams];

/** What comes after the status 200; `cut`: then the connection breaks. */
const bodies: Record<string, (upstream: Upstream) => { type?: string; text: string; cut?: true }> = {
  page: () => ({ type: "text/html", text: "<!doctype html><title>502 Bad Gateway</title>" }),
  nothing: () => ({ text: "" }),
  words: () => ({ type: "text/plain", text: "upstream connect error or disconnect/reset before headers" }),
  object: () => ({ type: "application/json", text: '{"error":{"message":"the engine is down","type":"odd"}}' }),
  null: () => ({ type: "application/json", text: "null" }),
  error: ({ protocol }) => ({ text: streamOf(protocol, false) }),
  beginning: ({ protocol }) => ({ text: streamOf(protocol, true) }),
  comments: () => ({ text: ": processing\n\n: processing\n\n" }),
  end: () => ({ text: "data: [DONE]\n\n" }),
  broken: () => ({ text: ": processing\n\n", cut: true }),
};

/** An error in the words of a stream of the protocol, first of all or behind the beginning of an answer. */
function streamOf(protocol: ProtocolName, begins: boolean): string {
  const encoder = protocolFor(protocol).createStreamEncoder({ requestedModel: "m", id: "abc", created: 1 });
  const start = begins ? encoder.encode({ type: "start", id: "a", model: "m" }) : "";
  return start + encoder.encode({ type: "error", error: { code: "upstream_error", message: "the engine is down" } });
}

let bad: ScriptedUpstream;
let good: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  bad = await startScriptedUpstream((response, { path, text }) => {
    const [, name = ""] = path.split("/");
    const upstream = upstreams[name as keyof typeof upstreams];
    const body = bodies[/body-(\w+)/.exec(text)?.[1] ?? ""]?.(upstream);
    if (body?.type === undefined) startEventStream(response);
    else response.writeHead(200, { "content-type": body.type });
    if (body?.cut !== true) response.end(body?.text);
    else response.write(body.text, () => response.socket?.destroy());
  });
  good = await startScriptedUpstream((response) =>
    sendJson(response, 200, {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model: "m",
      choices: [{ index: 0, message: { role: "assistant", content: "the good answer" }, finish_reason: "stop" }],
    }),
  );
  const providers: Record<string, TestProvider> = {};
  const safe: Record<string, { upstream_id: string }> = {};
  for (const [name, { protocol, vendor, model }] of Object.entries(upstreams)) {
    const models: NonNullable<TestProvider["models"]> = {};
    for (const client of callingClients) {
      for (const body of Object.keys(bodies)) {
        // An endpoint of its own each: what one test teaches of it shall not order the candidates of another.
        const id = `${name}-${client.name}-${body}`;
        models[`alone-${id}`] = { upstream_id: `${model}-alone-${id}` };
        models[`safe-${id}`] = { upstream_id: `${model}-safe-${id}` };
        safe[`safe-${id}`] = { upstream_id: "m" };
      }
    }
    providers[name] = { protocol, vendor, base_url: `${bad.url}/${name}/v1`, models };
  }
  providers.good = { protocol: "openai-chat", base_url: good.url, models: safe };
  gateway = await startTestGateway({ server: { keep_alive_seconds: 60 }, providers });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([bad.close(), good.close()]);
});

const schema = { type: "object", properties: {} };

function ask(client: CallingClient, model: string, body: string): Promise<Heard> {
  const asked = client.body(model, `body-${body}`, [{ name: "look_up", schema }], true);
  // OpenAI calls it otherwise by now, so that the lane would not be taken.
  if (client.name === "openai-chat") delete asked.max_tokens;
  return call(gateway.url + client.path(model, true), {
    body: asked,
    headers: { authorization: `Bearer ${gateway.key}` },
  }).done;
}

const ways = Object.keys(upstreams).flatMap((name) =>
  callingClients.map((client) => ({ client, name, way: `${client.name} client, ${name} upstream` })),
);

describe.concurrent.each(ways)("$way", ({ client, name }) => {
  test.each(Object.keys(bodies))("%s: the next endpoint answers, and nothing of it is seen", async (body) => {
    const heard = await ask(client, `safe-${name}-${client.name}-${body}`, body);
    expect([heard.status, heard.complete, client.text(heard)]).toEqual([200, true, "the good answer"]);
    expect(client.faults(heard.text)).toEqual([]);
    const { attempts } = await gateway.generation(heard);
    expect(toArray(attempts).map((attempt) => toObject(attempt).outcome)).toEqual([
      expect.stringMatching(/^upstream_/),
      "ok",
    ]);
  });

  test.each(Object.keys(bodies))("%s: with nobody left the client gets a status", async (body) => {
    const heard = await ask(client, `alone-${name}-${client.name}-${body}`, body);
    expect([heard.status, heard.complete, heard.headers["content-type"]]).toEqual([
      expect.toSatisfy((status) => status >= 500),
      true,
      "application/json",
    ]);
    const { message } = client.error(heard) ?? {};
    expect(String(message)).toMatch(
      ["object", "error", "beginning"].includes(body) ? /the engine is down/ : /upstream/,
    );
    const { protocol } = upstreams[name as keyof typeof upstreams];
    const record = await gateway.generation(heard);
    expect(record.status).toBe(heard.status);
    // What the lane cannot follow is read the long way in the second round.
    const isExpress = client.name === protocol && protocol !== "gemini" && record.error_code === "upstream_error";
    expect(record.express_lane).toBe(isExpress);
  });
});
