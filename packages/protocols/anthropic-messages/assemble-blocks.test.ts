import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  answerOf,
  begin,
  delta,
  done,
  end,
  fold,
  json,
  replay,
  sign,
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

describe("calls", () => {
  const calls = (...events: StreamEvent[]) =>
    answerOf(...events).map((part) => (part.type === "tool-call" ? `${part.name}(${part.arguments})` : part.type));

  test("three parallel calls with interleaved arguments lose nothing (BerriAI/litellm#5231, T7)", () => {
    const texts = ['{"x":"}{"}', '{"y":[1,2]}', "{}"];
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(2)), fc.boolean(), (picks, stops) => {
        const rest = texts.map((text) => [...text]);
        const events = texts.map((_, index) => begin(index, useBlock(`t${index}`)));
        while (rest.some((chars) => chars.length > 0)) {
          const left = rest.flatMap((chars, index) => (chars.length > 0 ? [index] : []));
          const index = left[(picks.next().value ?? 0) % left.length] ?? 0;
          events.push(delta(index, json(rest[index]?.splice(0, 2).join("") ?? "")));
        }
        if (stops) events.push(stop(2), stop(0), stop(1));
        expect(calls(...events)).toEqual(texts.map((text, index) => `t${index}(${text})`));
      }),
      { numRuns: 50 },
    );
  });

  test.each<[string, StreamEvent[], string[]]>([
    ["whole at the start", [begin(0, useBlock("a", { x: 1 })), stop(0)], ['a({"x":1})']],
    [
      "in the last delta only",
      [begin(0, useBlock("a")), delta(0, json("")), delta(0, json('{"x":1}')), stop(0)],
      ['a({"x":1})'],
    ],
    [
      "at the start and in deltas: the deltas count",
      [begin(0, useBlock("a", { x: 0 })), delta(0, json('{"x":1}')), stop(0)],
      ['a({"x":1})'],
    ],
    ["empty", [begin(0, useBlock("a")), delta(0, json("")), stop(0)], ["a()"]],
    ["{}", [begin(0, useBlock("a")), delta(0, json("{}")), stop(0)], ["a({})"]],
    [
      "after the next block has begun",
      [begin(0, useBlock("a")), begin(1, textBlock), delta(1, words("t")), delta(0, json('{"x":1}')), stop(0), stop(1)],
      ['a({"x":1})', "text"],
    ],
    [
      "with text before and after (BerriAI/litellm#25321)",
      [
        begin(0, textBlock),
        delta(0, words("t")),
        begin(1, useBlock("a")),
        delta(1, json('{"x":1}')),
        stop(1),
        begin(2, textBlock),
        delta(2, words("u")),
        stop(2),
      ],
      ["text", 'a({"x":1})', "text"],
    ],
    ["of no call", [delta(0, json("{}")), begin(1, useBlock("a")), delta(1, json("{}")), stop(1)], ["a({})"]],
    ["cut off", [begin(0, useBlock("a")), delta(0, json('{"x":'))], ['a({"x":)']],
  ])("arguments that come %s (T8)", (_, events, expected) => {
    expect(calls(...events)).toEqual(expected);
  });

  const ids = (...given: unknown[]) =>
    answerOf(
      ...given.flatMap((id, index) => [begin(index, { type: "tool_use", id, name: "a", input: {} }), stop(index)]),
    ).map((part) => (part.type === "tool-call" ? part.id : ""));

  test("ids that every client can bring back, and only one answer has, are kept; others are replaced", () => {
    expect(ids("toolu_01A09q90qw90lq917835lq9", "call_9fKx2mQz81")).toEqual([
      "toolu_01A09q90qw90lq917835lq9",
      "call_9fKx2mQz81",
    ]);
    expect(ids("functions.Read:0", undefined, "", "x".repeat(65), 7)).toEqual([
      "toolu_new0",
      "toolu_new1",
      "toolu_new2",
      "toolu_new3",
      "toolu_new4",
    ]);
    expect(ids("toolu_01A09q90q", "toolu_01A09q90q")).toEqual(["toolu_01A09q90q", "toolu_new0"]);
    // The next answer would begin to count again, and a history with the same id twice is refused.
    expect(ids("Bash_0", "call_1")).toEqual(["toolu_new0", "toolu_new1"]);
  });

  test("a renamed tool gets its name and namespace back, a free-text tool its text", () => {
    const tools = new Map([
      ["agents__spawn", { name: "spawn", namespace: "agents" }],
      ["patch", { name: "patch", custom: true }],
    ]);
    const stream = streamOf([
      start,
      begin(0, { type: "tool_use", id: "toolu_a4711", name: "agents__spawn", input: {} }),
      delta(0, json("{}")),
      stop(0),
      begin(1, useBlock("patch")),
      delta(1, json('{"input":"*** Begin')),
      delta(1, json(' Patch\\n"}')),
      stop(1),
      begin(2, useBlock("patch", { input: "whole" })),
      stop(2),
      end("tool_use"),
      done,
    ]);
    expect(fold(replay(stream, { tools })).parts).toMatchObject([
      { name: "spawn", namespace: "agents", arguments: "{}" },
      { name: "patch", custom: true, arguments: "*** Begin Patch\n" },
      { name: "patch", custom: true, arguments: "whole" },
    ]);
  });

  test("broken JSON of a free-text tool reaches it as it is", () => {
    const tools = new Map([["patch", { name: "patch", custom: true }]]);
    const stream = streamOf([
      start,
      begin(0, useBlock("patch")),
      delta(0, json("*** Begin")),
      stop(0),
      end("tool_use"),
      done,
    ]);
    expect(fold(replay(stream, { tools })).parts).toMatchObject([{ arguments: "*** Begin" }]);
  });
});

