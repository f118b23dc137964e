import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mendJson } from "./mend-json.ts";

const raw = String.raw;

test.each([
  { text: '{"a":1}', value: { a: 1 }, mendings: [] },
  { text: '{"a":[1,{"b":null}],}', value: { a: [1, { b: null }] }, mendings: ["syntax"] },
  { text: "{'a': 'it\\'s \"q\"'}", value: { a: 'it\'s "q"' }, mendings: ["syntax"] },
  { text: "{a: 1, b_c: True, d: None}", value: { a: 1, b_c: true, d: null }, mendings: ["syntax"] },
  { text: '{"a": "two\nlines\tand a tab"}', value: { a: "two\nlines\tand a tab" }, mendings: ["syntax"] },
  { text: '{"a": 1, // why\n "b": /* how */ 2}', value: { a: 1, b: 2 }, mendings: ["syntax"] },
  { text: '```json\n{"a":1}\n```', value: { a: 1 }, mendings: ["extra-text"] },
  { text: 'Here it is: {"a":"x"} I hope it helps.', value: { a: "x" }, mendings: ["extra-text"] },
  { text: '{"a":1}}', value: { a: 1 }, mendings: ["extra-text"] },
  { text: '{"a":1}{"a":1}', value: { a: 1 }, mendings: ["extra-text"] },
  { text: "```\n{a:1,}\n```", value: { a: 1 }, mendings: ["extra-text", "syntax"] },
  { text: JSON.stringify('{"a":1}'), value: { a: 1 }, mendings: ["double-encoded"] },
  {
    text: JSON.stringify(JSON.stringify('{"a":1,}')),
    value: { a: 1 },
    mendings: ["double-encoded", "double-encoded", "syntax"],
  },
  { text: '{"a":{"b":["x"', value: { a: { b: ["x"] } }, mendings: ["unclosed"] },
  { text: '{"a":{"b":[1]}', value: { a: { b: [1] } }, mendings: ["unclosed"] },
  { text: "{a:{b:['x'", value: { a: { b: ["x"] } }, mendings: ["syntax", "unclosed"] },
  // What jsonrepair alone would lose: a path, a regular expression.
  { text: raw`{"path":"C:\dir\Work"}`, value: { path: raw`C:\dir\Work` }, mendings: ["syntax"] },
  { text: raw`{"pattern":"\d+\.\w*"}`, value: { pattern: raw`\d+\.\w*` }, mendings: ["syntax"] },
  { text: raw`{"text":"don\'t"}`, value: { text: "don't" }, mendings: ["syntax"] },
])("clear: $text", ({ text, value, mendings }) => {
  expect(mendJson(text)).toMatchObject({ value, mendings });
});

test.each([
  { text: "", why: "there is nothing" },
  { text: "ls -l", why: "there is no object" },
  { text: '{"command":"rm -rf build', why: "a command is cut off" },
  { text: '{"command":"echo 1', why: "a command is cut off" },
  { text: '{"content":"line 1\\n', why: "a file is cut off" },
  { text: '{"count":1', why: "a number may have had more digits" },
  { text: '{"flag":tru', why: "a word is cut off" },
  { text: '{"flag":true', why: "a word might go on" },
  { text: '{"a":"x",', why: "something more was to come" },
  { text: '{"a"', why: "a value is missing" },
  { text: '{"a":', why: "a value is missing" },
  { text: "{", why: "there is nothing in it" },
  { text: '{"command":"echo "hi" > f"}', why: "quotes within a string" },
  { text: '{"command":"echo "a", "b"}', why: "quotes within a string" },
  { text: '{"a":"x" "b":"y"}', why: "a comma is missing, or a quote stands within a string" },
  { text: raw`{"path":"C:\dir\new"}`, why: "a backslash before n may be either" },
  { text: raw`{"a":"abc\"}`, why: "the end of the string is not clear" },
  { text: '{"a":NaN}', why: "no JSON has it" },
  { text: '{"a":b c}', why: "bare words" },
  { text: '{"a":"x",...}', why: "something was left out" },
  { text: '{"a":1}{"a":2}', why: "two objects" },
  { text: 'either {"a":1} or {"a":2}', why: "two objects" },
  { text: '{"a":1]', why: "brackets that do not match" },
  { text: '{"a":"b" + "c"}', why: "an expression" },
])("not clear, $why: $text", ({ text }) => {
  const read = mendJson(text);
  // A lone value is JSON, but no object: others judge that.
  expect(typeof read?.value === "object" ? read : undefined).toBeUndefined();
});

describe("any object", () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value));

  test("that is JSON is read as it is", () => {
    fc.assert(
      fc.property(object, (text) => {
        expect(mendJson(text)).toEqual({ value: JSON.parse(text), json: text, mendings: [] });
      }),
    );
  });

  test("that is cut off is never another object", () => {
    fc.assert(
      fc.property(object, fc.nat(), (text, at) => {
        const cut = text.slice(0, at % text.length);
        const read = mendJson(cut);
        if (read === undefined) return;
        // Everything that the text says is there: what is missing are brackets, and members that were not begun.
        const closed = JSON.stringify(read.value);
        expect(closed.replaceAll(/[\s{}[\],]/g, "")).toBe(
          JSON.stringify(JSON.parse(read.json)).replaceAll(/[\s{}[\],]/g, ""),
        );
        expect(cut.trimEnd().endsWith('"') || /[}\]]$/.test(cut.trimEnd())).toBe(true);
      }),
    );
  });

  test("wrapped in whatever has none of its brackets is found", () => {
    const around = fc.string().map((text) => text.replaceAll(/[{}"'`[\]]/g, ""));
    fc.assert(
      fc.property(around, object, around, (before, text, after) => {
        expect(mendJson(before + text + after)?.value).toEqual(JSON.parse(text));
      }),
    );
  });
});
