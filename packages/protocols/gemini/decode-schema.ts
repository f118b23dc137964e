import type { JsonSchema } from "../model/tool.ts";
import { isObject } from "../wire/json-object.ts";
import { withCamelKeys } from "./camel-keys.ts";

/**
 * Google's own schemas (https://ai.google.dev/api/caching#Schema) as JSON Schema: types are lower case there, and what may
 * be null says so in its type. The depth of the value has been checked.
 */
export function decodeSchema(schema: unknown): JsonSchema {
  if (!isObject(schema)) return {};
  const { nullable, ...rest } = withCamelKeys(schema);
  const result: JsonSchema = {};
  for (const key in rest) result[key] = decodeKeyword(key, rest[key]);
  if (nullable !== true) return result;
  if (typeof result.type === "string") return { ...result, type: [result.type, "null"] };
  if (Array.isArray(result.anyOf)) return { ...result, anyOf: [...(result.anyOf as unknown[]), { type: "null" }] };
  return result;
}

function decodeKeyword(key: string, value: unknown): unknown {
  switch (key) {
    case "type":
      return typeof value === "string" ? value.toLowerCase() : value;
    case "properties":
      return isObject(value) ? decodeEach(value) : value;
    case "items":
      return isObject(value) ? decodeSchema(value) : value;
    case "anyOf":
    case "prefixItems":
      return Array.isArray(value) ? value.map((one) => decodeSchema(one)) : value;
    // Counts are of type int64, which JSON writes as strings.
    case "minItems":
    case "maxItems":
    case "minProperties":
    case "maxProperties":
    case "minLength":
    case "maxLength":
      return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
    default:
      return value;
  }
}

function decodeEach(schemas: JsonSchema): JsonSchema {
  const result: JsonSchema = {};
  for (const name in schemas) result[name] = decodeSchema(schemas[name]);
  return result;
}
