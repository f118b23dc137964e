import { refuseField } from "../model/error.ts";
import { isObject, type WireObject } from "./json-object.ts";

/** JSON nested deeper than this is no request but an attack on somebody's stack. */
const maxDepth = 64;

export function readObject(value: unknown, path: string): WireObject {
  if (!isObject(value)) refuseField(path, "expected an object");
  return value;
}

export function readArray(value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) refuseField(path, "expected an array");
  return value;
}

/** Reads a string that every upstream can take: half of a surrogate pair cannot be sent as UTF-8. */
export function readString(value: unknown, path: string): string {
  if (typeof value !== "string") refuseField(path, "expected a string");
  if (!value.isWellFormed()) refuseField(path, "holds half of a UTF-16 surrogate pair");
  return value;
}

export function readName(value: unknown, path: string): string {
  const name = readString(value, path);
  if (name === "") refuseField(path, "must not be empty");
  return name;
}

/** SDKs write `null` for what was not set. */
export function readOptionalString(value: unknown, path: string): string | undefined {
  return value === undefined || value === null ? undefined : readString(value, path);
}

export function readOptionalNumber(value: unknown, path: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isFinite(value)) refuseField(path, "expected a number");
  return value;
}

/** A count of at least one. */
export function readOptionalCount(value: unknown, path: string): number | undefined {
  const count = readOptionalNumber(value, path);
  if (count !== undefined && (!Number.isInteger(count) || count < 1)) refuseField(path, "expected a positive integer");
  return count;
}

export function readOptionalBoolean(value: unknown, path: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") refuseField(path, "expected true or false");
  return value;
}

/** Refuses JSON that is nested too deeply to be walked by anybody. */
export function checkDepth(value: unknown, path: string): void {
  if (isTooDeep(value, maxDepth)) refuseField(path, `nested more than ${maxDepth} levels deep`);
}

function isTooDeep(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isTooDeep(item, levels - 1));
  for (const key in value) if (isTooDeep((value as WireObject)[key], levels - 1)) return true;
  return false;
}
