import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerWell } from "../../testing/answer-well.ts";
import { toArray, toObject, type Heard, type Json } from "../../testing/call.ts";
import { clientDialects, messagesClient, type ClientDialect } from "../../testing/client-dialects.ts";
import { sendJson, startScriptedUpstream, type ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/* What a client is told when no endpoint answers. */

const refusals: Record<string, { status: number; message: string; headers?: Record<string, string> }> = {
  "401": { status: 401, message: "Incorrect API key provided: sk-abcdef123456" },
  "402": { status: 402, message: "Insufficient balance in account acct-77" },
  "403": { status: 403, message: "not in your region" },
  "429": { status: 429, message: "slow down" },
  "429-long": { status: 429, message: "slow down", headers: { "retry-after": "3600" } },
  "429-quota": { status: 429, message: "You exceeded your current quota, please check your plan and billing" },
  "500": { status: 500, message: "oops" },
  "529": { status: 529, message: "overloaded" },
  "400": { status: 400, message: "tools: you cannot have that many" },
  "400-key": { status: 400, message: "no such field for upstream-key" },
  "400-model": { status: 400, message: "unknown model" },
  "413": { status: 413, message: "too large" },
  overflow: {
    status: 400,
    message: "This model's maximum context length is 1000 tokens. However, your messages resulted in 1500 tokens.",
  },
  "overflow-mute": { status: 400, message: "Prompt exceeds max length" },
};

let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream((response, request) => {
    const model = String(request.body.model);
    const refusal = refusals[model.replace(/^(?:chat|messages)-/, "")];
    if (refusal === undefined) answerWell(response, request, "fine");
    else
      sendJson(
        response,
        refusal.status,
        { type: "error", error: { type: "odd", message: refusal.message } },
        refusal.headers,
      );
  });
  const modelsOf = (short: string): Record<string, Json> =>
    Object.fromEntries(Object.keys(refusals).map((name) => [`${short}-${name}`, { context_length: 1000 }]));
  gateway = await startTestGateway({
    providers: {
      chat: { protocol: "openai-chat", base_url: upstream.url, models: modelsOf("chat") },
      messages: { protocol: "anthropic-messages", base_url: upstream.url, models: modelsOf("messages") },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

const ways = clientDialects.flatMap((client) =>
  [true, false].flatMap((stream) => ["chat", "messages"].map((short) => ({ client, stream, short }))),
);

describe.each(ways)("$client.name, stream: $stream, $short upstream", ({ client, stream, short }) => {
  const ask = (name: string): Promise<Heard> => gateway.ask(client, { model: `${short}-${name}`, stream });

  test.each(["401", "402", "403", "429-quota"])(
    "%s of the upstream is the gateway's trouble, not the client's key",
    async (name) => {
      const heard = await ask(name);
      expect([heard.status, client.error(heard).message]).toEqual([
        502,
        expect.stringContaining("the gateway's credentials or account"),
      ]);
      expect(heard.text).not.toMatch(/sk-|acct-77|abcdef/);
    },
  );

  test("trouble that may pass keeps its status, and a 429 says how long to wait", async () => {
    const names = ["429", "429-long", "500", "529"];
    // All at once: each is tried twice, with a pause between.
    const [slow, long, broken, overloaded] = await Promise.all(names.map(ask));
    expect([slow?.status, long?.status, overloaded?.status]).toEqual([429, 429, 529]);
    expect(broken?.status).toBeOneOf([500, 502]);
    for (const heard of [slow, long, broken, overloaded]) if (heard !== undefined) client.error(heard);
    // Codex gives up on a 429 without retry-after, Claude Code on one of more than a minute.
    expect(Number(slow?.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    expect(Number(long?.headers["retry-after"])).toBe(client.name === "anthropic-messages" ? 30 : 3600);
  });

  test("a refusal of the request itself is passed on with its words, and not repeated", async () => {
    const before = upstream.seen.length;
    const heard = await ask("400");
    expect([heard.status, client.error(heard).message]).toEqual([400, refusals["400"]?.message]);
    expect(upstream.seen.length).toBe(before + 1);
    expect((await ask("413")).status).toBe(413);
  });

  test("the upstream's key is not told, whatever it looks like", async () => {
    expect(client.error(await ask("400-key")).message).toBe("no such field for ***");
  });

  test("an overlong prompt is told in the words that make the client compact", async () => {
    for (const name of ["overflow", "overflow-mute"]) {
      const heard = await ask(name);
      expect(heard.status).toBe(400);
      const { message, type, code } = client.error(heard);
      if (client.name === "anthropic-messages") {
        expect(type).toBe("invalid_request_error");
        const [, actual, maximum] = /^prompt is too long: (\d+) tokens > (\d+) maximum$/.exec(message) ?? [];
        expect([Number(actual) > Number(maximum), Number(maximum)]).toEqual([true, 1000]);
      } else
        expect([code, message]).toEqual(["context_length_exceeded", expect.stringMatching(/maximum context length/)]);
    }
  });

  test("the record says what happened", async () => {
    const heard = await ask("401");
    expect(await gateway.generation(heard)).toMatchObject({
      status: 502,
      error_code: "upstream_authentication",
      cancelled: false,
      finish_reason: null,
      tokens_prompt: 0,
      total_cost: 0,
      attempts: [expect.objectContaining({ outcome: "upstream_authentication" })],
    });
  });
});

test("several keys: the next one is tried, and the bad one is left alone for a while", async () => {
  const keyed = await startScriptedUpstream((response, request) => {
    if (request.headers.authorization === "Bearer good") answerWell(response, request, "fine");
    else sendJson(response, 401, { error: { message: "bad key" } });
  });
  const other = await startTestGateway({
    providers: {
      keyed: { protocol: "openai-chat", base_url: keyed.url, api_keys: ["bad", "good"], models: { m: {} } },
    },
  });
  try {
    for (const expected of [["upstream_authentication", "ok"], ["ok"]]) {
      const heard = await other.ask(messagesClient);
      expect(messagesClient.text(heard)).toBe("fine");
      const { attempts } = await other.generation(heard);
      expect(toArray(attempts).map((attempt) => toObject(attempt).outcome)).toEqual(expected);
    }
  } finally {
    await other.stop();
    await keyed.close();
  }
});

test("an endpoint with a longer context takes what was too long for the first", async () => {
  const small = await startScriptedUpstream((response) =>
    sendJson(response, 400, { error: { message: "Prompt exceeds max length", code: "1261" } }),
  );
  const other = await startTestGateway({
    providers: {
      small: { protocol: "openai-chat", base_url: small.url, models: { m: { context_length: 1000 } } },
      large: { protocol: "anthropic-messages", base_url: upstream.url, models: { m: {} } },
    },
  });
  try {
    for (const client of clientDialects) {
      const heard = await other.ask(client, { stream: true });
      expect([heard.status, client.text(heard)]).toEqual([200, "fine"]);
    }
  } finally {
    await other.stop();
    await small.close();
  }
});

test("one endpoint that fails once is asked again", async () => {
  let failures = 0;
  const flaky = await startScriptedUpstream((response, request) => {
    if (failures++ % 2 === 0) sendJson(response, 500, { error: { message: "oops" } });
    else answerWell(response, request, "fine");
  });
  const other = await startTestGateway({
    providers: { flaky: { protocol: "openai-chat", base_url: flaky.url, models: { m: {} } } },
  });
  try {
    const ask = (client: ClientDialect): Promise<Heard> => other.ask(client, { stream: true });
    for (const client of clientDialects) expect(client.text(await ask(client))).toBe("fine");
  } finally {
    await other.stop();
    await flaky.close();
  }
});
