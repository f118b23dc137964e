import fc from "fast-check";
import { expect, test } from "vitest";
import { spliceModel } from "./splice-model.ts";

test.each([
  ['{"model":"a","x":1}', '{"model":"new/é\\"","x":1}'],
  ['{ "x" : {"model":"inner"}, "model" : "a" }', '{ "x" : {"model":"inner"}, "model" : "new/é\\"" }'],
  [
    '{"x":["model","model"],"y":"model","model":"\\"model\\":"}',
    '{"x":["model","model"],"y":"model","model":"new/é\\""}',
  ],
  ['{"x":"{\\"model\\":\\"no\\"}","model":""}', '{"x":"{\\"model\\":\\"no\\"}","model":"new/é\\""}'],
  ['\n\t{"model"\n:\n"a"}\n', '\n\t{"model"\n:\n"new/é\\""}\n'],
])("%s", (text, expected) => {
  expect(spliceModel(text, 'new/é"')).toBe(expected);
});

test.each([
  ["no model", "{}"],
  ["a model only further in", '{"x":{"model":"a"}}'],
  ["two models, of which readers take one or the other", '{"model":"a","model":"b"}'],
  ["an escaped key, which reads as model to the upstream", '{"\\u006dodel":"a","model":"b"}'],
])("%s has to be looked at more closely", (_, text) => {
  expect(spliceModel(text, "new")).toBeUndefined();
});

test("changes the model and no other byte, in any JSON", () => {
  const value = fc.dictionary(
    fc.string().filter((key) => key !== "model"),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(
      value,
      value,
      fc.string(),
      fc.constantFrom(0, 2),
      fc.string(),
      (before, after, model, indent, other) => {
        const write = (name: string) => JSON.stringify({ ...before, model: name, ...after }, undefined, indent);
        const text = write(model);
        // A key with an escape in it is left to the long way.
        if (Object.keys({ ...before, ...after }).some((key) => JSON.stringify(key).includes("\\"))) return;
        expect(spliceModel(text, other)).toBe(write(other));
      },
    ),
  );
});
