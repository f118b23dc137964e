import type { JsonSchema } from "@onerouter/protocols";
import { describe, expect, test } from "vitest";
import { checkArguments, type Verdict } from "./check-arguments.ts";
import { createSchemaCompiler } from "./compile-schema.ts";

const compiler = createSchemaCompiler();
const schema: JsonSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  properties: {
    command: { type: "string" },
    count: { type: "integer" },
    ratio: { type: "number" },
    flag: { type: "boolean" },
    paths: { type: "array", items: { type: "string" } },
    options: { $ref: "#/definitions/options" },
    mode: { enum: ["Read", "write", 3] },
    either: { anyOf: [{ type: "string" }, { type: "array", items: { type: "number" } }] },
    maybe: { type: ["string", "null"] },
    sure: { const: "yes" },
  },
  required: ["command"],
  additionalProperties: false,
  definitions: {
    options: { type: "object", properties: { depth: { type: "integer" } }, required: ["depth"] },
  },
};
const check = (value: unknown, by: JsonSchema | undefined = schema): Verdict =>
  checkArguments(typeof value === "string" ? value : JSON.stringify(value), by, compiler);
const command = "ls";

test.each([
  '{"command":"ls"}',
  '  { "command" : "\\u006cs", "count": 1.0, "ratio": 1e2 }  ',
  '{"command":"ls","command":"rm"}',
  '{"command":"C:\\\\new\\n","options":{"depth":3,"more":true},"maybe":null,"paths":[]}',
  '{"command":"{\\"a\\":1}","either":[1,2.50]}',
])("arguments that are right are left alone, to the byte: %s", (text) => {
  expect(check(text)).toEqual({ type: "fine" });
});

describe("what means the same is brought into the schema's form", () => {
  test.each([
    [{ command, count: "5" }, { command, count: 5 }, ["type"]],
    [{ command, ratio: " 0.5 " }, { command, ratio: 0.5 }, ["type"]],
    [{ command, flag: "True" }, { command, flag: true }, ["type"]],
    [{ command: 5 }, { command: "5" }, ["type"]],
    [{ command: true }, { command: "true" }, ["type"]],
    [{ command: ["ls"] }, { command }, ["type"]],
    [{ command, paths: "a" }, { command, paths: ["a"] }, ["type"]],
    [{ command, paths: '["a","b"]' }, { command, paths: ["a", "b"] }, ["type"]],
    [{ command, options: '{"depth":"3"}' }, { command, options: { depth: 3 } }, ["type"]],
    [{ command, options: "{depth: 3,}" }, { command, options: { depth: 3 } }, ["type"]],
    [{ command, options: [{ depth: 3 }] }, { command, options: { depth: 3 } }, ["type"]],
    [{ command, mode: "READ " }, { command, mode: "Read" }, ["enum"]],
    [{ command, mode: "3" }, { command, mode: 3 }, ["enum"]],
    [{ command, sure: "Yes" }, { command, sure: "yes" }, ["enum"]],
    [{ command, either: ["1", 2] }, { command, either: [1, 2] }, ["type"]],
    [{ command, count: null, mode: null, options: null }, { command }, ["null-field"]],
    [{ command, colour: "red" }, { command }, ["unknown-field"]],
    [{ command, count: "5", colour: "red" }, { command, count: 5 }, ["type", "unknown-field"]],
    ['{"command":"ls","count":"5",}', { command, count: 5 }, ["syntax", "type"]],
    [JSON.stringify('{"command":"ls"}'), { command }, ["double-encoded"]],
    [{ arguments: { command, count: 5 } }, { command, count: 5 }, ["wrapped"]],
    [{ input: { command } }, { command }, ["wrapped"]],
    [{ parameters: '{"command":"ls","ratio":1.10}' }, { command, ratio: 1.1 }, ["wrapped"]],
    ['{"arguments":{"command":"ls"}', { command }, ["unclosed", "wrapped"]],
  ])("%j", (value, expected, mendings) => {
    const verdict = check(value);
    expect(verdict.type).toBe("mended");
    if (verdict.type !== "mended") return;
    expect(JSON.parse(verdict.text)).toEqual(expected);
    expect([...verdict.mendings].sort()).toEqual([...mendings].sort());
  });
});

describe("what would have to be made up is of no use", () => {
  test.each([
    {},
    "",
    "[]",
    '"ls"',
    "null",
    { command: null },
    { command: {} },
    { command: ["ls", "-l"] },
    { command, count: "5 files" },
    { command, count: 5.5 },
    { command, count: "007" },
    { command, count: "12345678901234567890" },
    { command, flag: "maybe" },
    { command, options: { deep: 3 } },
    { command, options: "deep" },
    { command, mode: "append" },
    { command, either: { a: 1 } },
    { arguments: {} },
    { arguments: { command: ["a", "b"] } },
    { arguments: { command }, other: 1 },
    { payload: { command } },
    '{"arguments":{"command":"ls","ratio":12345678901234567890}}',
    // Digits that would be lost when the rest is mended.
    '{"command":"ls","count":"5","ratio":12345678901234567890}',
    '{"command":1.10}',
    '{"command":"ls","count":"5","options":{"depth":1}} and {"command":"rm"}',
  ])("%j", (value) => {
    expect(check(value).type).toBe("hopeless");
  });
});

