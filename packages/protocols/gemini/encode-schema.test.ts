import { expect, test } from "vitest";
import { encodeSchema } from "./encode-schema.ts";

function encode(schema: Record<string, unknown>): [object, string[]] {
  const lost: string[] = [];
  const encoded = encodeSchema(schema, (keyword) => lost.push(keyword));
  return [encoded, lost];
}

test.each<[string, Record<string, unknown>, object, string[]]>([
  [
    "types and nesting",
    {
      $schema: "s",
      type: "object",
      properties: { n: { type: "integer", minimum: 1 }, l: { type: "array", items: { type: "boolean" } } },
      required: ["n", "gone"],
      additionalProperties: false,
    },
    {
      type: "OBJECT",
      properties: { n: { type: "INTEGER", minimum: 1 }, l: { type: "ARRAY", items: { type: "BOOLEAN" } } },
      required: ["n"],
    },
    [],
  ],
  ["null among the types", { type: ["string", "null"] }, { type: "STRING", nullable: true }, []],
  ["several types", { type: ["string", "number"] }, { anyOf: [{ type: "STRING" }, { type: "NUMBER" }] }, []],
  ["a branch for null", { anyOf: [{ type: "string" }, { type: "null" }] }, { type: "STRING", nullable: true }, []],
  [
    "branches",
    { oneOf: [{ type: "string" }, { type: "integer" }] },
    { anyOf: [{ type: "STRING" }, { type: "INTEGER" }] },
    [],
  ],
  ["a constant", { const: "a" }, { enum: ["a"], type: "STRING" }, []],
  ["a list of numbers", { enum: [1, 2] }, { type: "NUMBER" }, ["enum"]],
  ["formats", { type: "string", format: "uri" }, { type: "STRING" }, ["format"]],
  [
    "bounds that exclude",
    { type: "number", exclusiveMinimum: 0 },
    { type: "NUMBER", minimum: 0 },
    ["exclusiveMinimum"],
  ],
  [
    "an object of anything",
    { type: "object", properties: {}, additionalProperties: { type: "string" } },
    { type: "OBJECT" },
    ["additionalProperties"],
  ],
  ["an array of anything", { type: "array" }, { type: "ARRAY", items: { type: "STRING" } }, []],
  [
    "what has no counterpart",
    { type: "string", not: {}, patternProperties: {} },
    { type: "STRING" },
    ["not", "patternProperties"],
  ],
  [
    "references",
    {
      type: "object",
      properties: { p: { $ref: "#/$defs/point", description: "where" } },
      $defs: { point: { type: "object", properties: { x: { type: "number" } } } },
    },
    {
      type: "OBJECT",
      properties: { p: { type: "OBJECT", properties: { x: { type: "NUMBER" } }, description: "where" } },
    },
    [],
  ],
  [
    "parts of a whole",
    {
      allOf: [
        { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
        { properties: { b: { type: "string" } } },
      ],
    },
    { type: "OBJECT", properties: { a: { type: "STRING" }, b: { type: "STRING" } }, required: ["a"] },
    [],
  ],
])("%s", (_, schema, encoded, lost) => {
  expect(encode(schema)).toEqual([encoded, lost]);
});

test("a reference to itself ends", () => {
  const node = {
    type: "object",
    properties: { next: { $ref: "#/definitions/node" }, list: { type: "array", items: { $ref: "#" } } },
  };
  const [encoded, lost] = encode({ ...node, definitions: { node } });
  expect(JSON.stringify(encoded)).not.toContain("$ref");
  expect(lost).toContain("$ref");
});

test("a reference to nowhere is any object", () => {
  expect(encode({ $ref: "https://example.com/a.json" })).toEqual([{ type: "OBJECT" }, ["$ref"]]);
});
