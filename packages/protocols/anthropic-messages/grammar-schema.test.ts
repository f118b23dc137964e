import { describe, expect, test } from "vitest";
import { toGrammarSchema } from "./grammar-schema.ts";

const object = (properties: object, more: object = {}) => ({
  type: "object",
  properties,
  additionalProperties: false,
  ...more,
});

test("a schema that Anthropic takes stays as it is", () => {
  const schema = object(
    {
      a: { type: "string", description: "d", format: "uri" },
      b: { type: "array", items: { anyOf: [{ type: "integer" }, { type: "null" }] }, minItems: 1 },
      c: { enum: ["x", 1, null] },
      d: { $ref: "#/$defs/d" },
    },
    { required: ["a"], $defs: { d: object({ const: { const: "k" } }) } },
  );
  expect(toGrammarSchema(schema)).toEqual({ schema, isWhole: true, isClosed: false });
});

test("objects are closed, types of which one holds are alternatives, old definitions are found", () => {
  const { schema, ...rest } = toGrammarSchema({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: {
      a: { type: ["string", "null"], description: "d" },
      b: { type: "string", enum: ["x"] },
      c: { $ref: "#/definitions/c" },
      d: { allOf: [{ type: "boolean" }], title: "D" },
      e: { type: "integer", default: 1 },
    },
    definitions: { c: { properties: { x: { type: "number" } } } },
  }) ?? { schema: {} };
  expect(rest).toEqual({ isWhole: true, isClosed: true });
  expect(schema).toEqual(
    object(
      {
        a: { description: "d", anyOf: [{ type: "string" }, { type: "null" }] },
        b: { enum: ["x"] },
        c: { $ref: "#/$defs/c" },
        d: { title: "D", type: "boolean" },
        e: { type: "integer", description: '{"default":1}' },
      },
      { $defs: { c: object({ x: { type: "number" } }) } },
    ),
  );
});

describe("what a grammar cannot hold is told in words (agentjido/req_llm#302)", () => {
  test.each([
    [
      { type: "integer", minimum: 0, maximum: 9 },
      { type: "integer", description: '{"minimum":0,"maximum":9}' },
    ],
    [
      { type: "string", description: "d", pattern: "^a" },
      { type: "string", description: 'd\n\n{"pattern":"^a"}' },
    ],
    [
      { type: "array", items: { type: "string" }, minItems: 2 },
      { type: "array", items: { type: "string" }, description: '{"minItems":2}' },
    ],
    [{ oneOf: [{ type: "string" }, { type: "number" }] }, { anyOf: [{ type: "string" }, { type: "number" }] }],
    [
      { ...object({ a: { type: "string" } }), minProperties: 1 },
      object({ a: { type: "string" } }, { description: '{"minProperties":1}' }),
    ],
    [
      { type: ["integer", "null"], minimum: 1 },
      { anyOf: [{ type: "integer", description: '{"minimum":1}' }, { type: "null" }] },
    ],
  ])("%j", (schema, expected) => {
    expect(toGrammarSchema(schema)).toEqual({ schema: expected, isWhole: false, isClosed: false });
  });
});

test.each([
  ["anything", {}],
  ["true", { type: "object", properties: { a: true } }],
  ["an object of any names", { type: "object" }],
  ["a map", { type: "object", additionalProperties: { type: "number" } }],
  ["an open object", object({ a: { type: "string" } }, { additionalProperties: true })],
  ["an array of anything", { type: "array" }],
  ["several at once", { allOf: [object({ a: { type: "string" } }), object({ b: { type: "string" } })] }],
  ["a property that is required and not described", object({}, { required: ["a"] })],
  ["an object as a value", { const: { a: 1 } }],
  ["no value", { enum: [] }],
  ["a reference to elsewhere", { $ref: "https://example.com/schema" }],
  ["a reference to nothing", { $ref: "#/$defs/toString", $defs: {} }],
  [
    "recursion",
    { $ref: "#/$defs/n", $defs: { n: object({ child: { anyOf: [{ $ref: "#/$defs/n" }, { type: "null" }] } }) } },
  ],
])("of %s no grammar is made", (_, schema) => {
  expect(toGrammarSchema(schema)).toBeUndefined();
});