test("no arguments at all are right where none are wanted", () => {
  expect(check("", { type: "object", properties: {} })).toEqual({ type: "fine" });
  expect(checkArguments(" ", undefined, compiler)).toEqual({ type: "fine" });
});

test("a property of the tool's own that is named like a wrapper stays", () => {
  const own = { type: "object", properties: { input: { type: "string" } }, required: ["input"] };
  expect(check({ input: { input: "x" } }, own).type).toBe("hopeless");
  expect(check({ input: '{"input":"x"}' }, own)).toEqual({ type: "fine" });
  const open = { type: "object", additionalProperties: { type: "object" } };
  expect(check({ input: { a: {} } }, open)).toEqual({ type: "fine" });
});

test("a field that some branch of a choice takes is not left out", () => {
  const choice = {
    type: "object",
    anyOf: [
      { properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false },
      { properties: { b: { type: "number" } }, required: ["b"], additionalProperties: false },
    ],
  };
  expect(check({ b: "5" }, choice)).toEqual({ type: "mended", text: '{"b":5}', mendings: ["type"] });
});

test("a name of a prototype is a field like others", () => {
  const own = { type: "object", properties: { a: { type: "string" } }, additionalProperties: false };
  expect(check('{"a":"x","__proto__":{"b":1},"constructor":1}', own)).toEqual({
    type: "mended",
    text: '{"a":"x"}',
    mendings: ["unknown-field"],
  });
});

describe("schemas of all kinds", () => {
  test.each([
    [
      "of an old dialect",
      { type: "object", properties: { a: { type: "integer", minimum: 1, exclusiveMinimum: true } } },
    ],
    ["with a list of items", { type: "object", properties: { a: { type: "array", items: [{ type: "integer" }] } } }],
    ["that refers to others elsewhere", { type: "object", properties: { a: { $ref: "https://example.com/a.json" } } }],
    ["that refers to nothing", { type: "object", properties: { a: { $ref: "#/$defs/none" } } }],
    ["with a type that there is not", { type: "object", properties: { a: { type: "money" } } }],
    ["with a pattern that is none", { type: "object", properties: { a: { pattern: "(" } } }],
    ["with keywords and formats of its own", { type: "object", properties: { a: { format: "colour", "x-order": 1 } } }],
    ["that say nothing", {}],
    ["longer than any", { type: "object", description: "x".repeat(70_000), required: ["b"] }],
  ])("%s: what is JSON goes through", (_kind, other) => {
    expect(check({ a: [5] }, other as JsonSchema).type).not.toBe("hopeless");
    expect(check('{"a":', other as JsonSchema).type).toBe("hopeless");
  });

  test("a recursive one, and one with the same $id as another", () => {
    const tree = (type: string): JsonSchema => ({
      $id: "https://example.com/tree",
      type: "object",
      properties: { value: { type }, children: { type: "array", items: { $ref: "#" } } },
      required: ["value"],
    });
    expect(check({ value: 1, children: [{ value: "2" }] }, tree("number"))).toMatchObject({
      text: '{"value":1,"children":[{"value":2}]}',
    });
    expect(check({ value: "a", children: [{ value: "b" }] }, tree("string"))).toEqual({ type: "fine" });
    expect(check({ value: 1, children: [{}] }, tree("number")).type).toBe("hopeless");
  });

  test("patterns are told apart, and those that could take for ever are not asked (CWE-1333)", () => {
    const patterns = {
      type: "object",
      properties: { a: { pattern: "^a+$" }, b: { pattern: "^b+$" }, slow: { pattern: "^(a+)+$" } },
    };
    expect(check({ a: "aa", b: "bb" }, patterns)).toEqual({ type: "fine" });
    expect(check({ a: "bb" }, patterns).type).toBe("hopeless");
    expect(check({ b: "aa" }, patterns).type).toBe("hopeless");
    expect(check({ slow: `${"a".repeat(60)}!` }, patterns)).toEqual({ type: "fine" });
    const nested = { type: "object", properties: { a: { pattern: "^((a+))+$" }, b: { pattern: "a*a*a*a*a*a*b" } } };
    expect(check({ a: `${"a".repeat(60)}!`, b: "a".repeat(1_500) }, nested)).toEqual({ type: "fine" });
  });
});

test("a schema is compiled once, and validators are bounded", () => {
  const own = createSchemaCompiler();
  const first = own.compile({ type: "object", title: "0" });
  expect(own.compile({ type: "object", title: "0" })).toBe(first);
  for (let count = 1; count <= 512; count++) own.compile({ type: "object", title: String(count) });
  expect(own.compile({ type: "object", title: "0" })).not.toBe(first);
});
