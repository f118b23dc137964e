import { asArray, asObject, isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";

/** Keywords of JSON Schema that no grammar is made of, by type. */
const unsupported: Record<string, string[]> = {
  integer: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
  string: ["minLength", "maxLength"],
  array: ["maxItems", "uniqueItems", "contains", "prefixItems"],
  object: ["minProperties", "maxProperties", "patternProperties", "propertyNames"],
};
const everywhere = ["oneOf", "not", "if", "then", "else"];

/**
 * Why Anthropic refuses a schema of an answer or of a strict tool, or undefined when it does not
 * (platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations).
 */
export function findGrammarFault(root: JsonObject): string | undefined {
  const definitions = { ...asObject(root.definitions), ...asObject(root.$defs) };
  return findFault(root, definitions, new Set());
}

function findFault(schema: JsonObject, definitions: JsonObject, within: ReadonlySet<string>): string | undefined {
  const { $ref: reference } = schema;
  if (typeof reference === "string") {
    const name = reference.replace(/^#\/(?:\$defs|definitions)\//, "");
    if (within.has(name)) return "Circular reference detected in schema definitions";
    if (!isObject(definitions[name])) return `Invalid reference '${reference}'`;
    return findFault(asObject(definitions[name]), definitions, new Set([...within, name]));
  }
  const keyword = everywhere.find((word) => word in schema);
  if (keyword !== undefined) return `Schema type '${keyword}' is not supported`;
  const type = String(schema.type);
  const words = (unsupported[type] ?? []).filter((word) => word in schema);
  if (words.length > 0) return `For '${type}' type, properties ${words.toSorted().join(", ")} are not supported`;
  if (type === "array" && typeof schema.minItems === "number" && schema.minItems > 1) {
    return "For 'array' type, 'minItems' values other than 0 or 1 are not supported";
  }
  if (type === "object" && schema.additionalProperties !== false) {
    return "For 'object' type, 'additionalProperties' must be explicitly set to false";
  }
  for (const child of childrenOf(schema)) {
    const fault = findFault(child, definitions, within);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function childrenOf(schema: JsonObject): JsonObject[] {
  const alternatives = [...asArray(schema.anyOf), ...asArray(schema.allOf)];
  const items = isObject(schema.items) ? [schema.items] : [];
  return [...Object.values(asObject(schema.properties)), ...alternatives, ...items].map(asObject);
}
