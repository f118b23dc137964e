import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, type Heard } from "../../testing/call.ts";
import { callingClients, type CallingClient } from "../../testing/calling-clients.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/*
 * What upstreams do to their streams, and what a client of each protocol sees of it: a legal stream with the answer that
 * was meant, or one clear error. Never half of both, never a false end.
 */

/** Faults of the mock's that an answer survives. */
const survived: Record<string, string> = {
  "calls with one id for all (BerriAI/litellm#5231)": "calls=duplicate-ids",
  "calls without ids": "calls=no-id",
  "calls with ids of another vendor": "calls=foreign-ids",
  "arguments that are an empty text": "args=empty",
  "arguments that are {}": "args=object",
  "arguments in one chunk (T8)": "args=one",
  "arguments in 400 chunks": "args=many",
  "parallel calls, interleaved (T7)": "calls=interleaved",
  "reasoning after the rest (T2)": "late",
  "no usage": "usage=missing",
  "usage before the end": "usage=early",
  "usage twice": "usage=twice",
  "content after the finish": "after",
  "a second beginning": "role",
  "another reason to finish": "finish=stop",
  "UTF-8 cut anywhere (T4)": "unicode+bytes=1",
  "line ends of Windows": "sse=crlf",
  "line ends of an old Mac": "sse=cr",
  "comments between the events": "sse=comments",
  "no blank behind the colon": "sse=no-space",
  "no blank line at the end": "sse=no-final-blank",
  "JSON instead of a stream (BerriAI/litellm#14315, T5)": "type=json",
  "a stream that says it is text": "type=text",
  "an overload, once": "status=529",
  "a socket cut before the answer, once": "cut=start",
  "an error as the first event, once": "error=0",
  "a page of HTML, once": "status=502,none",
};

/** Faults in every attempt. */
const fatal: Record<string, string> = {
  "arguments that are an empty text, every time": "args=empty",
  "arguments that are cut off, every time": "args=truncated",
  "an error in a 200 stream": "error=0",
  "an error in a 200 stream, later": "error=4",
  "a stream that ends without its end": "end=4",
  "a socket cut in the middle (T26)": "cut=4",
  "a socket cut before the answer": "cut=start",
  "an overload": "status=529,none",
};

let mock: MockUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  mock = await startMockUpstream({ seed: "upstream faults", verifyReasoning: false });
  gateway = await startTestGateway({
    providers: {
      chat: {
        vendor: "moonshot",
        protocol: "openai-chat",
        base_url: `${mock.url}/moonshot/v1`,
        models: { "kimi-k2-thinking": {} },
      },
      messages: {
        vendor: "deepseek",
        protocol: "anthropic-messages",
        base_url: `${mock.url}/deepseek/anthropic`,
        models: { "deepseek-v4-pro": {} },
      },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await mock.close();
});

const schema = {
  type: "object",
  properties: { topic: { type: "string" }, depth: { type: "integer" } },
  required: ["topic"],
};

function ask(client: CallingClient, model: string, stream: boolean): Promise<Heard> {
  return call(gateway.url + client.path(model, stream), {
    body: client.body(model, "call 3 tools in parallel", [{ name: "look_up", schema }], stream),
    headers: { authorization: `Bearer ${gateway.key}` },
  }).done;
}

const ways = callingClients.flatMap((client) =>
  ["kimi-k2-thinking", "deepseek-v4-pro"].map((model) => ({ client, model, way: `${client.name} client, ${model}` })),
);

describe.each(ways)("$way", ({ client, model }) => {
  test.each(Object.entries(survived))("%s: a legal stream with all the calls", async (_name, fault) => {
    for (const stream of [true, false]) {
      mock.setFaults([{ fault, times: 1 }]);
      const heard = await ask(client, model, stream);
      const calls = client.calls(heard);
      expect({ status: heard.status, complete: heard.complete, error: client.error(heard) }).toEqual({
        status: 200,
        complete: true,
        error: undefined,
      });
      expect(calls.map(({ arguments: text }) => Object.keys(JSON.parse(text) as object))).toEqual([
        ["topic"],
        ["topic"],
        ["topic"],
      ]);
      expect(new Set(calls.map(({ id }) => id)).size).toBe(3);
      if (stream) expect(client.faults(heard.text)).toEqual([]);
    }
  });

  test("a finish without content: a legal stream without content", async () => {
    for (const stream of [true, false]) {
      mock.setFaults([{ fault: "empty", times: 1 }]);
      const heard = await ask(client, model, stream);
      expect([heard.status, heard.complete, client.calls(heard), client.text(heard)]).toEqual([200, true, [], ""]);
      if (stream) expect(client.faults(heard.text)).toEqual([]);
    }
  });

  test.each(Object.entries(fatal))(
    "%s: one clear error",
    async (_name, fault) => {
      // The mock has no events in a whole answer that an error could stand between.
      for (const stream of fault.startsWith("error") ? [true] : [true, false]) {
        mock.setFaults(fault);
        const heard = await ask(client, model, stream);
        mock.setFaults([]);
        expect(client.calls(heard)).toEqual([]);
        const error = client.error(heard);
        if (heard.status !== 200) {
          expect(heard.status).toBeGreaterThanOrEqual(500);
          expect(String(error?.message).length).toBeGreaterThan(5);
          continue;
        }
        expect(stream).toBe(true);
        // A Messages client that has content is cut off, because Claude Code then repeats the turn.
        if (client.name === "anthropic-messages") expect(heard.complete).toBe(error !== undefined);
        else expect([heard.complete, String(error?.message).length > 5]).toEqual([true, true]);
        if (client.name === "anthropic-messages") expect(heard.text).not.toContain("message_stop");
        else if (client.name === "openai-chat") expect(client.faults(heard.text)).toContain("no [DONE] at the end");
        else expect(client.faults(heard.text)).toEqual([]);
      }
    },
    20_000,
  );
});
