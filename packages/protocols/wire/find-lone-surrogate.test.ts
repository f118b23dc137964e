import { expect, test } from "vitest";
import { findLoneSurrogate } from "./find-lone-surrogate.ts";

const find = (text: string): string | undefined => findLoneSurrogate(text, JSON.parse(text));

test.each([
  ['{"a":["x","\\ud83d"]}', "a[1]"],
  ['{"a":{"b":"\\uDC00x"}}', "a.b"],
  ['{"a":{"\\ud83d":1}}', "a"],
  ['{"\\ud83d":1}', "body"],
  ['"\\ude00\\ud83d"', ""],
])("%s holds half a pair at %s", (text, path) => {
  expect(find(text)).toBe(path);
});

test.each(['{"a":"\\ud83d\\ude00"}', '{"a":"\\\\ud83d"}', '{"a":"😀"}', '"\\ud7ff"'])("%s is whole", (text) => {
  expect(find(text)).toBeUndefined();
});

test("it is found below more levels than a stack has", () => {
  const text = `${"[".repeat(200_000)}"\\ud83d"${"]".repeat(200_000)}`;
  expect(find(text)).toMatch(/^\[0\]/);
});
