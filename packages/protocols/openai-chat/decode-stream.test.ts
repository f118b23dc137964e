import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChatEvent } from "../model/chat-event.ts";
import type { AnswerPart } from "../model/content.ts";
import { vendorProfiles } from "../vendors/index.ts";
import { delta, fold, loadFixture, replay, streamOf } from "./__fixtures__/replay.ts";

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
};

describe.each(Object.entries(fixtures))("recorded stream of %s", (name, expected) => {
  const bytes = loadFixture(name);
  const whole = replay([bytes.toString()]);

  test("gives the answer that was sent", () => {
    expect(fold(whole)).toMatchObject(expected);
  });

  test("cut at every byte gives the same events (T4)", () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      const decoder = new TextDecoder();
      const first = decoder.decode(bytes.subarray(0, cut), { stream: true });
      const second = decoder.decode(bytes.subarray(cut));
      expect(replay([first, second])).toEqual(whole);
    }
  });

  test("byte by byte gives the same events (T4)", () => {
    const decoder = new TextDecoder();
    const pieces: string[] = [];
    for (const byte of bytes) pieces.push(decoder.decode(Uint8Array.of(byte), { stream: true }));
    expect(replay(pieces)).toEqual(whole);
  });
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

describe("tool calls", () => {
  const call = (index: number | undefined, id: string | undefined, name: string | undefined, args?: unknown) => ({
    ...(index === undefined ? {} : { index }),
    ...(id === undefined ? {} : { id, type: "function" }),
    function: { ...(name === undefined ? {} : { name }), ...(args === undefined ? {} : { arguments: args }) },
  });
  const calls = (...pieces: object[]) => delta({ tool_calls: pieces });
  const answer = (...chunks: object[]) =>
    fold(replay([streamOf([...chunks, delta({}, "tool_calls")])])).parts.map((part) =>
      part.type === "tool-call" ? `${part.name}(${part.arguments})` : part.type,
    );

  test("three parallel calls with interleaved arguments lose nothing (T7)", () => {
    const chunks = [
      calls(
        call(0, "call_a1b2c3d4e5", "a", ""),
        call(1, "call_b1b2c3d4e5", "b", ""),
        call(2, "call_c1b2c3d4e5", "c", ""),
      ),
      ...[...'{"x":"}{"}'].flatMap((char) => [0, 1, 2].map((index) => calls(call(index, undefined, undefined, char)))),
    ];
    expect(answer(...chunks)).toEqual(['a({"x":"}{"})', 'b({"x":"}{"})', 'c({"x":"}{"})']);
  });

  test("interleaved calls of any shape lose nothing, however they are shuffled (T7)", () => {
    const values = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(values, fc.infiniteStream(fc.nat(3)), (objects, picks) => {
        const texts = objects.map((object) => JSON.stringify(object));
        const rest = texts.map((text) => [...text]);
        const chunks: object[] = texts.map((_, index) =>
          calls(call(index, `call_id_number_${1000 + index}`, `t${index}`, "")),
        );
        while (rest.some((chars) => chars.length > 0)) {
          const left = rest.flatMap((chars, index) => (chars.length > 0 ? [index] : []));
          const index = left[(picks.next().value ?? 0) % left.length] ?? 0;
          chunks.push(calls(call(index, undefined, undefined, rest[index]?.splice(0, 3).join(""))));
        }
        expect(answer(...chunks)).toEqual(texts.map((text, index) => `t${index}(${text})`));
      }),
      { numRuns: 100 },
    );
  });

  test.each<[string, object[], string[]]>([
    ["whole in the first chunk", [calls(call(0, "call_a1b2c3d4e5", "a", '{"x":1}'))], ['a({"x":1})']],
    [
      "in the last chunk only",
      [calls(call(0, "call_a1b2c3d4e5", "a", "")), calls(call(0, undefined, undefined, '{"x":1}'))],
      ['a({"x":1})'],
    ],
    ["empty", [calls(call(0, "call_a1b2c3d4e5", "a", ""))], ["a()"]],
    ["{}", [calls(call(0, "call_a1b2c3d4e5", "a", "{}"))], ["a({})"]],
    [
      "{} and then the real ones",
      [calls(call(0, "call_a1b2c3d4e5", "a", "{}")), calls(call(0, undefined, undefined, '{"x":1}'))],
      ['a({"x":1})'],
    ],
    ["an object instead of text", [calls(call(0, "call_a1b2c3d4e5", "a", { x: 1 }))], ['a({"x":1})']],
    [
      "the whole object repeated at the end",
      [
        calls(call(0, "call_a1b2c3d4e5", "a", '{"x":')),
        calls(call(0, undefined, undefined, "1}")),
        calls(call(0, undefined, undefined, '{"x":1}')),
      ],
      ['a({"x":1})'],
    ],
    [
      "a call before text",
      [calls(call(0, "call_a1b2c3d4e5", "a", '{"x":1}')), delta({ content: "and" })],
      ['a({"x":1})', "text"],
    ],
    [
      "text within a call",
      [
        calls(call(0, "call_a1b2c3d4e5", "a", '{"x"')),
        delta({ content: "and" }),
        calls(call(0, undefined, undefined, ":1}")),
      ],
      ['a({"x":1})', "text"],
    ],
  ])("arguments that come %s (T8)", (_, chunks, expected) => {
    expect(answer(...chunks)).toEqual(expected);
  });

  test.each<[string, object[], string[]]>([
    [
      "no index, whole calls in one chunk",
      [calls(call(undefined, "call_a1b2c3d4e5", "a", '{"x":1}'), call(undefined, "call_b1b2c3d4e5", "a", '{"x":2}'))],
      ['a({"x":1})', 'a({"x":2})'],
    ],
    [
      "no index and no id",
      [
        calls(call(undefined, undefined, "a", "")),
        calls(call(undefined, undefined, undefined, '{"x":1}')),
        calls(call(undefined, undefined, "b", "{}")),
      ],
      ['a({"x":1})', "b({})"],
    ],
    [
      "no index, two calls without arguments at once",
      [calls(call(undefined, undefined, "a", ""), call(undefined, undefined, "a", ""))],
      ["a()", "a()"],
    ],
    [
      "index 0 for every call",
      [calls(call(0, "call_a1b2c3d4e5", "a", '{"x":1}')), calls(call(0, "call_b1b2c3d4e5", "a", '{"x":2}'))],
      ['a({"x":1})', 'a({"x":2})'],
    ],
    [
      "the name in every chunk",
      [
        calls(call(0, "call_a1b2c3d4e5", "a", "")),
        calls(call(0, "call_a1b2c3d4e5", "a", '{"x":')),
        calls(call(0, "call_a1b2c3d4e5", "a", "1}")),
        calls(call(0, "call_a1b2c3d4e5", "a", "")),
      ],
      ['a({"x":1})'],
    ],
    [
      "another id in every chunk",
      [calls(call(0, "call_a1b2c3d4e5", "a", '{"x"')), calls(call(0, "call_b1b2c3d4e5", undefined, ":1}"))],
      ['a({"x":1})'],
    ],
    [
      "the name after the id",
      [calls(call(0, "call_a1b2c3d4e5", "", '{"x"')), calls(call(0, undefined, "a", ":1}"))],
      ['a({"x":1})'],
    ],
    [
      "the old function_call",
      [delta({ function_call: { name: "a", arguments: "" } }), delta({ function_call: { arguments: '{"x":1}' } })],
      ['a({"x":1})'],
    ],
  ])("vendor says %s", (_, chunks, expected) => {
    expect(answer(...chunks)).toEqual(expected);
  });

  const ids = (...given: Array<string | undefined>) =>
    fold(replay([streamOf(given.map((id, index) => calls(call(index, id, "a", "{}"))))])).parts.map((part) =>
      part.type === "tool-call" ? part.id : "",
    );

  test("ids that every client can bring back are kept, others replaced", () => {
    expect(ids("call_9fKx2mQz81", "toolu_01A09q90qw90lq917835lq9")).toEqual([
      "call_9fKx2mQz81",
      "toolu_01A09q90qw90lq917835lq9",
    ]);
    expect(ids("functions.Read:0", undefined, "x".repeat(65))).toEqual(["call_new0", "call_new1", "call_new2"]);
    expect(ids("call_9fKx2mQz81", "call_9fKx2mQz81")).toEqual(["call_9fKx2mQz81", "call_new0"]);
  });

  test("ids that only count the calls of one answer are replaced: the next answer would use them again", () => {
    expect(ids("call_0", "1")).toEqual(["call_new0", "call_new1"]);
  });

  test("a renamed tool gets its name and namespace back, a free-text tool its text", () => {
    const tools = new Map([
      ["agents__spawn", { name: "spawn", namespace: "agents" }],
      ["apply_patch", { name: "apply_patch", custom: true }],
    ]);
    const stream = streamOf([
      calls(call(0, "call_a1b2c3d4e5", "agents__spawn", "{}")),
      calls(call(1, "call_b1b2c3d4e5", "apply_patch", '{"input":"*** Begin')),
      calls(call(1, undefined, undefined, ' Patch\\n"}')),
    ]);
    expect(fold(replay([stream], { tools })).parts).toEqual([
      { type: "tool-call", id: "call_a1b2c3d4e5", name: "spawn", namespace: "agents", arguments: "{}" },
      { type: "tool-call", id: "call_b1b2c3d4e5", name: "apply_patch", custom: true, arguments: "*** Begin Patch\n" },
    ]);
  });
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
      expect(fold(replay([streamOf([delta(thought), delta({ content: "b" })])], { profile })).parts[0]).toEqual({
        type: "reasoning",
        text: "a",
      });
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
});
