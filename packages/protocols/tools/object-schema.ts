import type { JsonSchema } from "../model/tool.ts";
import type { Receipt } from "../receipt.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { isObject } from "../wire/json-object.ts";

/*
 * OpenAI: "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level". Anthropic:
 * "input_schema does not support oneOf, allOf, or anyOf at the top level". Servers of tools (MCP) do have such schemas, and
 * one of them makes every request fail (anthropics/claude-code#5973, langchain-ai/langchainjs#9804).
 */

const unions = ["anyOf", "oneOf"] as const;
const refused = ["anyOf", "oneOf", "allOf", "enum", "not"] as const;

/** Whether a tool's arguments are described by one object, without alternatives on top. */
function isObjectSchema(schema: JsonSchema): boolean {
  if (schema.type !== undefined && schema.type !== "object") return false;
  return refused.every((keyword) => schema[keyword] === undefined);
}

/** Vendors that take parameters of tools only so. */
const demanding: ReadonlySet<VendorProfile["toolSchemas"]> = new Set(["anthropic", "openai", "moonshot"] as const);

/** Whether a vendor takes these parameters of a tool as they are, as far as their top is concerned. */
export function fitsObject(schema: JsonSchema, { toolSchemas }: VendorProfile): boolean {
  return !demanding.has(toolSchemas) || isObjectSchema(schema);
}

/** The parameters of a tool, with one object on top where the vendor wants that. */
export function keepToObject(schema: JsonSchema, profile: VendorProfile, receipt: Receipt): JsonSchema {
  if (fitsObject(schema, profile)) return schema;
  receipt.note(
    "approximated",
    "tools.parameters",
    "alternatives on top of a schema became one object that allows each",
  );
  return toObjectSchema(schema);
}

/** One object that allows all that the alternatives on top allow, and perhaps more. */
function toObjectSchema(schema: JsonSchema): JsonSchema {
  const result: JsonSchema = { ...schema, type: "object" };
  for (const keyword of refused) delete result[keyword];
  if (Array.isArray(schema.allOf)) {
    for (const branch of schema.allOf) {
      const { properties, required } = read(branch, schema);
      addProperties(result, properties, (own) => own);
      if (required.length > 0) result.required = [...new Set([...namesOf(result.required), ...required])];
    }
  }
  for (const keyword of unions) {
    const list = schema[keyword];
    if (!Array.isArray(list) || list.length === 0) continue;
    const branches = list.map((branch) => read(branch, schema));
    for (const { properties } of branches) addProperties(result, properties, either);
    // What every alternative demands is demanded.
    const common = branches[0]?.required.filter((name) => branches.every(({ required }) => required.includes(name)));
    if (common !== undefined && common.length > 0) {
      result.required = [...new Set([...namesOf(result.required), ...common])];
    }
    // Properties of one alternative only would be forbidden by the others.
    delete result.additionalProperties;
  }
  return result;
}

interface Branch {
  properties: JsonSchema;
  required: string[];
}

function read(branch: unknown, root: JsonSchema): Branch {
  const schema = follow(branch, root);
  return { properties: isObject(schema?.properties) ? schema.properties : {}, required: namesOf(schema?.required) };
}

/** A reference into the schema's own definitions is what it refers to. */
function follow(branch: unknown, root: JsonSchema): JsonSchema | undefined {
  if (!isObject(branch)) return undefined;
  const [, place, name] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(String(branch.$ref)) ?? [];
  if (place === undefined || name === undefined) return branch;
  const definitions = root[place];
  const target = isObject(definitions) ? definitions[name] : undefined;
  return isObject(target) ? target : undefined;
}

function namesOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === "string") : [];
}

function addProperties(
  result: JsonSchema,
  properties: JsonSchema,
  join: (own: unknown, other: unknown) => unknown,
): void {
  const all: JsonSchema = isObject(result.properties) ? { ...result.properties } : {};
  for (const name in properties) {
    const own = Object.hasOwn(all, name) ? all[name] : undefined;
    all[name] = own === undefined ? properties[name] : join(own, properties[name]);
  }
  result.properties = all;
}

/** A property that is not the same in two alternatives may be either. */
function either(own: unknown, other: unknown): unknown {
  const known: unknown[] =
    isObject(own) && Object.keys(own).length === 1 && Array.isArray(own.anyOf) ? own.anyOf : [own];
  const text = JSON.stringify(other);
  return known.some((one) => JSON.stringify(one) === text) ? own : { anyOf: [...known, other] };
}
