import { asArray, asObject, isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";

/** What the values are made of: strings from the prompt, numbers from the step. */
export type FillHints = { text: string; step: number };

const maxDepth = 12;

const formats: Record<string, string> = {
  date: "2026-01-01",
  time: "00:00:00Z",
  "date-time": "2026-01-01T00:00:00Z",
  email: "mock@example.com",
  uri: "https://example.com/",
  url: "https://example.com/",
  uuid: "00000000-0000-4000-8000-000000000000",
  hostname: "example.com",
  ipv4: "127.0.0.1",
  ipv6: "::1",
  duration: "PT1S",
};

/** The smallest instance of a JSON schema that the hints can make: required fields only, first choice of every union. */
export function fillSchema(schema: unknown, hints: FillHints): unknown {
  return fill(asObject(schema), asObject(schema), hints, 0, "");
}

function fill(schema: JsonObject, root: JsonObject, hints: FillHints, depth: number, key: string): unknown {
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[hints.step % schema.enum.length];
  if (typeof schema.$ref === "string") {
    return depth > maxDepth ? null : fill(followRef(schema.$ref, root), root, hints, depth + 1, key);
  }
  const union = asArray(schema.anyOf ?? schema.oneOf);
  if (union.length > 0) {
    return depth > maxDepth ? null : fill(asObject(union[0]), root, hints, depth + 1, key);
  }
  if (Array.isArray(schema.allOf)) {
    return fill(mergeAll(schema, root), root, hints, depth + 1, key);
  }
  switch (typeOf(schema)) {
    case "object":
      return fillObject(schema, root, hints, depth);
    case "array":
      return fillArray(schema, root, hints, depth, key);
    case "integer":
      return fillNumber(schema, hints, 1);
    case "number":
      return fillNumber(schema, hints, 0.5);
    case "boolean":
      return true;
    case "null":
      return null;
    case "string":
      return fillString(schema, hints, key);
    default:
      return fillString(schema, hints, key);
  }
}

function typeOf(schema: JsonObject): string {
  const type = Array.isArray(schema.type) ? (schema.type.find((one) => one !== "null") ?? "null") : schema.type;
  if (typeof type === "string") return type;
  if (isObject(schema.properties)) return "object";
  return schema.items ? "array" : "string";
}

function fillObject(schema: JsonObject, root: JsonObject, hints: FillHints, depth: number): JsonObject {
  const properties = asObject(schema.properties);
  const filled: JsonObject = {};
  if (depth > maxDepth) return filled;
  for (const key of asArray(schema.required)) {
    if (typeof key === "string") filled[key] = fill(asObject(properties[key]), root, hints, depth + 1, key);
  }
  return filled;
}

function fillArray(schema: JsonObject, root: JsonObject, hints: FillHints, depth: number, key: string): unknown[] {
  const length = typeof schema.minItems === "number" ? schema.minItems : depth > maxDepth ? 0 : 1;
  return Array.from({ length }, (_, index) =>
    fill(asObject(schema.items), root, { ...hints, step: hints.step + index }, depth + 1, key),
  );
}

function fillNumber(schema: JsonObject, hints: FillHints, unit: number): number {
  const exclusiveLow = typeof schema.exclusiveMinimum === "number" ? schema.exclusiveMinimum + unit : -Infinity;
  const exclusiveHigh = typeof schema.exclusiveMaximum === "number" ? schema.exclusiveMaximum - unit : Infinity;
  const low = Math.max(typeof schema.minimum === "number" ? schema.minimum : -Infinity, exclusiveLow);
  const high = Math.min(typeof schema.maximum === "number" ? schema.maximum : Infinity, exclusiveHigh);
  const value = Math.min(Math.max(hints.step, low), high);
  const multiple = typeof schema.multipleOf === "number" && schema.multipleOf > 0 ? schema.multipleOf : undefined;
  return multiple ? Math.ceil(value / multiple) * multiple : value;
}

function fillString(schema: JsonObject, hints: FillHints, key: string): string {
  // A prompt must never become a shell command by accident.
  if (/^(cmd|command|script|code)$/i.test(key)) return "echo mock";
  const format = typeof schema.format === "string" ? formats[schema.format] : undefined;
  let value = format ?? (hints.text.slice(0, 60).trim() || key || "mock");
  if (typeof schema.pattern === "string") value = matchPattern(schema.pattern, value);
  if (typeof schema.minLength === "number") value = value.padEnd(schema.minLength, "x");
  return typeof schema.maxLength === "number" ? value.slice(0, schema.maxLength) : value;
}

function matchPattern(pattern: string, value: string): string {
  const candidates = [
    value,
    "mock",
    "Mock",
    "MOCK",
    "a",
    "A",
    "1",
    "10",
    "123456",
    "mock-1",
    "mock_1",
    "a@b.co",
    "1.0.0",
  ];
  try {
    const regex = new RegExp(pattern, "u");
    return candidates.find((candidate) => regex.test(candidate)) ?? value;
  } catch {
    return value;
  }
}

function followRef(ref: string, root: JsonObject): JsonObject {
  if (!ref.startsWith("#")) return {};
  let at: unknown = root;
  for (const step of ref.slice(1).split("/").filter(Boolean)) {
    at = asObject(at)[step.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return asObject(at);
}

function mergeAll(schema: JsonObject, root: JsonObject): JsonObject {
  const merged: JsonObject = { ...schema, allOf: undefined };
  for (const raw of asArray(schema.allOf)) {
    const part = asObject(raw);
    const resolved = typeof part.$ref === "string" ? followRef(part.$ref, root) : part;
    merged.type ??= resolved.type;
    merged.properties = { ...asObject(merged.properties), ...asObject(resolved.properties) };
    merged.required = [...asArray(merged.required), ...asArray(resolved.required)];
  }
  return merged;
}
