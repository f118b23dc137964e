import { expect, test } from "vitest";
import { createReceipt } from "../receipt.ts";
import { generic } from "../vendors/generic.ts";
import { openai } from "../vendors/openai.ts";
import { keepStrict } from "./strict-schema.ts";

const string = { type: "string" };
const closed = (properties: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});

const good = [
  closed({}),
  closed({ a: string, b: { type: ["string", "null"] }, properties: { enum: ["properties"] } }),
  closed({ a: { type: "array", items: closed({ b: string }) }, c: { anyOf: [string, closed({})] } }),
  closed({ a: { $ref: "#/$defs/x" } }, { $defs: { x: closed({ b: string }) } }),
];

const bad = [
  { type: "object", properties: { a: string }, required: ["a"] },
  closed({ a: string }, { required: [] }),
  closed({ a: { type: "array", items: { type: "object" } } }),
  closed({ a: { anyOf: [string, { type: "object", properties: { b: string } }] } }),
  closed({ a: string }, { $defs: { x: { type: "object" } } }),
  closed({ a: { allOf: [string] } }),
  closed({ a: { oneOf: [string] } }),
];

test.each([
  ...good.map((schema) => ({ schema, isStrict: true })),
  ...bad.map((schema) => ({ schema, isStrict: false })),
])("OpenAI takes %o as strict", ({ schema, isStrict }) => {
  const receipt = createReceipt();
  expect(keepStrict(true, schema, "tools.strict", openai, receipt)).toBe(isStrict);
  expect(receipt.entries.map(({ field }) => field)).toEqual(isStrict ? [] : ["tools.strict"]);
  expect(keepStrict(false, schema, "tools.strict", openai, receipt)).toBe(false);
  expect(keepStrict(true, schema, "tools.strict", generic, receipt)).toBe(true);
});
