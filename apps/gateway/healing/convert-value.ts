import { isObject } from "@onerouter/protocols/wire/json-object";
import { mendJson } from "./mend-json.ts";

const decimal = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * The same value as one of the types of JSON Schema, where there is no doubt which: `"5"` as a number, `5` as a string, JSON
 * in a string as what it holds, one value as a list of one, and the reverse.
 * @returns undefined where there is none
 */
export function convertValue(value: unknown, types: readonly string[]): unknown {
  for (const type of types) {
    const converted = convert(value, type);
    if (converted !== undefined) return converted;
  }
  return undefined;
}

function convert(value: unknown, type: string): unknown {
  switch (type) {
    case "string":
      if (typeof value === "number" || typeof value === "boolean") return String(value);
      return onlyOne(value, (one) => typeof one === "string");
    case "number":
    case "integer": {
      const fits = (one: unknown): boolean => typeof one === "number" && (type === "number" || Number.isInteger(one));
      return typeof value === "string" ? readNumber(value, fits) : onlyOne(value, fits);
    }
    case "boolean":
      if (typeof value === "string") return readBoolean(value);
      return onlyOne(value, (one) => typeof one === "boolean");
    case "null":
      return value === "null" ? null : undefined;
    case "object":
      if (typeof value === "string") return readJson(value, isObject);
      return onlyOne(value, isObject);
    case "array":
      if (typeof value === "string") return readJson(value, Array.isArray) ?? [value];
      return value === undefined || value === null ? undefined : [value];
    default:
      return undefined;
  }
}

function onlyOne(value: unknown, fits: (one: unknown) => boolean): unknown {
  return Array.isArray(value) && value.length === 1 && fits(value[0]) ? value[0] : undefined;
}

function readNumber(text: string, fits: (one: unknown) => boolean): number | undefined {
  const trimmed = text.trim();
  const value = Number(trimmed);
  const isExact = Number.isSafeInteger(value) || !Number.isInteger(value);
  return decimal.test(trimmed) && isExact && fits(value) ? value : undefined;
}

function readBoolean(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  return word === "true" ? true : word === "false" ? false : undefined;
}

function readJson(text: string, fits: (one: unknown) => boolean): unknown {
  const trimmed = text.trim();
  if (trimmed.startsWith("[")) {
    try {
      const value: unknown = JSON.parse(trimmed);
      return fits(value) ? value : undefined;
    } catch {
      return undefined;
    }
  }
  const value = trimmed.startsWith("{") ? mendJson(trimmed)?.value : undefined;
  return fits(value) ? value : undefined;
}
