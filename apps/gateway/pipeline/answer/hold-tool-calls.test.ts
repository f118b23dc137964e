import { checkAnthropicStream } from "@onerouter/protocols/grammar/index";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { answerWell } from "../../testing/answer-well.ts";
import type { Heard } from "../../testing/call.ts";
import { messagesClient } from "../../testing/client-dialects.ts";
import {
  chatChunk,
  message,
  messagesEvent,
  startEventStream,
  startScriptedUpstream,
  type ScriptedUpstream,
} from "../../testing/scripted-upstream.ts";
import { startTestGateway, type TestGateway } from "../../testing/start-test-gateway.ts";

/*
 * An upstream that dies in the arguments of a call: Claude Code 2.1.197 repeats the turn only if the call has not been
 * opened. A call that had nothing before it can go to the next endpoint, since the client has seen nothing.
 */

/** The pieces of an answer in an upstream's protocol; the index is that of the block or call. */
interface Pieces {
  start: string;
  thought: string;
  openCall(index: number): string;
  args(index: number, text: string): string;
  closeCall(index: number): string;
  end: string;
}

const inChat: Pieces = {
  start: "",
  thought: chatChunk({ reasoning_content: "I should look." }),
  openCall: (index) =>
    chatChunk({
      tool_calls: [{ index, id: `call_${index}`, type: "function", function: { name: "Bash", arguments: "" } }],
    }),
  args: (index, text) => chatChunk({ tool_calls: [{ index, function: { arguments: text } }] }),
  closeCall: () => "",
  end: `${chatChunk({}, "tool_calls", { usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } })}data: [DONE]\n\n`,
};

const inMessages: Pieces = {
  start: messagesEvent("message_start", {
    message: message("", { content: [], stop_reason: null }),
  }),
  thought: [
    messagesEvent("content_block_start", {
      index: 0,
      content_block: { type: "thinking", thinking: "", signature: "" },
    }),
    messagesEvent("content_block_delta", { index: 0, delta: { type: "thinking_delta", thinking: "I should look." } }),
    messagesEvent("content_block_delta", { index: 0, delta: { type: "signature_delta", signature: "c2ln" } }),
    messagesEvent("content_block_stop", { index: 0 }),
  ].join(""),
  openCall: (index) =>
    messagesEvent("content_block_start", {
      index,
      content_block: { type: "tool_use", id: `toolu_${index}`, name: "Bash", input: {} },
    }),
  args: (index, text) =>
    messagesEvent("content_block_delta", { index, delta: { type: "input_json_delta", partial_json: text } }),
  closeCall: (index) => messagesEvent("content_block_stop", { index }),
  end:
    messagesEvent("message_delta", {
      delta: { stop_reason: "tool_use", stop_sequence: null },
      usage: message("").usage,
    }) + messagesEvent("message_stop"),
};

describe.each([
  { protocol: "openai-chat", vendor: "generic", pieces: inChat, way: "converted" },
  { protocol: "anthropic-messages", vendor: "generic", pieces: inMessages, way: "put in order" },
  { protocol: "anthropic-messages", vendor: "anthropic", pieces: inMessages, way: "by the express lane" },
] as const)("a Messages client, $protocol upstream, $way", ({ protocol, vendor, pieces }) => {
  let first: ScriptedUpstream;
  let second: ScriptedUpstream;
  let gateway: TestGateway;
  beforeAll(async () => {
    first = await startScriptedUpstream(() => undefined);
    second = await startScriptedUpstream((response, request) => answerWell(response, request, "the second answer"));
    // One for each test: failures of one must not make the next go elsewhere.
    const models = { bare: {}, thought: {}, second: {}, whole: {} };
    gateway = await startTestGateway({
      server: { resume: false },
      providers: {
        first: { protocol, vendor, base_url: first.url, models },
        second: { protocol, vendor, base_url: second.url, models },
      },
    });
  });
  afterEach(() => void (second.seen.length = 0));
  afterAll(async () => {
    await gateway.stop();
    await Promise.all([first.close(), second.close()]);
  });

  const ask = (model: string): Promise<Heard> =>
    gateway.ask(messagesClient, { model, stream: true, tools: [{ name: "Bash", input_schema: { type: "object" } }] });

  const halfCall = (index: number): string =>
    pieces.openCall(index) + pieces.args(index, '{"command":') + pieces.args(index, '"ls');
  const wholeCall = (index: number): string => halfCall(index) + pieces.args(index, '"}') + pieces.closeCall(index);

  function cutAfter(...parts: string[]): void {
    first.answer((response) => {
      startEventStream(response);
      response.write(pieces.start + parts.join(""), () => response.socket?.destroy());
    });
  }

  test("cut in a call with nothing before it: the next endpoint's answer and no trace of the call", async () => {
    cutAfter(halfCall(0));
    const heard = await ask("bare");
    expect(messagesClient.text(heard)).toBe("the second answer");
    expect(heard.text).not.toContain("tool_use");
    expect(checkAnthropicStream(heard.text)).toEqual([]);
  });

  test("cut in a call after a thought: the thought closed and then the cut, never the open call", async () => {
    cutAfter(pieces.thought, halfCall(1));
    const heard = await ask("thought");
    expect(heard.complete).toBe(false);
    expect(heard.text).toContain("I should look.");
    expect(endOf(heard)).toBe('{"type":"content_block_stop","index":0}');
    expect(second.seen).toEqual([]);
  });

  test("cut in a second call: the first one whole, or, where calls are checked, neither and the next endpoint", async () => {
    cutAfter(wholeCall(0), halfCall(1));
    const heard = await ask("second");
    if (vendor !== "anthropic") {
      expect(messagesClient.text(heard)).toBe("the second answer");
      expect(heard.text).not.toContain("tool_use");
      return;
    }
    expect(heard.complete).toBe(false);
    expect(heard.text.match(/"type":"tool_use"/g)).toHaveLength(1);
    expect(endOf(heard)).toBe('{"type":"content_block_stop","index":0}');
  });

  test("not cut: all the arguments, in a legal stream", async () => {
    first.answer((response) => {
      startEventStream(response);
      response.end(pieces.start + pieces.thought + wholeCall(1) + pieces.end);
    });
    const heard = await ask("whole");
    expect(checkAnthropicStream(heard.text)).toEqual([]);
    const parts = [...heard.text.matchAll(/"partial_json":("(?:[^"\\]|\\.)*")/g)].map(([, part = ""]) => part);
    expect(parts.map((part) => String(JSON.parse(part))).join("")).toBe('{"command":"ls"}');
    expect(second.seen).toEqual([]);
    expect(await gateway.generation(heard)).toMatchObject({ express_lane: vendor === "anthropic" });
  });
});

/** The data of the last event. */
function endOf({ text }: Heard): string | undefined {
  return text.trimEnd().split("\n").at(-1)?.replace("data: ", "");
}
