import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { answerWell } from "../../testing/answer-well.ts";
import { call, toArray, toObject, type Json } from "../../testing/call.ts";
import { chatClient, clientDialects, messagesClient } from "../../testing/client-dialects.ts";
import { sendJson, startScriptedUpstream, type ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/* What a request loses is told in a header and in the record, and nothing is told when nothing was lost. */

let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream((response, request) => {
    if (request.path.startsWith("/other")) sendJson(response, 400, { error: { message: "unknown model" } });
    else answerWell(response, request, "fine");
  });
  const chat = { protocol: "openai-chat" as const, base_url: `${upstream.url}/v1` };
  const other = { base_url: `${upstream.url}/other/v1` };
  gateway = await startTestGateway({
    providers: {
      deaf: { ...chat, ...other, vendor: "deepseek", models: { late: { upstream_id: "deepseek-chat" } } },
      moonshot: {
        ...chat,
        models: { kimi: { upstream_id: "kimi-k2-thinking" }, both: { upstream_id: "kimi-k2-thinking" } },
      },
      plain: {
        ...chat,
        vendor: "generic",
        models: { plain: {}, late: {}, both: {}, short: { max_output_tokens: 10 } },
      },
      openrouter: { ...chat, models: { routed: {} } },
      native: {
        protocol: "anthropic-messages",
        vendor: "anthropic",
        base_url: upstream.url,
        models: { native: {}, both: { upstream_id: "claude-sonnet-4-5" } },
      },
    },
  });
});
beforeEach(() => upstream.seen.splice(0));
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

function losses(record: Json): string[] {
  return toArray(record.receipt).map((entry) => `${String(toObject(entry).action)} ${String(toObject(entry).field)}`);
}

