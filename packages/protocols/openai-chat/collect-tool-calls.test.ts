import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { delta, fold, replay, streamOf } from "./__fixtures__/replay.ts";

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

  test("calls of one list with one id for all are several calls, each with an id of its own", () => {
    const [first, second, third] = [1, 2, 3].map((x) => call(undefined, "call_a1b2c3d4e5", "a", `{"x":${x}}`));
    const chunk = calls(first ?? {}, second ?? {}, third ?? {});
    expect(answer(chunk)).toEqual(['a({"x":1})', 'a({"x":2})', 'a({"x":3})']);
    const { parts } = fold(replay([streamOf([chunk, delta({}, "tool_calls")])]));
    expect(new Set(parts.map((part) => part.type === "tool-call" && part.id)).size).toBe(3);
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
