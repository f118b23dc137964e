import type { WireObject } from "../wire/json-object.ts";

/**
 * Google's servers take every field in camelCase and in snake_case (the JSON mapping of protocol buffers), and clients send
 * both. Only the keys of this object are changed: what lies in it may be a client's own data.
 * @returns the same object if there is nothing to change
 */
export function withCamelKeys(object: WireObject): WireObject {
  let changed: WireObject | undefined;
  for (const key in object) {
    if (!key.includes("_")) continue;
    changed ??= { ...object };
    delete changed[key];
    const camel = toCamel(key);
    changed[camel] ??= object[key];
  }
  return changed ?? object;
}

function toCamel(key: string): string {
  return key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
