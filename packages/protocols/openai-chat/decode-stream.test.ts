import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../model/chat-event.ts";
import type { AnswerPart } from "../model/content.ts";
import { vendorProfiles } from "../vendors/index.ts";
import { countingContext, delta, fold, loadFixture, replay, streamOf } from "./__fixtures__/replay.ts";
import { decodeResponse } from "./decode-response.ts";

const usage = (inputTokens: number, cacheReadTokens: number, outputTokens: number, reasoningTokens: number) => ({
  inputTokens,
  cacheReadTokens,
  cacheWriteTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens,
  reasoningTokens,
});

const fixtures: Record<string, object> = {
  "moonshot-tools": {
    id: "chatcmpl-6921a0c7b1",
    model: "kimi-k2-thinking",
    parts: [
      { type: "reasoning", text: "The user wants \nhello.txt – “créé” 🚀." },
      { type: "text", text: "I will write it.\n" },
      {
        type: "tool-call",
        id: "call_new0",
        name: "Write",
        arguments: '{"file_path": "hello.txt", "content": "he said \\"}\\" 你好"}',
      },
      { type: "tool-call", id: "call_new1", name: "Bash", arguments: '{"command": "ls"}' },
    ],
    finishReason: "tool-calls",
    usage: usage(1203, 1024, 87, 0),
  },
  deepseek: {
    parts: [
      { type: "reasoning", text: "Add them." },
      { type: "text", text: "42" },
    ],
    finishReason: "stop",
    usage: usage(512, 384, 20, 12),
  },
  zai: {
    parts: [
      { type: "reasoning", text: "Let me look." },
      { type: "text", text: "Looking." },
      { type: "tool-call", id: "call_-8174312990000000000", name: "Read", arguments: '{"path":"a.ts"}' },
    ],
    finishReason: "tool-calls",
    usage: usage(900, 640, 30, 9),
  },
  "openai-text": { parts: [{ type: "text", text: "Hello world" }], finishReason: "stop", usage: usage(19, 0, 74, 64) },
  "openai-refusal": {
    parts: [{ type: "refusal", text: "I can’t help with that." }],
    finishReason: "refusal",
    usage: usage(10, 0, 6, 0),
  },
  openrouter: {
    parts: [
      { type: "reasoning", text: "First think.", signature: "EqoBCkgIARABGAIiQL==" },
      { type: "text", text: "Done" },
    ],
    finishReason: "stop",
    usage: { ...usage(100, 60, 25, 10), cacheWriteTokens: 20 },
  },
  vllm: {
    parts: [
      { type: "reasoning", text: "Hmm." },
      { type: "text", text: "Stop here" },
    ],
    finishReason: "stop-sequence",
    stopSequence: "###",
    usage: usage(33, 0, 8, 0),
  },
  groq: {
    parts: [
      { type: "reasoning", text: "Quick" },
      { type: "tool-call", id: "fc_6a2f6c0d-1b1e", name: "get_time", arguments: '{"zone":"UTC"}' },
    ],
    finishReason: "tool-calls",
    usage: usage(120, 0, 31, 0),
  },
  "openai-parallel-tools": {
    parts: [
      { type: "tool-call", id: "call_A7bK2mQz81", name: "a", arguments: '{"a":"é"}' },
      { type: "tool-call", id: "call_B7bK2mQz81", name: "b", arguments: '{"b":2}' },
      { type: "tool-call", id: "call_C7bK2mQz81", name: "c", arguments: '{"c": "}3"}' },
    ],
    finishReason: "tool-calls",
    usage: usage(82, 64, 41, 0),
  },
  "openrouter-error": {
    parts: [{ type: "text", text: "Par" }],
    finishReason: "error",
    error: { code: "upstream_rate_limited", retryAfterSeconds: 7 },
  },
  "generic-crlf": { parts: [{ type: "text", text: "naïve 🚀\r\n" }], finishReason: "stop", usage: usage(3, 0, 2, 0) },
  "generic-loose": {
    parts: [
      { type: "text", text: "Let me." },
      { type: "tool-call", id: "fc_77aa8812", name: "ls", arguments: '{"dir":"/"}' },
    ],
    finishReason: "tool-calls",
    usage: usage(30, 0, 9, 0),
  },
};

test.each(Object.entries(fixtures))("the recorded stream %s gives the answer that was sent", (name, expected) => {
  expect(fold(replay([loadFixture(name).toString()]))).toMatchObject(expected);
});

test("a text or thought is sent on as it comes, not when it is complete", () => {
  const events = replay([streamOf([delta({ content: "a" }), delta({ content: "b" }, "stop")])]);
  expect(events.filter((event) => event.type === "block-delta").map((event) => event.text)).toEqual(["a", "b"]);
});

