import type { JsonSchema } from "../model/tool.ts";
import type { Receipt } from "../receipt.ts";
import { keepToObject } from "../tools/object-schema.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { isObject } from "../wire/json-object.ts";

const maxDepth = 48;
const anyType: JsonSchema = {
  anyOf: ["string", "number", "boolean", "object", "array", "null"].map((type) => ({ type })),
};

/**
 * The schema of a tool's arguments, in what the vendor takes of JSON Schema. `$schema` goes: some vendors refuse it, none
 * needs it.
 */
export function encodeToolSchema(schema: JsonSchema, profile: VendorProfile, receipt: Receipt): JsonSchema {
  const { $schema: _, ...rest } = keepToObject(schema, profile, receipt);
  const root: JsonSchema = rest.type === undefined ? { type: "object", ...rest } : rest;
  const described = root.type === "object" && root.properties === undefined ? { ...root, properties: {} } : root;
  return profile.toolSchemas === "moonshot" ? toMoonshot(described, 0) : described;
}

/**
 * Moonshot refuses tools whose schemas leave its subset (MoonshotAI/walle, MoonshotAI/kimi-cli#1595): every schema has a
 * type, a type stands inside of `anyOf` and not beside it, references point into `#/$defs/`.
 */
function toMoonshot(schema: unknown, depth: number): JsonSchema {
  if (!isObject(schema) || depth > maxDepth) return anyType;
  const result: JsonSchema = {};
  const source = moveTypeIntoBranches(schema);
  for (const key in source) {
    if (key === "$schema" || key === "$id" || key === "$comment") continue;
    result[key === "definitions" ? "$defs" : key] = convertKeyword(key, source[key], depth);
  }
  if (typeof result.$ref === "string") {
    delete result.type;
    result.$ref = result.$ref.replace("#/definitions/", "#/$defs/");
    return result;
  }
  mergeAllOf(result);
  return result.type === undefined && result.anyOf === undefined ? { ...inferType(result), ...result } : result;
}

function convertKeyword(key: string, value: unknown, depth: number): unknown {
  switch (key) {
    case "properties":
    case "patternProperties":
    case "$defs":
    case "definitions":
      return isObject(value) ? convertEach(value, depth) : value;
    case "anyOf":
    case "allOf":
    case "prefixItems":
      return Array.isArray(value) ? value.map((item) => toMoonshot(item, depth + 1)) : value;
    case "items":
      return Array.isArray(value) ? value.map((item) => toMoonshot(item, depth + 1)) : toMoonshot(value, depth + 1);
    case "additionalProperties":
      return isObject(value) && Object.keys(value).length > 0 ? toMoonshot(value, depth + 1) : value;
    default:
      return value;
  }
}

function convertEach(schemas: JsonSchema, depth: number): JsonSchema {
  const result: JsonSchema = {};
  for (const name in schemas) result[name] = toMoonshot(schemas[name], depth + 1);
  return result;
}

function mergeAllOf(schema: JsonSchema): void {
  if (!Array.isArray(schema.allOf)) return;
  const branches = schema.allOf.filter((branch) => isObject(branch));
  delete schema.allOf;
  for (const branch of branches) {
    for (const [key, value] of Object.entries(branch)) {
      const own = schema[key];
      if (own === undefined) schema[key] = value;
      else if (key === "properties" && isObject(own) && isObject(value)) schema[key] = { ...value, ...own };
      else if (key === "required" && Array.isArray(own) && Array.isArray(value)) schema[key] = [...own, ...value];
    }
  }
}

/** Gives the branches of an `anyOf` the type that stands beside it, which then goes. */
function moveTypeIntoBranches(schema: JsonSchema): JsonSchema {
  const branches = schema.anyOf ?? schema.oneOf;
  if (!Array.isArray(branches)) return schema;
  const { type, oneOf: _oneOf, ...rest } = schema;
  const anyOf = branches.map((branch) => (type !== undefined && isUntyped(branch) ? { type, ...branch } : branch));
  return { ...rest, anyOf };
}

function isUntyped(branch: unknown): branch is JsonSchema {
  return isObject(branch) && !["type", "$ref", "anyOf", "oneOf", "allOf"].some((key) => key in branch);
}

function inferType(schema: JsonSchema): JsonSchema {
  if (schema.const !== undefined) return { type: typeOf(schema.const) };
  if (Array.isArray(schema.enum) && schema.enum.length > 0) {
    const types = [...new Set(schema.enum.map((value) => typeOf(value)))];
    return { type: types.length === 1 ? types[0] : types };
  }
  if (hasAny(schema, ["properties", "required", "additionalProperties", "patternProperties"]))
    return { type: "object" };
  if (hasAny(schema, ["items", "prefixItems", "minItems", "maxItems"])) return { type: "array" };
  if (hasAny(schema, ["pattern", "format", "minLength", "maxLength"])) return { type: "string" };
  if (hasAny(schema, ["minimum", "maximum", "exclusiveMinimum", "multipleOf"])) return { type: "number" };
  return anyType;
}

function hasAny(schema: JsonSchema, keys: string[]): boolean {
  return keys.some((key) => schema[key] !== undefined);
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}
