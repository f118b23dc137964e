import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../model/chat-event.ts";
import { noUsage } from "../model/usage.ts";
import {
  answerOf,
  begin,
  delta,
  done,
  end,
  fold,
  json,
  loadFixture,
  replay,
  start,
  stop,
  streamOf,
  textBlock,
  thinkingBlock,
  thinks,
  useBlock,
  words,
  type StreamEvent,
} from "./__fixtures__/replay.ts";

const usage = (inputTokens: number, cacheReadTokens: number, outputTokens: number, reasoningTokens = 0) => ({
  ...noUsage,
  inputTokens,
  cacheReadTokens,
  outputTokens,
  reasoningTokens,
});
const call = (id: string, name: string, args: string) => ({ type: "tool-call", id, name, arguments: args });

const fixtures: Record<string, object> = {
  "anthropic-text": {
    id: "msg_01XFDUDYJgAACzvnptvVoYEL",
    model: "claude-sonnet-4-5-20250929",
    parts: [{ type: "text", text: 'Hello, "wörld" 你好 🚀\n' }],
    finishReason: "stop",
    usage: { ...usage(2210, 2048, 15), cacheWriteTokens: 100, cacheWrite1hTokens: 50 },
  },
  "anthropic-parallel-tools": {
    parts: [
      {
        type: "reasoning",
        text: 'Two “files”:\n{"a"} \\ and b.',
        signature: "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pk=",
      },
      { type: "text", text: "Reading both." },
      call("toolu_01A09q90qw90lq917835lq9", "Read", '{"file_path": "é.txt"}'),
      call("toolu_01B19q90qw90lq917835lq9", "Read", '{"file_path": "b", "x": "}"}'),
      call("toolu_01C29q90qw90lq917835lq9", "ListDir", ""),
    ],
    finishReason: "tool-calls",
    usage: usage(472, 0, 89),
  },
  "anthropic-redacted": {
    parts: [
      { type: "reasoning", text: "", redacted: "EmwKAhgBEgy3va3pzix/LafPsn4aDFIT2Xlxh0L5L8rLVyIwxtE3rAFBa8cr3qpP" },
      { type: "reasoning", text: "", signature: "EosnCkYICxIMMb3LzNrMu" },
      { type: "text", text: "Done." },
    ],
    finishReason: "stop",
    usage: usage(30, 0, 44, 40),
  },
  "anthropic-web-search": {
    parts: [
      {
        type: "opaque",
        protocol: "anthropic-messages",
        value: {
          type: "server_tool_use",
          id: "srvtoolu_014hJH82Qum7Td6UV8gDXThB",
          name: "web_search",
          input: { query: "weather" },
        },
      },
      { type: "opaque", value: { type: "web_search_tool_result", tool_use_id: "srvtoolu_014hJH82Qum7Td6UV8gDXThB" } },
      { type: "text", text: "It is 72°F." },
      { type: "text", text: " Enjoy." },
    ],
    opaqueEvents: [{ part: 2, value: { type: "citations_delta", citation: { cited_text: "72°F" } } }],
    finishReason: "stop",
    usage: usage(10_682, 0, 510),
    extensions: { "anthropic-messages": { usage: { server_tool_use: { web_search_requests: 1 } } } },
  },
  "anthropic-refusal": {
    parts: [{ type: "text", text: "Hello.." }],
    finishReason: "refusal",
    extensions: {
      "anthropic-messages": { stop_details: { type: "refusal", category: "cyber", explanation: "Declined." } },
    },
  },
  "anthropic-stop-sequence": {
    parts: [{ type: "text", text: "1 2 3" }],
    finishReason: "stop-sequence",
    stopSequence: "###",
  },
  "anthropic-max-tokens": { parts: [{ type: "text", text: "Once upon" }], finishReason: "length" },
  "anthropic-overloaded": {
    parts: [{ type: "text", text: "Let me" }],
    finishReason: "error",
    error: { code: "upstream_overloaded", message: "Overloaded" },
  },
  "moonshot-tools": {
    parts: [
      { type: "reasoning", text: "The user wants a file – “创建”." },
      { type: "text", text: "Writing." },
      call("toolu_new0", "Write", '{"file_path": "hello.txt", "content": "hi"}'),
      call("toolu_new1", "Bash", '{"command": "ls"}'),
    ],
    finishReason: "tool-calls",
    usage: usage(1203, 1024, 87),
  },
  "deepseek-thinking": {
    parts: [
      { type: "reasoning", text: "Add them.", signature: "930c60df-bf64-41c9-a88e-3ec75f81e00e" },
      { type: "text", text: "42" },
    ],
    finishReason: "stop",
    usage: usage(512, 384, 20),
  },
  "zai-tools": {
    parts: [
      { type: "reasoning", text: "Look.", signature: "7c9e6679f742" },
      call("call_8174312990000000000", "Read", '{"path":"a.ts"}'),
    ],
    finishReason: "tool-calls",
    usage: usage(2551, 2496, 31),
  },
  "generic-gaps": {
    parts: [
      { type: "reasoning", text: "Hm." },
      { type: "text", text: "Ok, reading." },
      call("toolu_gap4711x", "Read", '{"a":1}'),
    ],
    finishReason: "tool-calls",
    usage: usage(7, 0, 12),
  },
  "generic-crlf": { parts: [{ type: "text", text: "naïve 🚀\r\n" }], finishReason: "stop", usage: usage(5, 0, 4) },
  "generic-no-starts": {
    parts: [
      { type: "text", text: "First words." },
      { type: "reasoning", text: "A thought." },
      { type: "text", text: "More." },
    ],
    finishReason: "stop",
    usage: usage(8, 0, 5),
  },
  "generic-interleaved": {
    parts: [
      call("toolu_mix_a4711", "a", '{"a":1}'),
      call("toolu_mix_b4711", "b", '{"b":2}'),
      call("toolu_mix_c4711", "c", '{"c":3}'),
      { type: "text", text: "and so on" },
    ],
    finishReason: "tool-calls",
  },
  "generic-collision": {
    parts: [
      { type: "reasoning", text: "Hm", signature: "c2ln" },
      { type: "text", text: "I call." },
      call("toolu_col_a4711", "a", '{"x":1}'),
      { type: "text", text: "?!" },
      call("toolu_col_b4711", "b", '{"whole":true}'),
    ],
    finishReason: "tool-calls",
  },
  "generic-spaced": {
    parts: [
      { type: "reasoning", text: 'é "thinking":"no"}} 🚀', signature: "c2ln" },
      { type: "text", text: "Grüße" },
      call("toolu_spc_a4711", "a", '{"x":[1]}'),
    ],
    finishReason: "tool-calls",
  },
  "generic-sorted": {
    parts: [
      { type: "reasoning", text: 'é "thinking":"no"}} \\ok "}}z"', signature: "c2ln" },
      { type: "text", text: "Ok." },
    ],
    finishReason: "stop",
  },
};

