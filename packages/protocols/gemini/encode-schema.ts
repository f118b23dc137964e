import type { JsonSchema } from "../model/tool.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

const maxDepth = 24;

/** Keywords that Google's own schemas have too, with the same meaning (https://ai.google.dev/api/caching#Schema). */
const sameKeywords: ReadonlySet<string> = new Set(
  "title description default example pattern minLength maxLength minItems maxItems minimum maximum minProperties maxProperties".split(
    " ",
  ),
);
/** Keywords without meaning for what is valid. */
const silentKeywords: ReadonlySet<string> = new Set("$schema $id $comment $defs definitions examples".split(" "));
const formats: ReadonlySet<string> = new Set("enum date-time int32 int64 float double".split(" "));

/**
 * A JSON Schema in the subset of OpenAPI's that Gemini took before it took JSON Schema: one upper case type, `nullable`,
 * no references.
 * @param onLoss is called for a keyword that has no counterpart
 */
export function encodeSchema(schema: JsonSchema, onLoss: (keyword: string) => void): WireObject {
  return convert(schema, schema, onLoss, []);
}

type OnLoss = (keyword: string) => void;

function convert(value: unknown, root: JsonSchema, onLoss: OnLoss, via: readonly string[]): WireObject {
  if (!isObject(value) || via.length > maxDepth) {
    if (value !== true && value !== undefined) onLoss("schema");
    return { type: "OBJECT" };
  }
  if (typeof value.$ref === "string") return resolve(value.$ref, value, root, onLoss, via);
  const schema = mergeAllOf(value, root, onLoss);
  const result: WireObject = {};
  const deeper = [...via, ""];
  for (const key in schema)
    convertKeyword(key, schema[key], schema, result, (one) => convert(one, root, onLoss, deeper), onLoss);
  if (result.type === undefined && result.anyOf === undefined) result.type = inferType(schema);
  if (result.type === "ARRAY") result.items ??= { type: "STRING" };
  return result;
}

/** A reference is replaced by what it refers to; one that leads back to itself ends as any object. */
function resolve(ref: string, from: WireObject, root: JsonSchema, onLoss: OnLoss, via: readonly string[]): WireObject {
  const target = via.includes(ref) ? undefined : find(ref, root);
  const { $ref: _, ...beside } = from;
  if (target === undefined) {
    onLoss("$ref");
    return { type: "OBJECT", ...(typeof beside.description === "string" ? { description: beside.description } : {}) };
  }
  return convert({ ...target, ...beside }, root, onLoss, [...via, ref]);
}

function find(ref: string, root: JsonSchema): WireObject | undefined {
  if (!ref.startsWith("#")) return undefined;
  let at: unknown = root;
  for (const step of ref
    .slice(1)
    .split("/")
    .filter((one) => one !== "")) {
    at = isObject(at) ? at[decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
  }
  return isObject(at) ? at : undefined;
}

function convertKeyword(
  key: string,
  value: unknown,
  schema: JsonSchema,
  result: WireObject,
  inner: (value: unknown) => WireObject,
  onLoss: OnLoss,
): void {
  switch (key) {
    case "type":
      convertType(value, result);
      return;
    case "properties": {
      if (!isObject(value)) return;
      const properties: WireObject = {};
      for (const name in value) properties[name] = inner(value[name]);
      // An object without properties may not say so.
      if (Object.keys(properties).length > 0) result.properties = properties;
      return;
    }
    case "required": {
      const names = Array.isArray(value) && isObject(schema.properties) ? value : [];
      const known = names.filter((name) => typeof name === "string" && name in (schema.properties as WireObject));
      if (known.length > 0) result.required = known;
      return;
    }
    case "items":
      result.items = inner(Array.isArray(value) ? value[0] : value);
      if (Array.isArray(value) && value.length > 1) onLoss(key);
      return;
    case "anyOf":
    case "oneOf":
      if (Array.isArray(value)) convertBranches(value, result, inner);
      return;
    case "const":
    case "enum":
      convertEnum(key === "const" ? [value] : value, result, onLoss);
      return;
    case "format":
      if (typeof value === "string" && formats.has(value)) result.format = value;
      else onLoss(key);
      return;
    case "nullable":
      if (value === true) result.nullable = true;
      return;
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      if (typeof value === "number") result[key === "exclusiveMinimum" ? "minimum" : "maximum"] ??= value;
      onLoss(key);
      return;
    case "additionalProperties":
      // The usual word that nothing else is expected.
      if (value !== false && value !== true) onLoss(key);
      return;
    default:
      if (sameKeywords.has(key)) result[key] = value;
      else if (!silentKeywords.has(key)) onLoss(key);
  }
}

function convertType(value: unknown, result: WireObject): void {
  const types = (Array.isArray(value) ? value : [value]).filter((type) => typeof type === "string");
  const real = types.filter((type) => type !== "null");
  if (real.length < types.length && real.length > 0) result.nullable = true;
  if (real.length > 1) result.anyOf = real.map((type) => ({ type: type.toUpperCase() }));
  else result.type = (real[0] ?? types[0] ?? "object").toUpperCase();
}

function convertBranches(
  branches: readonly unknown[],
  result: WireObject,
  inner: (value: unknown) => WireObject,
): void {
  const real = branches.filter((branch) => !(isObject(branch) && branch.type === "null"));
  if (real.length < branches.length) result.nullable = true;
  if (real.length === 1) Object.assign(result, { ...inner(real[0]), ...result });
  else if (real.length > 1) result.anyOf = real.map(inner);
}

/** Only texts can be listed. */
function convertEnum(value: unknown, result: WireObject, onLoss: OnLoss): void {
  if (!Array.isArray(value)) return;
  const listed = value.filter((one) => one !== null);
  if (listed.length < value.length) result.nullable = true;
  if (listed.length === 0) return;
  if (listed.every((one) => typeof one === "string")) {
    result.enum = listed;
    result.type ??= "STRING";
  } else onLoss("enum");
}

function mergeAllOf(schema: JsonSchema, root: JsonSchema, onLoss: OnLoss): JsonSchema {
  if (!Array.isArray(schema.allOf)) return schema;
  const { allOf, ...merged } = schema;
  for (const branch of allOf as unknown[]) {
    const target = isObject(branch) && typeof branch.$ref === "string" ? find(branch.$ref, root) : branch;
    if (!isObject(target)) {
      onLoss("allOf");
      continue;
    }
    for (const [key, value] of Object.entries(target)) {
      const own = merged[key];
      if (own === undefined) merged[key] = value;
      else if (key === "properties" && isObject(own) && isObject(value)) merged[key] = { ...value, ...own };
      else if (key === "required" && Array.isArray(own) && Array.isArray(value)) {
        merged[key] = [...new Set([...(own as unknown[]), ...(value as unknown[])])];
      } else if (key !== "type") onLoss("allOf");
    }
  }
  return merged;
}

function inferType(schema: JsonSchema): string {
  if (schema.items !== undefined) return "ARRAY";
  const sample: unknown = Array.isArray(schema.enum) ? schema.enum[0] : schema.const;
  if (typeof sample === "number") return "NUMBER";
  if (typeof sample === "boolean") return "BOOLEAN";
  if (typeof sample === "string" || schema.pattern !== undefined || schema.minLength !== undefined) return "STRING";
  return "OBJECT";
}
