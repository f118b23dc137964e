import { isObject } from "../json-object.ts";

// What lies below these belongs to the user: schemas, arguments and results keep their keys.
const opaque = new Set([
  "args",
  "response",
  "parametersJsonSchema",
  "responseJsonSchema",
  "properties",
  "partMetadata",
  "labels",
  "_responseJsonSchema",
]);

/** A request with its field names in camel case. Proto JSON takes both spellings, and clients use both. */
export function camelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCase);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const name = key.startsWith("_") ? key : key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      if (name === "properties" && isObject(inner)) {
        return [
          name,
          Object.fromEntries(Object.entries(inner).map(([property, schema]) => [property, camelCase(schema)])),
        ];
      }
      return [name, opaque.has(name) ? inner : camelCase(inner)];
    }),
  );
}