test.each(Object.entries(fixtures))("the recorded stream %s gives the answer that was sent", (name, expected) => {
  expect(fold(replay(loadFixture(name)))).toMatchObject(expected);
});

test("text, thoughts and arguments are sent on as they come, not when they are complete", () => {
  const deltas = replay(loadFixture("anthropic-parallel-tools")).flatMap((event) =>
    event.type === "block-delta" ? event.text : [],
  );
  expect(deltas).toEqual([
    "Two “files”",
    ':\n{"a"} \\ and b.',
    "Reading both.",
    '{"file_path":',
    ' "é.txt"}',
    '{"file_path": "b", "x": "}"}',
  ]);
});

// Runs of deltas of one kind, in any order: blocks are opened or not, stopped or not, with or without gaps.
const runs = fc.array(
  fc.record({
    kind: fc.constantFrom("text" as const, "reasoning" as const, "call" as const),
    pieces: fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
    opens: fc.boolean(),
    stops: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

test("deltas add up to what was sent, in every order of thoughts, text and calls (BerriAI/litellm#25212, T2)", () => {
  fc.assert(
    fc.property(runs, fc.integer({ min: 1, max: 3 }), (list, step) => {
      const events: StreamEvent[] = [];
      const sent = { text: "", reasoning: "", call: [] as string[] };
      for (const [at, { kind, pieces, opens, stops }] of list.entries()) {
        const index = at * step;
        if (kind === "call") {
          const args = JSON.stringify({ value: pieces.join("") });
          sent.call.push(args);
          events.push(begin(index, useBlock("a")), ...[...args].map((char) => delta(index, json(char))), stop(index));
          continue;
        }
        sent[kind] += pieces.join("");
        if (opens) events.push(begin(index, kind === "text" ? textBlock : thinkingBlock));
        for (const piece of pieces) events.push(delta(index, kind === "text" ? words(piece) : thinks(piece)));
        if (stops) events.push(stop(index));
      }
      const got = { text: "", reasoning: "", call: [] as string[] };
      const order: string[] = [];
      for (const part of answerOf(...events)) {
        if (part.type === "tool-call") got.call.push(part.arguments);
        else if (part.type === "text" || part.type === "reasoning") got[part.type] += part.text;
        order.push(part.type === "tool-call" ? "call" : part.type);
      }
      expect(got).toEqual(sent);
      const withoutRepeats = (kinds: string[]) => kinds.filter((kind, at) => kind !== kinds[at - 1]);
      expect(withoutRepeats(order)).toEqual(withoutRepeats(list.map(({ kind }) => kind)));
    }),
    { numRuns: 200 },
  );
});

describe("the end", () => {
  test.each([
    ["end_turn", "stop"],
    ["max_tokens", "length"],
    ["stop_sequence", "stop-sequence"],
    ["tool_use", "stop"],
    ["refusal", "refusal"],
    ["pause_turn", "pause"],
    ["model_context_window_exceeded", "context-window"],
    ["content_filter", "stop"],
  ])("%s without a call is %s", (reason, expected) => {
    expect(fold(replay(streamOf([start, end(reason), done]))).finishReason).toBe(expected);
  });

  test.each(["end_turn", "tool_use", "eos"])("%s after a call is tool-calls", (reason) => {
    expect(fold(replay(streamOf([start, begin(0, useBlock("a")), stop(0), end(reason), done]))).finishReason).toBe(
      "tool-calls",
    );
  });

  test("a stop reason is enough, without it the answer is broken", () => {
    expect(replay(streamOf([start, begin(0, textBlock), delta(0, words("a")), end("end_turn")])).at(-1)?.type).toBe(
      "finish",
    );
    expect(
      replay(streamOf([start, begin(0, textBlock), delta(0, words("a")), stop(0), end(null)])).at(-1),
    ).toMatchObject({ type: "error", error: { code: "upstream_invalid_response" } });
    expect(replay(streamOf([start])).at(-1)).toMatchObject({
      type: "error",
      error: { code: "upstream_invalid_response" },
    });
  });

  test("an answer without content or start is still an answer", () => {
    expect(replay(streamOf([end("end_turn"), done])).map((event) => event.type)).toEqual(["start", "usage", "finish"]);
  });

  test("usage that was never told is marked as missing", () => {
    expect(replay(streamOf([start, end("end_turn", {}), done])).at(-1)).toMatchObject({
      usageMissing: true,
      usage: { inputTokens: 10 },
    });
    expect(replay(streamOf([start, end("end_turn"), done])).at(-1)).not.toHaveProperty("usageMissing");
  });

  test("several message_delta: the last word counts (T21)", () => {
    const events = replay(
      streamOf([start, end(null, { output_tokens: 3 }), end("end_turn", { output_tokens: 7 }), done]),
    );
    expect(events.at(-1)).toMatchObject({ reason: "stop", usage: { inputTokens: 10, outputTokens: 7 } });
  });

  test("an unfinished last event counts too", () => {
    expect(replay(streamOf([start, end("end_turn"), done]).trimEnd()).at(-1)?.type).toBe("finish");
  });

  test.each<[string, string, string]>([
    ["nothing", "", "upstream_invalid_response"],
    ["broken JSON", 'data: {"type":\n\n', "upstream_invalid_response"],
    [
      "an error event",
      'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"boom"}}\n\n',
      "upstream_error",
    ],
    [
      "an overload",
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
      "upstream_overloaded",
    ],
    [
      "a limit",
      'event: error\ndata: {"type":"error","error":{"type":"rate_limit_error","message":"slow"}}\n\n',
      "upstream_rate_limited",
    ],
    ["a named error without a type", 'event: error\ndata: {"error":{"message":"boom"}}\n\n', "upstream_error"],
    [
      "an error in the middle",
      `${streamOf([start, begin(0, textBlock)])}event: error\ndata: {"type":"error","error":{"type":"api_error","message":"b"}}\n\n`,
      "upstream_error",
    ],
  ])("%s is an error, and nothing comes after it", (_, stream, code) => {
    const late = stream === "" ? "" : streamOf([delta(0, words("late")), end("end_turn"), done]);
    const events: ChatEvent[] = replay(stream + late);
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code } });
  });

  test("unknown events and data that is no object are passed over", () => {
    expect(
      fold(
        replay(
          `data: 7\n\nevent: note\ndata: {"type":"note"}\n\n${streamOf([start, begin(0, textBlock), delta(0, words("a")), end("end_turn"), done])}`,
        ),
      ).parts,
    ).toEqual([{ type: "text", text: "a" }]);
  });
});