describe.each(clientDialects.flatMap((client) => [true, false].map((stream) => ({ client, stream }))))(
  "$client.name, stream: $stream",
  ({ client, stream }) => {
    test("a lost field stands in the header and in the record", async () => {
      const heard = await gateway.ask(client, { model: "kimi", stream, temperature: 0.5, top_k: 5 });
      expect(client.text(heard)).toBe("fine");
      expect(heard.headers["x-onerouter-receipt"]).toBe("dropped=temperature,top_k");
      const record = await gateway.generation(heard);
      expect(losses(record)).toEqual(["dropped temperature", "dropped top_k"]);
      expect(toArray(record.receipt)[0]).toMatchObject({ reason: expect.stringContaining("moonshot") });
    });

    test.each(["plain", "native"])("nothing is told when nothing was lost, on either lane: %s", async (model) => {
      for (const more of [{}, { temperature: 0.5, stream }]) {
        const heard = await gateway.ask(client, { model, ...more });
        expect(client.text(heard)).toBe("fine");
        expect(heard.headers["x-onerouter-receipt"]).toBeUndefined();
        expect(losses(await gateway.generation(heard))).toEqual([]);
      }
    });

    test("after a fallback it is the receipt of the endpoint that answered", async () => {
      const heard = await gateway.ask(client, {
        model: "late",
        stream,
        max_tokens: 5,
        stop_sequences: ["x"],
        user: "u",
      });
      expect(client.text(heard)).toBe("fine");
      const record = await gateway.generation(heard);
      expect(toArray(record.attempts)).toHaveLength(2);
      expect(record.provider_name).toBe("plain");
      expect(JSON.stringify(record.receipt)).not.toContain("deepseek");
    });

    test("strict leaves out endpoints, and refuses when none is left, before anything is sent", async () => {
      const asked = { model: "both", stream, strict: true, temperature: 0.5, top_k: 5 };
      const heard = await gateway.ask(client, asked);
      expect(client.text(heard)).toBe("fine");
      expect(upstream.seen.map(({ path }) => path)).toEqual(["/v1/messages"]);
      expect(upstream.last().body).not.toHaveProperty("strict");

      const refused = await gateway.ask(client, { ...asked, model: "kimi" });
      expect(refused.status).toBe(400);
      const { message, param } = client.error(refused);
      expect(message).toMatch(/^temperature: strict leaves out .*moonshot\/kimi-k2-thinking \(dropped temperature: /);
      expect(message).toContain("dropped top_k");
      if (client === chatClient) expect(param).toBe("temperature");
      expect(upstream.seen).toHaveLength(1);
    });

    test("strict in a header does not cost the express lane", async () => {
      const model = client === messagesClient ? "native" : "plain";
      const heard = await gateway.ask(client, { model, stream }, { headers: { "x-onerouter-strict": "true" } });
      expect(client.text(heard)).toBe("fine");
      expect((await gateway.generation(heard)).express_lane).toBe(true);
      const refused = await gateway.ask(
        client,
        { model: "kimi", stream, top_k: 1 },
        { headers: { "x-onerouter-strict": "true" } },
      );
      expect(refused.status).toBe(400);
    });

    test("what is only approximated is refused by strict and not by require_parameters", async () => {
      const asked = { model: "short", stream, max_tokens: 1000 };
      const heard = await gateway.ask(client, { ...asked, provider: { require_parameters: true } });
      expect(heard.headers["x-onerouter-receipt"]).toBe("approximated=max_tokens");
      const refused = await gateway.ask(client, { ...asked, strict: true });
      expect(client.error(refused).message).toContain("approximated max_tokens");
    });

    test("a gateway's fields reach no provider but one that is a gateway", async () => {
      const provider = { only: ["plain", "native", "a"], max_price: { image: 1 } };
      const fields = { provider, models: ["plain"], session_id: "s1", fallbacks: [{ model: "native", top_k: 1 }] };
      for (const model of ["plain", "native"]) {
        const heard = await gateway.ask(client, { model, stream, ...fields });
        expect(client.text(heard)).toBe("fine");
        for (const field of Object.keys(fields)) expect(upstream.last().body).not.toHaveProperty(field);
        expect(heard.headers["x-onerouter-receipt"]).toBe("dropped=fallbacks[0].top_k,provider.max_price.image");
        expect((await gateway.generation(heard)).session_id).toBe("s1");
      }
      const heard = await gateway.ask(client, { model: "routed", stream, ...fields });
      expect(client.text(heard)).toBe("fine");
      // What is done here is not done there once more, and names of providers here mean nothing there.
      const { body } = upstream.last();
      expect(body).toMatchObject({ session_id: "s1", provider: { only: ["a"], max_price: { image: 1 } } });
      expect([body.models, body.fallbacks]).toEqual([undefined, undefined]);
      expect(heard.headers["x-onerouter-receipt"]).toBeUndefined();
    });

    test("a misspelt wish is refused by its name", async () => {
      const heard = await gateway.ask(client, { model: "plain", stream, provider: { require_parameter: true } });
      expect(heard.status).toBe(400);
      expect(client.error(heard).message).toContain("provider.require_parameter");
      expect(upstream.seen).toHaveLength(0);
    });
  },
);

test("require_parameters refuses what the gateway would have to emulate; strict takes it", async () => {
  const asked = { model: "kimi", response_format: { type: "json_schema", json_schema: { name: "a", schema: {} } } };
  const refused = await gateway.ask(chatClient, { ...asked, provider: { require_parameters: true } });
  expect(refused.status).toBe(400);
  expect(chatClient.error(refused)).toMatchObject({ code: "unsupported_parameter", param: "response_format" });
  upstream.answer((response, request) => answerWell(response, request, "{}"));
  const heard = await gateway.ask(chatClient, { ...asked, strict: true });
  expect(heard.headers["x-onerouter-receipt"]).toBe("emulated=response_format");
});

test("token counts take the fields as well", async () => {
  const counted = { ...messagesClient, path: "/v1/messages/count_tokens" };
  const heard = await gateway.ask(counted, { model: "kimi", provider: { order: ["a"] } });
  expect(heard.status).toBe(200);
});

describe.each([
  ["/v1/responses", { model: "kimi", input: "say hello", temperature: 0.5 }, "temperature"],
  [
    "/v1beta/models/kimi:generateContent",
    { contents: [{ role: "user", parts: [{ text: "say hello" }] }], generationConfig: { temperature: 0.5 } },
    "temperature",
  ],
])("%s", (path, body, field) => {
  const post = (fields: Json, headers: Record<string, string> = {}) =>
    call(gateway.url + path, {
      body: { ...body, ...fields },
      headers: { authorization: `Bearer ${gateway.key}`, ...headers },
    }).done;

  test("has its receipt, is strict in body and header, and its gateway's fields reach no provider", async () => {
    const heard = await post({ session_id: "s2", models: ["kimi"] });
    expect(heard.status).toBe(200);
    expect(heard.headers["x-onerouter-receipt"]).toContain(field);
    expect(JSON.stringify(upstream.last().body)).not.toMatch(/session_id|"models"/);
    expect((await gateway.generation(heard)).session_id).toBe("s2");
    for (const refused of [await post({ strict: true }), await post({}, { "x-onerouter-strict": "true" })]) {
      expect([refused.status, refused.text]).toEqual([400, expect.stringContaining(`dropped ${field}`)]);
    }
    expect(upstream.seen).toHaveLength(1);
    const misspelt = await post({ provider: { oder: ["a"] } });
    expect([misspelt.status, misspelt.text]).toEqual([400, expect.stringContaining("did you mean order")]);
  });
});
