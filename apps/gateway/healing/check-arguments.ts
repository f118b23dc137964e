import type { JsonSchema } from "@onerouter/protocols";
import { isObject } from "@onerouter/protocols/wire/json-object";
import { coerceArguments } from "./coerce-arguments.ts";
import type { SchemaCompiler } from "./compile-schema.ts";
import { mendJson } from "./mend-json.ts";
import type { Mending } from "./mending.ts";
import { unwrapArguments } from "./unwrap-arguments.ts";

export type Verdict =
  /** To be passed on as it stands. */
  | { type: "fine" }
  | { type: "mended"; text: string; mendings: readonly Mending[] }
  | { type: "hopeless"; reason: string };

const fine: Verdict = { type: "fine" };

/**
 * Judges the arguments of a call by the schema of its tool. Those that are right stay the very text; others are mended
 * where it is clear what was meant. No text at all means no arguments.
 * @param schema absent: any object will do
 */
export function checkArguments(text: string, schema: JsonSchema | undefined, compiler: SchemaCompiler): Verdict {
  const validate = schema === undefined ? undefined : compiler.compile(schema);
  const mended = text.trim() === "" ? { value: {}, json: "{}", mendings: [] } : mendJson(text);
  if (mended === undefined) return { type: "hopeless", reason: "its arguments are not JSON" };
  const { value } = mended;
  if (!isObject(value)) return { type: "hopeless", reason: "its arguments are not an object" };
  if (mended.mendings.length === 0 && (validate === undefined || validate(value))) return fine;
  const unwrapped =
    schema === undefined || validate === undefined ? undefined : unwrapArguments(value, schema, validate);
  if (unwrapped !== undefined && !losesDigits(mended.json, false)) {
    return { type: "mended", text: unwrapped, mendings: [...mended.mendings, "wrapped"] };
  }
  const coercions = validate === undefined ? [] : coerceArguments(value, validate);
  if (coercions === undefined) return { type: "hopeless", reason: "its arguments do not fit the tool's schema" };
  if (losesDigits(mended.json, coercions.includes("type"))) {
    return { type: "hopeless", reason: "its arguments do not fit and hold a number that cannot be written again" };
  }
  return {
    type: "mended",
    text: JSON.stringify(value),
    mendings: [...new Set([...mended.mendings, ...coercions])],
  };
}

/**
 * Whether a number of the JSON text is not what is written when it has been read: an integer that is rounded, or, where
 * numbers may have become strings, `1.10`.
 */
function losesDigits(json: string, becameStrings: boolean): boolean {
  let loses = false;
  const look = (_key: string, value: unknown, context?: { source?: string }): unknown => {
    const source = context?.source;
    if (typeof value !== "number" || source === undefined || String(value) === source) return value;
    if (becameStrings || !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
      loses = true;
    return value;
  };
  JSON.parse(json, look);
  return loses;
}
