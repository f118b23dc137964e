import { invalidRequest } from "../answer.ts";
import type { Refusal } from "../answer.ts";
import type { JsonObject } from "../json-object.ts";

/** "Unknown parameter", for the first field that is not known. */
export function refuseUnknown(value: JsonObject, known: readonly string[], path: string): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const param = path === "" ? unknown : `${path}.${unknown}`;
  throw invalidRequest(`Unknown parameter: '${param}'.`, param, "unknown_parameter");
}

export function missingParameter(param: string): Refusal {
  return invalidRequest(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
}

export function invalidType(param: string, expected: string, value: unknown): Refusal {
  const got = value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
  return invalidRequest(
    `Invalid type for '${param}': expected ${expected}, but got ${got} instead.`,
    param,
    "invalid_type",
  );
}

export function invalidValue(param: string, value: unknown, supported: readonly string[]): Refusal {
  const list = supported.map((one) => `'${one}'`);
  const known = list.length > 1 ? `${list.slice(0, -1).join(", ")}, and ${list.at(-1)}` : list.join("");
  return invalidRequest(`Invalid value: '${String(value)}'. Supported values are: ${known}.`, param, "invalid_value");
}

/** Refuses a value that is not a string of at most so many characters. */
export function demandText(value: unknown, param: string, longest = Infinity): asserts value is string {
  if (value === undefined) throw missingParameter(param);
  if (typeof value !== "string") throw invalidType(param, "a string", value);
  if (value.length > longest) {
    throw invalidRequest(
      `Invalid '${param}': string too long. Expected a string with maximum length ${longest}, but got a string with length ${value.length} instead.`,
      param,
      "string_above_max_length",
    );
  }
}

/** Refuses what cannot be the name of a tool. */
export function demandName(name: unknown, param: string): void {
  demandText(name, param, 128);
  if (/^[a-zA-Z0-9_-]+$/.test(name)) return;
  throw invalidRequest(
    `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
    param,
    "invalid_value",
  );
}
