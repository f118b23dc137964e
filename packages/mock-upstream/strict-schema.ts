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

/** Why OpenAI refuses the parameters of a function that is not `strict`, or undefined when it does not. */
export function findLooseFault(schema: JsonObject): string | undefined {
  if (schema.type !== "object") {
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${String(schema.type ?? "None")}"'.`;
  }
  if (!isObject(schema.properties)) return "In context=(), object schema missing properties.";
  return findArrayFault(schema, []);
}

function findArrayFault(schema: JsonObject, path: string[]): string | undefined {
  if (schema.type === "array" && !isObject(schema.items)) return `${contextOf(path)}, array schema missing items.`;
  for (const [step, child] of children(schema)) {
    const fault = findArrayFault(child, [...path, ...step]);
    if (fault) return fault;
  }
  return undefined;
}

function contextOf(path: string[]): string {
  return `In context=(${path.map((step) => `'${step}'`).join(", ")}${path.length === 1 ? "," : ""})`;
}

function findFault(schema: JsonObject, path: string[]): string | undefined {
  const where = contextOf(path);
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
