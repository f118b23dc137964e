import { expect, test } from "vitest";
import { fillSchema } from "./fill-schema.ts";

const hints = { text: "some prompt", step: 3 };

test.each([
  [{ type: "string" }, "some prompt"],
  [{ type: "string", maxLength: 4 }, "some"],
  [{ type: "string", format: "date" }, "2026-01-01"],
  [{ type: "string", pattern: "^\\d+$" }, "1"],
  [{ type: ["string", "null"] }, "some prompt"],
  [{ const: 7 }, 7],
  [{ enum: ["a", "b"] }, "b"],
  [{ type: "integer", minimum: 10 }, 10],
  [{ type: "integer", exclusiveMaximum: 2 }, 1],
  [{ type: "number", multipleOf: 2 }, 4],
  [{ anyOf: [{ type: "boolean" }, { type: "string" }] }, true],
  [{ allOf: [{ type: "object", properties: { a: { type: "null" } }, required: ["a"] }] }, { a: null }],
  [{ type: "array", items: { type: "integer" }, minItems: 2 }, [3, 4]],
  [{ $ref: "#/$defs/x", $defs: { x: { type: "boolean" } } }, true],
  [
    { type: "object", properties: { a: { type: "string" }, b: { type: "string" } }, required: ["b"] },
    { b: "some prompt" },
  ],
])("%j", (schema, value) => {
  expect(fillSchema(schema, hints)).toEqual(value);
});

test("a schema that refers to itself ends", () => {
  const schema = {
    $ref: "#/$defs/n",
    $defs: { n: { type: "object", properties: { n: { $ref: "#/$defs/n" } }, required: ["n"] } },
  };
  expect(JSON.stringify(fillSchema(schema, hints))).toContain('{"n":');
});
