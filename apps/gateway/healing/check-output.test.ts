import type { OutputFormat } from "@onerouter/protocols";
import { expect, test } from "vitest";
import { checkOutput } from "./check-output.ts";
import { createSchemaCompiler } from "./compile-schema.ts";

const compiler = createSchemaCompiler();
const schema: OutputFormat = {
  type: "json-schema",
  name: "answer",
  schema: {
    type: "object",
    properties: { city: { type: "string" }, degrees: { type: "integer" } },
    required: ["city", "degrees"],
    additionalProperties: false,
  },
};
const list: OutputFormat = { type: "json-schema", name: "list", schema: { type: "array", items: { type: "number" } } };
const object: OutputFormat = { type: "json-object" };
const right = '{"city":"Bern","degrees":21}';

test.each<[OutputFormat, string]>([
  [schema, right],
  [schema, ` {\n  "city": "Bern",\n  "degrees": 21\n}\n`],
  [list, "[1, 2.50]"],
  [object, "{}"],
])("%j: %j stays as it is", (format, text) => expect(checkOutput(text, format, compiler)).toEqual({ type: "fine" }));

test.each<[OutputFormat, string, string]>([
  [schema, `\`\`\`json\n${right}\n\`\`\``, right],
  [schema, `\`\`\`\n${right}\`\`\``, right],
  [schema, `Here you are:\n\n${right}\n\nAnything else?`, right],
  [schema, '{"city": "Bern", "degrees": "21"}', right],
  [schema, '{"city": "Bern", "degrees": 21,}', right],
  [list, "```json\n[1, 2]\n```", "[1,2]"],
  [object, "```json\n{}\n```", "{}"],
])("%j: %j is mended", (format, text, json) =>
  expect(checkOutput(text, format, compiler)).toEqual({ type: "mended", text: json }),
);

test.each<[OutputFormat, string, string]>([
  [schema, "It is sunny.", "it is not valid JSON"],
  [schema, "", "it is not valid JSON"],
  [schema, '{"city":"Bern"}', "it must have required property 'degrees'"],
  [schema, "[1]", "it must be object"],
  [list, '["a"]', "/0 must be number"],
  [object, "[1]", "it is not a JSON object"],
  [object, "7", "it is not a JSON object"],
])("%j: %j is not what was asked for", (format, text, reason) =>
  expect(checkOutput(text, format, compiler)).toEqual({ type: "invalid", reason }),
);

test.each(["\n", " ", "```\n", "`"])("a fence and then nothing but %j is looked at once", (filler) => {
  const text = `\`\`\`json\n${filler.repeat(50_000)}x`;
  expect(checkOutput(text, schema, compiler)).toMatchObject({ type: "invalid" });
  expect(checkOutput(`${text}\`\`\``, schema, compiler)).toMatchObject({ type: "invalid" });
});

test("a schema that cannot be worked with is no reason to refuse an answer", () => {
  const odd: OutputFormat = { type: "json-schema", name: "odd", schema: { $ref: "https://elsewhere.example/schema" } };
  expect(checkOutput("{}", odd, compiler)).toEqual({ type: "fine" });
});
