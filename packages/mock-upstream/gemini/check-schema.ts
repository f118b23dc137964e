import { asArray, asObject, isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { invalidArgument, invalidValue, unknownName } from "./refuse.ts";

const fields =
  "type format title description nullable enum maxItems minItems properties required minProperties maxProperties minLength maxLength pattern example anyOf propertyOrdering default items minimum maximum".split(
    " ",
  );
const types = ["TYPE_UNSPECIFIED", "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"];
const lists = ["enum", "required", "anyOf", "propertyOrdering"];

/**
 * Google's subset of OpenAPI's schema (ai.google.dev/api/caching#Schema): no references, no `additionalProperties`, no
 * `const`, one type, enums of strings. `name` is how the second pass, which sees the proto and not the JSON, calls it.
 */
export function checkSchema(schema: unknown, path: string, name: string): void {
  checkJson(schema, path);
  checkMeaning(asObject(schema), name);
}

function checkJson(schema: unknown, path: string): void {
  if (!isObject(schema))
    throw invalidValue(path, "type.googleapis.com/google.ai.generativelanguage.v1beta.Schema", schema);
  for (const [key, value] of Object.entries(schema)) {
    if (!fields.includes(key)) throw unknownName(key, path);
    if (Array.isArray(value) && !lists.includes(key) && key !== "example" && key !== "default") {
      throw invalidArgument(
        `Invalid JSON payload received. Unknown name "${key}" at '${path}': Proto field is not repeating, cannot start list.`,
      );
    }
  }
  if (schema.type !== undefined && !types.includes(String(schema.type).toUpperCase())) {
    throw invalidValue(`${path}.type`, "type.googleapis.com/google.ai.generativelanguage.v1beta.Type", schema.type);
  }
  for (const [at, value] of asArray(schema.enum).entries()) {
    if (typeof value !== "string") throw invalidValue(`${path}.enum[${at}]`, "TYPE_STRING", value);
  }
  for (const [at, [, child]] of Object.entries(asObject(schema.properties)).entries()) {
    checkJson(child, `${path}.properties[${at}].value`);
  }
  if (schema.items !== undefined) checkJson(schema.items, `${path}.items`);
  for (const [at, child] of asArray(schema.anyOf).entries()) checkJson(child, `${path}.any_of[${at}]`);
}

function checkMeaning(schema: JsonObject, name: string): void {
  const type = String(schema.type ?? "").toUpperCase();
  const properties = asObject(schema.properties);
  if (type === "ARRAY" && schema.items === undefined) throw wrong(`${name}.items`, "missing field.");
  if (type === "OBJECT" && schema.properties !== undefined && Object.keys(properties).length === 0) {
    throw wrong(`${name}.properties`, "should be non-empty for OBJECT type");
  }
  if (schema.enum !== undefined && type !== "STRING") throw wrong(`${name}.enum`, "only allowed for STRING type");
  for (const [at, value] of asArray(schema.enum).entries()) {
    if (value === "") throw wrong(`${name}.enum[${at}]`, "cannot be empty");
  }
  if (type === "STRING" && schema.format !== undefined && schema.format !== "enum" && schema.format !== "date-time") {
    throw wrong(`${name}.format`, "only 'enum' and 'date-time' are supported for STRING type");
  }
  for (const [at, key] of asArray(schema.required).entries()) {
    if (!(String(key) in properties)) throw wrong(`${name}.required[${at}]`, "property is not defined");
  }
  for (const [key, child] of Object.entries(properties)) checkMeaning(asObject(child), `${name}.properties[${key}]`);
  if (schema.items !== undefined) checkMeaning(asObject(schema.items), `${name}.items`);
  for (const [at, child] of asArray(schema.anyOf).entries()) checkMeaning(asObject(child), `${name}.any_of[${at}]`);
}

function wrong(name: string, what: string) {
  return invalidArgument(`* GenerateContentRequest.${name}: ${what}\n`);
}
