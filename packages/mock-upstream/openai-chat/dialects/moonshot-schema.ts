import { asArray, asObject, isObject } from "../../json-object.ts";
import type { JsonObject } from "../../json-object.ts";

/**
 * Finds the first place where a tool's parameters leave Moonshot's subset of JSON Schema, as far as the platform is
 * known to refuse it (MoonshotAI/walle, MoonshotAI/kimi-cli#1595 and #2531): every subschema says its type, the type
 * stands inside of `anyOf` and `$ref` rather than beside them, and references stay inside of `#/$defs/`.
 */
export function findSchemaFault(schema: JsonObject): string | undefined {
  return visit(schema, "root", true);
}

function visit(schema: JsonObject, path: string, isRoot: boolean): string | undefined {
  if (typeof schema.$ref === "string") {
    if (schema.$ref !== "#" && !schema.$ref.startsWith("#/$defs/")) {
      return `At path '${path}.$ref': references must start with #/$defs/`;
    }
    if (schema.type !== undefined) {
      return `At path '${path}': when using $ref, type should be defined in the referenced schema instead of the parent schema`;
    }
    return visitDefinitions(schema, path);
  }
  if (Array.isArray(schema.anyOf)) {
    if (schema.type !== undefined) {
      return `At path '${path}': when using anyOf, type should be defined in anyOf items instead of the parent schema`;
    }
    return visitAll(schema.anyOf, `${path}.anyOf`) ?? visitDefinitions(schema, path);
  }
  const isAnything = Object.keys(schema).length === 0 && isRoot;
  if (schema.type === undefined && !isAnything) return `At path '${path}': type is not defined`;
  return visitChildren(schema, path) ?? visitDefinitions(schema, path);
}

function visitChildren(schema: JsonObject, path: string): string | undefined {
  for (const [key, child] of Object.entries(asObject(schema.properties))) {
    const fault = visit(asObject(child), join(path, `properties.${key}`), false);
    if (fault) return fault;
  }
  const { items, additionalProperties } = schema;
  const inItems = isObject(items) ? visit(items, join(path, "items"), false) : undefined;
  if (inItems) return inItems;
  const isTyped = isObject(additionalProperties) && Object.keys(additionalProperties).length > 0;
  return isTyped ? visit(additionalProperties, join(path, "additionalProperties"), false) : undefined;
}

function visitAll(schemas: unknown[], path: string): string | undefined {
  for (const [index, schema] of asArray(schemas).entries()) {
    const fault = visit(asObject(schema), join(path, String(index)), false);
    if (fault) return fault;
  }
  return undefined;
}

function visitDefinitions(schema: JsonObject, path: string): string | undefined {
  for (const [name, definition] of Object.entries(asObject(schema.$defs))) {
    const fault = visit(asObject(definition), join(path, `$defs.${name}`), false);
    if (fault) return fault;
  }
  return undefined;
}

function join(path: string, step: string): string {
  return path === "root" ? step : `${path}.${step}`;
}
