/** A JSON object as it stands on the wire. */
export type WireObject = Record<string, unknown>;

/** True for JSON objects, false for arrays, null and everything else. */
export function isObject(value: unknown): value is WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
