import type { JsonSchema } from "../model/tool.ts";
import type { Receipt } from "../receipt.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { isObject } from "../wire/json-object.ts";

/** Keywords that OpenAI refuses in a strict schema. */
const refused: ReadonlySet<string> = new Set(
  (
    "allOf oneOf not if then else dependentRequired dependentSchemas patternProperties propertyNames " +
    "unevaluatedProperties unevaluatedItems contains"
  ).split(" "),
);

/** Keywords whose values are schemas by name. */
const named: ReadonlySet<string> = new Set(["properties", "$defs", "definitions"]);

/** What can be said of a schema's strictness; where the vendor would refuse the schema for it, it is not strict. */
export function keepStrict(
  strict: boolean,
  schema: JsonSchema,
  field: string,
  { toolSchemas }: VendorProfile,
  receipt: Receipt,
): boolean {
  if (!strict || toolSchemas !== "openai" || allowsStrict(schema)) return strict;
  receipt.note("approximated", field, "the upstream's strict schemas require every property");
  return false;
}

/**
 * Whether OpenAI takes a schema with `strict: true`: every object names all of its properties as required and takes no
 * others (https://platform.openai.com/docs/guides/structured-outputs#supported-schemas). Anthropic's and others' strict
 * schemas may leave properties out.
 */
function allowsStrict(schema: unknown): boolean {
  if (!isObject(schema)) return true;
  if (schema.type === "object" || isObject(schema.properties)) {
    const required: unknown[] = Array.isArray(schema.required) ? schema.required : [];
    const names = isObject(schema.properties) ? Object.keys(schema.properties) : [];
    if (schema.additionalProperties !== false || !names.every((name) => required.includes(name))) return false;
  }
  for (const keyword in schema) {
    if (refused.has(keyword)) return false;
    const value = schema[keyword];
    if (keyword === "anyOf" || keyword === "prefixItems") {
      if (Array.isArray(value) && !value.every(allowsStrict)) return false;
    } else if (keyword === "items") {
      if (!allowsStrict(value)) return false;
    } else if (named.has(keyword) && isObject(value)) {
      if (!Object.values(value as Record<string, JsonSchema>).every(allowsStrict)) return false;
    }
  }
  return true;
}