// Runs of the same kind of delta, in any order, as vendors send them.
const runs = fc.array(
  fc.record({
    kind: fc.constantFrom("reasoning", "text", "tool"),
    pieces: fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 8 },
);

test("deltas add up to what was sent, in every order of reasoning, text and tools (T2)", () => {
  fc.assert(
    fc.property(runs, (list) => {
      const chunks: object[] = [];
      const expected: AnswerPart[] = [];
      let calls = 0;
      for (const { kind, pieces } of list) {
        const last = expected.at(-1);
        if (kind === "tool") {
          const text = JSON.stringify({ value: pieces.join("") });
          chunks.push(
            delta({
              tool_calls: [
                { index: calls, id: `call_abcdefgh${1000 + calls}`, function: { name: "t", arguments: "" } },
              ],
            }),
          );
          for (const char of text)
            chunks.push(delta({ tool_calls: [{ index: calls, function: { arguments: char } }] }));
          expected.push({ type: "tool-call", id: `call_abcdefgh${1000 + calls}`, name: "t", arguments: text });
          calls++;
          continue;
        }
        for (const piece of pieces)
          chunks.push(delta(kind === "text" ? { content: piece } : { reasoning_content: piece }));
        const type = kind;
        if (last?.type === type) last.text += pieces.join("");
        else expected.push({ type, text: pieces.join("") });
      }
      const answer = fold(replay([streamOf([...chunks, delta({}, calls > 0 ? "tool_calls" : "stop")])]));
      expect(answer.parts).toEqual(expected);
      expect(answer.finishReason).toBe(calls > 0 ? "tool-calls" : "stop");
    }),
    { numRuns: 200 },
  );
});

describe("reasoning", () => {
  test("the same thought in several fields counts once", () => {
    const thought = {
      reasoning_content: "a",
      reasoning: "a",
      reasoning_details: [{ type: "reasoning.text", text: "a" }],
    };
    for (const name of ["generic", "openrouter"]) {
      const profile = vendorProfiles[name];
      if (profile === undefined) throw new Error(name);
      const { parts } = fold(replay([streamOf([delta(thought), delta({ content: "b" })])], { profile }));
      expect(parts.map((part) => [part.type, "text" in part && part.text])).toEqual([
        ["reasoning", "a"],
        ["text", "b"],
      ]);
    }
  });

  test("a thought told only in details is read, an encrypted one kept whole", () => {
    const details = [
      { type: "reasoning.summary", summary: "s" },
      { type: "reasoning.encrypted", data: "opaque==" },
    ];
    expect(fold(replay([streamOf([delta({ reasoning_details: details })])])).parts).toEqual([
      { type: "reasoning", text: "s" },
      { type: "reasoning", text: "", redacted: "opaque==" },
    ]);
  });

  test("after a signature, more reasoning is a new block", () => {
    const text = (value: string) => delta({ reasoning_details: [{ type: "reasoning.text", text: value }] });
    const signature = delta({ reasoning_details: [{ type: "reasoning.text", signature: "s1" }] });
    expect(fold(replay([streamOf([text("a"), signature, text("b")])])).parts).toEqual([
      { type: "reasoning", text: "a", signature: "s1" },
      { type: "reasoning", text: "b" },
    ]);
  });

  test("a detail that goes on after text is signed on both sides of it, with all that was ever said of it", () => {
    const detail = { type: "reasoning.text", id: "rs_1", format: "f", index: 0 };
    const stream = streamOf([
      delta({ reasoning_details: [{ ...detail, text: "a" }] }),
      delta({ reasoning_details: [{ ...detail, text: "b" }] }),
      delta({ content: "Said." }),
      delta({ reasoning_details: [{ ...detail, text: "c" }] }),
      delta({ reasoning_details: [{ ...detail, text: "", signature: "s" }] }),
    ]);
    const { parts } = fold(replay([stream], { profile: vendorProfiles.openrouter }));
    const native = (part: object) => JSON.parse(String("signature" in part ? part.signature : "null")) as unknown;
    expect(parts).toMatchObject([{ text: "ab" }, { text: "Said." }, { text: "c" }]);
    expect(parts.map(native)).toEqual([detail, null, { ...detail, signature: "s" }]);
  });
});

describe("a whole message in the last chunk (MiniMax)", () => {
  const whole = { choices: [{ index: 0, message: { role: "assistant", content: "ab" }, finish_reason: "stop" }] };

  test("is the answer where nothing came before it", () => {
    expect(fold(replay([streamOf([delta({ role: "assistant", content: "" }), whole])])).parts).toEqual([
      { type: "text", text: "ab" },
    ]);
  });

  test("says nothing twice where it was told piece by piece", () => {
    const { parts, finishReason } = fold(replay([streamOf([delta({ content: "a" }), delta({ content: "b" }), whole])]));
    expect([parts, finishReason]).toEqual([[{ type: "text", text: "ab" }], "stop"]);
  });
});

describe("the end", () => {
  const finishOf = (...chunks: object[]) => fold(replay([streamOf(chunks)])).finishReason;
  const oneCall = delta({
    tool_calls: [{ index: 0, id: "call_a1b2c3d4e5", function: { name: "a", arguments: "{}" } }],
  });

  test.each([
    ["stop", "stop"],
    ["length", "length"],
    ["tool_calls", "stop"],
    ["content_filter", "content-filter"],
    ["sensitive", "content-filter"],
    ["model_context_window_exceeded", "context-window"],
    ["eos", "stop"],
  ])("%s without a call is %s", (wire, reason) => {
    expect(finishOf(delta({ content: "a" }), delta({}, wire))).toBe(reason);
  });

  test("stop although a tool was called is tool-calls", () => {
    expect(finishOf(oneCall, delta({}, "stop"))).toBe("tool-calls");
    expect(finishOf(oneCall)).toBe("tool-calls");
  });

  test("content after finish_reason and a second role chunk still count", () => {
    const events = replay([
      streamOf([
        delta({ role: "assistant", content: "a" }),
        delta({ role: "assistant", content: "" }),
        delta({}, "stop"),
        delta({ content: "b" }),
      ]),
    ]);
    expect(fold(events).parts).toEqual([{ type: "text", text: "ab" }]);
  });

  test.each<[string, object[], number]>([
    ["early", [{ choices: [], usage: { prompt_tokens: 7, completion_tokens: 1 } }, delta({ content: "a" }, "stop")], 7],
    [
      "twice",
      [
        delta({ content: "a" }, "stop"),
        { choices: [], usage: { prompt_tokens: 5, completion_tokens: 1 } },
        { choices: [], usage: { prompt_tokens: 7, completion_tokens: 1 } },
      ],
      7,
    ],
    [
      "in the choice",
      [
        {
          choices: [
            {
              index: 0,
              delta: { content: "a" },
              finish_reason: "stop",
              usage: { prompt_tokens: 7, completion_tokens: 1 },
            },
          ],
        },
      ],
      7,
    ],
    [
      "and then zeros",
      [
        { choices: [], usage: { prompt_tokens: 7, completion_tokens: 1 } },
        delta({ content: "a" }, "stop"),
        { choices: [], usage: { prompt_tokens: 0, completion_tokens: 0 } },
      ],
      7,
    ],
  ])("usage %s (T21)", (_, chunks, input) => {
    expect(fold(replay([streamOf(chunks)])).usage.inputTokens).toBe(input);
  });

  test("missing usage is told", () => {
    const last = replay([streamOf([delta({ content: "a" }, "stop")])]).at(-1);
    expect(last).toMatchObject({ type: "finish", usageMissing: true });
  });

  test("without [DONE] a finish_reason is enough, without both the answer is broken", () => {
    expect(replay([streamOf([delta({ content: "a" }, "stop")], false)]).at(-1)?.type).toBe("finish");
    const events = replay([streamOf([delta({ content: "a" })], false)]);
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "upstream_invalid_response" } });
  });

  test.each<[string, string, string]>([
    ["nothing", "", "upstream_invalid_response"],
    ["only [DONE]", "data: [DONE]\n\n", "upstream_invalid_response"],
    ["broken JSON", 'data: {"choices":[{\n\n', "upstream_invalid_response"],
    ["no object", "data: 7\n\n", "upstream_invalid_response"],
    ["an error", 'data: {"error":{"message":"boom","code":502}}\n\n', "upstream_error"],
    ["an error in a word", 'data: {"error":"boom"}\n\n', "upstream_error"],
    [
      "vLLM's error",
      'data: {"object":"error","message":"This model\'s maximum context length is 10 tokens","code":400}\n\n',
      "context_length_exceeded",
    ],
    ["a named error", 'event: error\ndata: {"message":"Rate limit reached","code":429}\n\n', "upstream_rate_limited"],
    ["Z.ai's error", 'data: {"code":1302,"msg":"busy","success":false}\n\n', "upstream_rate_limited"],
    [
      "a failure spelled as a reason",
      streamOf([delta({ content: "a" }, "insufficient_system_resource")]),
      "upstream_overloaded",
    ],
    [
      "arguments of no tool",
      streamOf([delta({ tool_calls: [{ index: 0, function: { arguments: "{}" } }] })]),
      "upstream_invalid_response",
    ],
  ])("%s is an error, and nothing comes after it", (_, stream, code) => {
    const events: ChatEvent[] = replay(
      [stream, streamOf([delta({ content: "late" })])].slice(0, stream === "" ? 1 : 2),
    );
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code } });
  });

  test("a failure spelled as a reason is the same one in a whole answer", () => {
    const events: ChatEvent[] = [];
    const choices = [{ message: { content: "a" }, finish_reason: "insufficient_system_resource" }];
    decodeResponse({ id: "c", model: "m", choices }, countingContext(), (event) => events.push(event));
    expect(events).toMatchObject([{ type: "error", error: { code: "upstream_overloaded" } }]);
  });
});
