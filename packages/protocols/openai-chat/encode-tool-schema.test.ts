import { expect, test } from "vitest";
import { generic } from "../vendors/generic.ts";
import { moonshot } from "../vendors/moonshot.ts";
import { createReceipt } from "../receipt.ts";
import { encodeToolSchema } from "./encode-tool-schema.ts";

const kimi = (schema: Record<string, unknown>) =>
  encodeToolSchema({ type: "object", properties: { a: schema } }, moonshot, createReceipt()).properties;
const anything = { anyOf: ["string", "number", "boolean", "object", "array", "null"].map((type) => ({ type })) };

test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  [
    "a type beside anyOf goes into it",
    { type: "string", anyOf: [{ pattern: "a" }, { enum: ["b"] }], description: "d" },
    {
      description: "d",
      anyOf: [
        { type: "string", pattern: "a" },
        { type: "string", enum: ["b"] },
      ],
    },
  ],
  [
    "oneOf is anyOf",
    { oneOf: [{ type: "string" }, { type: "null" }] },
    { anyOf: [{ type: "string" }, { type: "null" }] },
  ],
  ["a constant has its own type", { const: "x" }, { type: "string", const: "x" }],
  ["an enum has the type of its values", { enum: [1, 2] }, { type: "number", enum: [1, 2] }],
  [
    "properties make an object",
    { properties: { b: { minLength: 1 } } },
    { type: "object", properties: { b: { type: "string", minLength: 1 } } },
  ],
  ["items make an array", { items: {} }, { type: "array", items: anything }],
  ["anything at all is one of all types", {}, anything],
  [
    "references point into $defs, without a type beside them",
    { $ref: "#/definitions/x", type: "string" },
    { $ref: "#/$defs/x" },
  ],
  [
    "allOf is merged",
    { allOf: [{ properties: { b: { type: "string" } } }, { required: ["b"] }] },
    { type: "object", properties: { b: { type: "string" } }, required: ["b"] },
  ],
])("Moonshot: %s", (_, schema, expected) => {
  expect(kimi(schema)).toEqual({ a: expected });
});

test("definitions are found under their new name", () => {
  const schema = { type: "object", properties: {}, definitions: { x: { enum: ["a"] } } };
  expect(encodeToolSchema(schema, moonshot, createReceipt())).toEqual({
    type: "object",
    properties: {},
    $defs: { x: { type: "string", enum: ["a"] } },
  });
});

test("other vendors get the schema as it is, without $schema", () => {
  const properties = { a: { const: 1 } };
  expect(encodeToolSchema({ $schema: "x", type: "object", properties }, generic, createReceipt())).toEqual({
    type: "object",
    properties,
  });
  expect(encodeToolSchema({}, generic, createReceipt())).toEqual({ type: "object", properties: {} });
});

test("a schema without end is cut", () => {
  const schema: Record<string, unknown> = { type: "object" };
  schema.properties = { self: schema };
  expect(JSON.stringify(encodeToolSchema(schema, moonshot, createReceipt())).length).toBeLessThan(10_000);
});