describe("thoughts", () => {
  test("a signature may come whole, in pieces, at the start, or without a word", () => {
    const signed = (...events: StreamEvent[]) =>
      answerOf(...events).map((part) => part.type === "reasoning" && [part.text, part.signature]);
    expect(signed(begin(0, thinkingBlock), delta(0, thinks("a")), delta(0, sign("s")), stop(0))).toEqual([["a", "s"]]);
    expect(signed(begin(0, thinkingBlock), delta(0, sign("s1")), delta(0, sign("s2")), stop(0))).toEqual([
      ["", "s1s2"],
    ]);
    expect(signed(begin(0, { ...thinkingBlock, thinking: "a", signature: "s" }), stop(0))).toEqual([["a", "s"]]);
    expect(
      signed(
        begin(0, { ...thinkingBlock, signature: "early" }),
        delta(0, thinks("a")),
        delta(0, sign("late")),
        stop(0),
      ),
    ).toEqual([["a", "late"]]);
    expect(signed(begin(0, { type: "thinking" }), delta(0, thinks("a")), stop(0))).toEqual([["a", undefined]]);
    expect(signed(delta(0, sign("lone")))).toEqual([["", "lone"]]);
  });

  test("a signature of text is no signature (BerriAI/litellm#33224)", () => {
    expect(answerOf(begin(0, textBlock), delta(0, words("a")), delta(0, sign("")), stop(0))).toEqual([
      { type: "text", text: "a" },
    ]);
  });

  test("a thought that begins after text is a block of its own (BerriAI/litellm#33224, T1)", () => {
    const parts = answerOf(
      begin(0, textBlock),
      delta(0, words("a")),
      delta(0, thinks("b")),
      delta(0, words("c")),
      stop(0),
    );
    expect(parts).toEqual([
      { type: "text", text: "a" },
      { type: "reasoning", text: "b" },
      { type: "text", text: "c" },
    ]);
  });
});

describe("blocks of the protocol's own", () => {
  test("take the fields that later deltas give them", () => {
    const parts = answerOf(
      begin(0, { type: "compaction" }),
      delta(0, { type: "compaction_delta", content: "summary" }),
      stop(0),
    );
    expect(parts).toMatchObject([{ type: "opaque", value: { type: "compaction", content: "summary" } }]);
  });

  test("hold what follows until they are complete", () => {
    const parts = answerOf(
      begin(0, { type: "server_tool_use", id: "s", name: "n", input: {} }),
      begin(1, textBlock),
      delta(1, words("a")),
      delta(0, json('{"q":1}')),
      stop(0),
      stop(1),
    );
    expect(parts).toMatchObject([{ value: { input: { q: 1 } } }, { type: "text", text: "a" }]);
  });
});
