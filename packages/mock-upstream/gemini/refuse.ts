import { Refusal } from "../answer.ts";
import type { JsonObject } from "../json-object.ts";

/** A 400 INVALID_ARGUMENT, Google's answer to nearly everything. */
export function invalidArgument(message: string): Refusal {
  return new Refusal(400, message, { type: "INVALID_ARGUMENT" });
}

/** The refusal of a field that the proto does not have. `path` is spelt as Google does it: snake case, indices in brackets. */
export function unknownName(name: string, path: string): Refusal {
  const where = path === "" ? "" : ` at '${path}'`;
  return invalidArgument(`Invalid JSON payload received. Unknown name "${name}"${where}: Cannot find field.`);
}

/** Refuses the first field that is not known. */
export function refuseUnknown(value: JsonObject, known: readonly string[], path: string): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) throw unknownName(unknown, path);
}

export function invalidValue(path: string, type: string, value: unknown): Refusal {
  return invalidArgument(`Invalid value at '${path}' (${type}), ${JSON.stringify(value)}`);
}
