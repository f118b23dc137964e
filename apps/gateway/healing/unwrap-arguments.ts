import type { JsonSchema } from "@onerouter/protocols";
import { isObject, type WireObject } from "@onerouter/protocols/wire/json-object";
import type { Validate } from "./compile-schema.ts";

/** Words of the protocols for arguments, which models write into the arguments themselves. */
const wrappers: ReadonlySet<string> = new Set(["arguments", "input", "parameters"]);

/**
 * What is wrapped as `{"arguments": {...}}`, where the schema knows no such property and what is within fits it.
 * @param value arguments that do not fit
 * @returns its JSON text
 */
export function unwrapArguments(value: WireObject, schema: JsonSchema, validate: Validate): string | undefined {
  const [key, ...others] = Object.keys(value);
  if (key === undefined || others.length > 0 || !wrappers.has(key)) return undefined;
  if (isObject(schema.properties) && Object.hasOwn(schema.properties, key)) return undefined;
  const held = value[key];
  const text = typeof held === "string" ? held : JSON.stringify(held);
  const inner = parse(text);
  return isObject(inner) && validate(inner) ? text : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
