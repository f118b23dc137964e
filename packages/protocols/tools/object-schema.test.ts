import { expect, test } from "vitest";
import { createReceipt } from "../receipt.ts";
import { anthropic } from "../vendors/anthropic.ts";
import { generic } from "../vendors/generic.ts";
import { fitsObject, keepToObject } from "./object-schema.ts";

const string = { type: "string" };
const number = { type: "number" };

test.each<[name: string, schema: Record<string, unknown>, expected: Record<string, unknown>]>([
  [
    "alternatives allow the properties of each, and demand what all demand",
    {
      description: "d",
      oneOf: [
        { type: "object", properties: { kind: { const: "a" }, x: string }, required: ["kind", "x"] },
        { type: "object", properties: { kind: { const: "b" }, y: number }, required: ["kind"] },
      ],
    },
    {
      type: "object",
      description: "d",
      properties: { kind: { anyOf: [{ const: "a" }, { const: "b" }] }, x: string, y: number },
      required: ["kind"],
    },
  ],
  [
    "a property of three alternatives may be any of them, and is named once",
    { anyOf: [{ properties: { a: string } }, { properties: { a: number } }, { properties: { a: string } }] },
    { type: "object", properties: { a: { anyOf: [string, number] } } },
  ],
  [
    "what stands beside the alternatives stays",
    {
      type: "object",
      properties: { a: string },
      required: ["a"],
      anyOf: [{ required: ["b"] }, { required: ["b", "c"] }],
    },
    { type: "object", properties: { a: string }, required: ["a", "b"] },
  ],
  [
    "all of several schemas is their sum",
    {
      allOf: [
        { properties: { a: string }, required: ["a"] },
        { properties: { b: number }, required: ["b"] },
      ],
    },
    { type: "object", properties: { a: string, b: number }, required: ["a", "b"] },
  ],
  [
    "references into the schema are followed",
    { oneOf: [{ $ref: "#/$defs/x" }, { $ref: "#/$defs/none" }], $defs: { x: { properties: { a: string } } } },
    { type: "object", $defs: { x: { properties: { a: string } } }, properties: { a: string } },
  ],
  ["a list of types is an object", { type: ["object", "null"], properties: {} }, { type: "object", properties: {} }],
  ["what cannot be said is left out", { type: "object", not: { required: ["a"] } }, { type: "object" }],
  [
    "properties that only one alternative has are not forbidden by the whole",
    { additionalProperties: false, anyOf: [{ properties: { a: string } }] },
    { type: "object", properties: { a: string } },
  ],
])("%s (anthropics/claude-code#5973)", (_, schema, expected) => {
  const receipt = createReceipt();
  expect(keepToObject(schema, anthropic, receipt)).toEqual(expected);
  expect(receipt.entries.map(({ action, field }) => `${action} ${field}`)).toEqual(["approximated tools.parameters"]);
  expect(fitsObject(schema, anthropic)).toBe(false);
  // Others may take it.
  expect(keepToObject(schema, generic, receipt)).toBe(schema);
});

test("an object stays what it is, also with alternatives inside", () => {
  const receipt = createReceipt();
  for (const schema of [{}, { type: "object", properties: { a: { anyOf: [string, number] } } }]) {
    expect(keepToObject(schema, anthropic, receipt)).toBe(schema);
  }
  expect(receipt.entries).toEqual([]);
});
