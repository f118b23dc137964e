import { checkAnthropicStream } from "@onerouter/protocols/grammar/index";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toArray, toObject, type Heard } from "../../testing/call.ts";
import { messagesClient } from "../../testing/client-dialects.ts";
import { eventsOf } from "../../testing/answer-well.ts";
import { startEventStream, startScriptedUpstream, type ScriptedUpstream } from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/*
 * An upstream that is trusted with the express lane, and breaks the order of its events all the same (a proxy in front of
 * Anthropic, say): the client's SDK would fail at such a stream, so it gets a legal one.
 */

/** The events of "one two three ": start, block, three deltas, stop, end, done. */
const whole = eventsOf({ path: "/v1/messages" }, "one two three ");

let sent: readonly string[];
let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream((response, { text }) => {
    startEventStream(response);
    // It is told what the client has, and says the rest.
    const goesOn = text.includes('"role":"assistant"');
    response.end((goesOn ? eventsOf({ path: "/v1/messages" }, " four") : sent).join(""));
  });
  gateway = await startTestGateway({
    providers: {
      proxy: {
        protocol: "anthropic-messages",
        vendor: "anthropic",
        base_url: upstream.url,
        models: { m: { upstream_id: "claude-sonnet-4-5" } },
      },
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

function without(at: number): string[] {
  return whole.filter((_, index) => index !== at);
}

function repeat(at: number): string[] {
  return whole.flatMap((event, index) => (index === at ? [event, event] : [event]));
}

async function ask(events: readonly string[]): Promise<{ heard: Heard; outcomes: unknown[]; lane: unknown }> {
  sent = events;
  const heard = await gateway.ask(messagesClient, { stream: true });
  const { attempts, express_lane: lane } = await gateway.generation(heard);
  return { heard, outcomes: toArray(attempts).map((attempt) => toObject(attempt).outcome), lane };
}

const failed = "upstream_invalid_response";
test.each<[string, string[], string[]]>([
  ["nothing wrong", whole, ["ok"]],
  ["no end of the block", without(5), ["ok"]],
  ["no reason", without(6), ["ok"]],
  ["no message_stop", without(7), ["ok"]],
  ["two beginnings", repeat(0), ["ok"]],
  ["no beginning of the block: read the long way", without(1), [failed, "ok"]],
])("%s", async (_, events, expected) => {
  const { heard, outcomes, lane } = await ask(events);
  expect(checkAnthropicStream(heard.text)).toEqual([]);
  expect([heard.complete, messagesClient.text(heard)]).toEqual([true, "one two three "]);
  expect([outcomes, lane]).toEqual([expected, expected.length === 1]);
});

test.each<[string, string[]]>([
  ["two ends of the block", repeat(5)],
  ["a delta behind the block", [...whole.slice(0, 6), ...whole.slice(4)]],
])("%s, when the client has the text: another attempt goes on, and is read the long way", async (_, events) => {
  const { heard, outcomes, lane } = await ask(events);
  expect(checkAnthropicStream(heard.text)).toEqual([]);
  expect([heard.complete, messagesClient.text(heard)]).toEqual([true, "one two three four"]);
  expect([outcomes, lane]).toEqual([[failed, "ok"], false]);
});
