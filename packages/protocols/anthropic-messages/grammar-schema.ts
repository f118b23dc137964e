import type { JsonSchema } from "../model/tool.ts";
import { isObject } from "../wire/json-object.ts";

/*
 * Anthropic makes a grammar of the schema of an answer and of a strict tool, and refuses what a grammar cannot hold: "For
 * 'integer' type, property 'minimum' is not supported"
 * (https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations). Its SDKs write such
 * schemas anew for clients that speak Messages; clients of other protocols send them as they are.
 */

export interface GrammarSchema {
  schema: JsonSchema;
  /** Everything that the schema demands is in the grammar, so that no answer can break it. */
  isWhole: boolean;
  /** Objects that take other properties, too, are closed. */
  isClosed: boolean;
}

const kept: ReadonlySet<string> = new Set(["description", "title", "enum", "const", "$ref"]);
const formats: ReadonlySet<unknown> = new Set(
  "date-time time date duration email hostname uri ipv4 ipv6 uuid".split(" "),
);
/** Keywords that demand nothing. */
const remarks: ReadonlySet<string> = new Set(
  "default examples example deprecated readOnly writeOnly format".split(" "),
);
const left: ReadonlySet<string> = new Set("$schema $id $comment $anchor".split(" "));

/** @returns undefined for a schema of which no grammar can be made: open objects, anything at all, recursion */
export function toGrammarSchema(root: JsonSchema): GrammarSchema | undefined {
  const definitions = { ...objectOf(root.definitions), ...objectOf(root.$defs) };
  const written: Record<string, JsonSchema> = {};
  const open = new Set<string>();
  let isWhole = true;
  let isClosed = false;

  function refer(reference: unknown): JsonSchema | undefined {
    const name = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(String(reference))?.[1];
    if (name === undefined || open.has(name) || !Object.hasOwn(definitions, name)) return undefined;
    if (!Object.hasOwn(written, name)) {
      open.add(name);
      const definition = write(definitions[name]);
      open.delete(name);
      if (definition === undefined) return undefined;
      written[name] = definition;
    }
    return { $ref: `#/$defs/${name}` };
  }

  function write(value: unknown): JsonSchema | undefined {
    if (!isObject(value)) return undefined;
    const { $defs: _, definitions: __, ...schema } = value;
    if (Array.isArray(schema.allOf) && schema.allOf.length === 1 && isObject(schema.allOf[0])) {
      const {
        allOf: [only],
        ...rest
      } = schema as { allOf: [JsonSchema] };
      return write({ ...only, ...rest });
    }
    if (schema.allOf !== undefined) return undefined;
    const result: JsonSchema = {};
    const words: JsonSchema = {};
    for (const keyword in schema) {
      if (left.has(keyword)) continue;
      if (kept.has(keyword)) result[keyword] = schema[keyword];
      else words[keyword] = schema[keyword];
    }
    const shape = shapeOf(schema, words);
    if (shape === undefined) return undefined;
    Object.assign(result, shape);
    const untold = Object.keys(words);
    if (untold.length === 0) return result;
    isWhole &&= untold.every((keyword) => remarks.has(keyword));
    const told = JSON.stringify(words);
    result.description = typeof schema.description === "string" ? `${schema.description}\n\n${told}` : told;
    return result;
  }

  /** What says which values there are; takes out of `words` what it has said. */
  function shapeOf(schema: JsonSchema, words: JsonSchema): JsonSchema | undefined {
    if (schema.$ref !== undefined) return refer(schema.$ref);
    if (schema.enum !== undefined || schema.const !== undefined) {
      delete words.type;
      const values: unknown[] = Array.isArray(schema.enum) ? schema.enum : [schema.const];
      return values.length === 0 || values.some((one) => typeof one === "object" && one !== null) ? undefined : {};
    }
    const branches = schema.anyOf ?? schema.oneOf;
    if (branches !== undefined) {
      delete words[schema.anyOf === undefined ? "oneOf" : "anyOf"];
      if (schema.anyOf === undefined) isWhole = false;
      return either(branches);
    }
    const type = schema.type ?? (schema.properties === undefined ? undefined : "object");
    if (Array.isArray(type)) {
      for (const keyword in words) delete words[keyword];
      const { description: _, title: __, ...demands } = schema;
      return either(type.map((one: unknown) => ({ ...(one === "null" ? {} : demands), type: one })));
    }
    if (typeof type !== "string") return undefined;
    delete words.type;
    if (type === "object") return objectShape(schema, words);
    if (type === "array") return arrayShape(schema, words);
    if (type !== "string" || !formats.has(schema.format)) return { type };
    delete words.format;
    return { type, format: schema.format };
  }

  function either(branches: unknown): JsonSchema | undefined {
    const list = Array.isArray(branches) ? branches.map(write) : [];
    return list.length === 0 || list.includes(undefined) ? undefined : { anyOf: list };
  }

  /** Objects are closed: what a client left open is not needed, unless nothing else is in it. */
  function objectShape(schema: JsonSchema, words: JsonSchema): JsonSchema | undefined {
    const { additionalProperties: others } = schema;
    const names = Object.entries(objectOf(schema.properties));
    if (others === true || isObject(others) || (names.length === 0 && others !== false)) return undefined;
    isClosed ||= others !== false;
    const properties: JsonSchema = {};
    for (const [name, property] of names) {
      const shape = write(property);
      if (shape === undefined) return undefined;
      properties[name] = shape;
    }
    delete words.properties;
    delete words.additionalProperties;
    delete words.required;
    const required = Array.isArray(schema.required) ? schema.required : [];
    // One that is not described could not be there.
    if (required.some((name) => !Object.hasOwn(properties, String(name)))) return undefined;
    return { type: "object", properties, ...(required.length > 0 ? { required } : {}), additionalProperties: false };
  }

  function arrayShape(schema: JsonSchema, words: JsonSchema): JsonSchema | undefined {
    const items = write(schema.items);
    if (items === undefined) return undefined;
    delete words.items;
    if (schema.minItems !== 0 && schema.minItems !== 1) return { type: "array", items };
    delete words.minItems;
    return { type: "array", items, minItems: schema.minItems };
  }

  const schema = write(root);
  if (schema === undefined) return undefined;
  if (Object.keys(written).length > 0) schema.$defs = written;
  return { schema, isWhole, isClosed };
}

function objectOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}
