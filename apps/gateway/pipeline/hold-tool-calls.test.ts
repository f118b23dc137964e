import { checkAnthropicStream } from "@onerouter/protocols/grammar/index";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { answerWell } from "../testing/answer-well.ts";
import type { Heard } from "../testing/call.ts";
import { messagesClient } from "../testing/client-dialects.ts";
import {
  chatChunk,
  startEventStream,
  startScriptedUpstream,
  type ScriptedUpstream,
} from "../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../testing/start-test-gateway.ts";

/*
 * An upstream that dies in the arguments of a call: Claude Code 2.1.197 repeats the turn only if the call has not been
 * opened. A call that had nothing before it can go to the next endpoint, since the client has seen nothing.
 */

const call = (text: string): string => chatChunk({ tool_calls: [{ index: 0, function: { arguments: text } }] });
const openCall = chatChunk({
  tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "Bash", arguments: "" } }],
});
const thought = chatChunk({ reasoning_content: "I should look." });
const halfCall = [openCall, call('{"command":'), call('"ls')];
const end = chatChunk({}, "tool_calls", { usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } });

let first: ScriptedUpstream;
let second: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  first = await startScriptedUpstream(() => undefined);
  second = await startScriptedUpstream((response, request) => answerWell(response, request, "the second answer"));
  // One for each test: failures of one must not make the next go elsewhere.
  const models = { bare: {}, thought: {}, second: {}, whole: {} };
  gateway = await startTestGateway({
    providers: {
      first: { protocol: "openai-chat", base_url: first.url, models },
      second: { protocol: "openai-chat", base_url: second.url, models },
    },
  });
});
afterEach(() => (second.seen.length = 0));
afterAll(async () => {
  await gateway.stop();
  await Promise.all([first.close(), second.close()]);
});

function cutAfter(pieces: string[]): void {
  first.answer((response) => {
    startEventStream(response);
    response.write(pieces.join(""), () => response.socket?.destroy());
  });
}

const ask = (model: string): Promise<Heard> =>
  gateway.ask(messagesClient, { model, stream: true, tools: [{ name: "Bash", input_schema: { type: "object" } }] });

describe("a Messages client whose upstream is cut in a call's arguments", () => {
  test("with nothing before the call, gets the next endpoint's answer and no trace of the call", async () => {
    cutAfter(halfCall);
    const heard = await ask("bare");
    expect(messagesClient.text(heard)).toBe("the second answer");
    expect(heard.text).not.toContain("tool_use");
    expect(checkAnthropicStream(heard.text)).toEqual([]);
  });

  test("after a thought, sees the thought closed and then the cut, never the open call", async () => {
    cutAfter([thought, ...halfCall]);
    const heard = await ask("thought");
    expect(heard.complete).toBe(false);
    expect(heard.text).toContain("I should look.");
    expect(heard.text.trimEnd().endsWith('{"type":"content_block_stop","index":0}')).toBe(true);
    expect(second.seen).toEqual([]);
  });

  test("with a finished call before, gets that one whole", async () => {
    const next = chatChunk({
      tool_calls: [{ index: 1, id: "call_2", type: "function", function: { name: "Bash", arguments: '{"com' } }],
    });
    cutAfter([...halfCall, call('"}'), next]);
    const heard = await ask("second");
    expect(heard.complete).toBe(false);
    expect(heard.text.match(/"type":"tool_use"/g)).toHaveLength(1);
    expect(heard.text.trimEnd().endsWith('{"type":"content_block_stop","index":0}')).toBe(true);
  });
});

test("a call that is finished arrives with all its arguments, in a legal stream", async () => {
  first.answer((response) => {
    startEventStream(response);
    response.end([thought, ...halfCall, call('"}'), end, "data: [DONE]\n\n"].join(""));
  });
  const heard = await ask("whole");
  expect(checkAnthropicStream(heard.text)).toEqual([]);
  const parts = [...heard.text.matchAll(/"partial_json":("(?:[^"\\]|\\.)*")/g)].map(([, part = ""]) => part);
  expect(parts.map((part) => String(JSON.parse(part))).join("")).toBe('{"command":"ls"}');
  expect(second.seen).toEqual([]);
});
