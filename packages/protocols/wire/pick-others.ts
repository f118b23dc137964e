import type { WireObject } from "./json-object.ts";
import { checkDepth } from "./read-field.ts";

/**
 * The fields of a client's object that the hub has no word for, to be kept in extensions.
 * @param path of the object, as errors name it; empty for the body
 * @throws RequestError for what is nested too deep
 */
export function pickOthers(
  wire: WireObject,
  path: string,
  isKnown: (field: string, value: unknown) => boolean,
): WireObject | undefined {
  let others: WireObject | undefined;
  for (const field in wire) {
    const value = wire[field];
    if (value === undefined || value === null || isKnown(field, value)) continue;
    if (typeof value === "object") checkDepth(value, path === "" ? field : `${path}.${field}`);
    (others ??= {})[field] = value;
  }
  return others;
}
