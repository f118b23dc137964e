import { invalidRequest } from "../answer.ts";
import type { Refusal } from "../answer.ts";
import type { JsonObject } from "../json-object.ts";

/** "X: Extra inputs are not permitted", for the first field that is not known. */
export function refuseExtra(value: JsonObject, known: readonly string[], path: string): void {
  const extra = Object.keys(value).find((key) => !known.includes(key));
  if (extra !== undefined) throw extraInput(path === "" ? extra : `${path}.${extra}`);
}

export function extraInput(path: string): Refusal {
  return invalidRequest(`${path}: Extra inputs are not permitted`);
}

export function fieldRequired(path: string): Refusal {
  return invalidRequest(`${path}: Field required`);
}

/** Refuses a value that is not a string. */
export function demandString(value: unknown, path: string): asserts value is string {
  if (value === undefined) throw fieldRequired(path);
  if (typeof value !== "string") throw invalidRequest(`${path}: Input should be a valid string`);
}
