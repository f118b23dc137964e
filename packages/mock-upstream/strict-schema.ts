import { asArray, asObject, isObject } from "./json-object.ts";
import type { JsonObject } from "./json-object.ts";

const refused = ["allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas"];

/**
 * Why OpenAI refuses a schema as `strict`, in its own words, or undefined when it does not
 * (platform.openai.com/docs/guides/structured-outputs, "Supported schemas").
 */
export function findStrictFault(schema: JsonObject): string | undefined {
  if (schema.type !== "object") {
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${String(schema.type ?? "None")}"'.`;
  }
  if (schema.anyOf !== undefined) return "In context=(), 'anyOf' is not permitted.";
  return findFault(schema, []);
}

function findFault(schema: JsonObject, path: string[]): string | undefined {
  const where = `In context=(${path.map((step) => `'${step}'`).join(", ")}${path.length === 1 ? "," : ""})`;
  const keyword = refused.find((word) => word in schema);
  if (keyword) return `${where}, '${keyword}' is not permitted.`;
  if (schema.type === "object" || isObject(schema.properties)) {
    if (schema.additionalProperties !== false) {
      return `${where}, 'additionalProperties' is required to be supplied and to be false.`;
    }
    const keys = Object.keys(asObject(schema.properties));
    const missing = keys.find((key) => !asArray(schema.required).includes(key));
    if (missing !== undefined) {
      return `${where}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
    }
  }
  if (schema.type === "array" && !isObject(schema.items)) return `${where}, array schema missing items.`;
  for (const [step, child] of children(schema)) {
    const fault = findFault(child, [...path, ...step]);
    if (fault) return fault;
  }
  return undefined;
}

function* children(schema: JsonObject): Generator<[step: string[], child: JsonObject]> {
  for (const group of ["properties", "$defs", "definitions"]) {
    for (const [key, child] of Object.entries(asObject(schema[group]))) yield [[group, key], asObject(child)];
  }
  if (isObject(schema.items)) yield [["items"], schema.items];
  for (const [at, child] of asArray(schema.anyOf).entries()) yield [["anyOf", String(at)], asObject(child)];
}
