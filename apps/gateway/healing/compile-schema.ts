import { createHash } from "node:crypto";
import type { JsonSchema } from "@onerouter/protocols";
import { Ajv, type Options, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { longestText } from "./longest-text.ts";

/** Says whether arguments keep to a tool's schema; its `errors` say where they do not. */
export type Validate = ValidateFunction;

/** The validators of the schemas that were asked for lately. */
export interface SchemaCompiler {
  /** @returns undefined for a schema that cannot be worked with: then nothing is known of the arguments */
  compile(schema: JsonSchema): Validate | undefined;
}

/** Validators kept, and the longest schema that gets one, in characters of JSON. */
const maxValidators = 512;
const maxSchemaLength = 64 * 1024;
/** Ajv keeps a little of every schema it has compiled: after so many it is replaced. */
const compilationsPerAjv = 256;

const options: Options = {
  // Schemas are written for models, in all dialects and with keywords of anybody's own.
  strict: false,
  validateSchema: false,
  meta: false,
  logger: false,
  code: { regExp: Object.assign(createSafeRegExp, { code: "createSafeRegExp" }) },
};

/**
 * Compiling takes milliseconds, so it happens once for each schema, when a tool is first called. Nothing is fetched: a
 * schema that refers to others elsewhere is not checked.
 */
export function createSchemaCompiler(): SchemaCompiler {
  const validators = new Map<string, Validate | undefined>();
  let ajvs = createAjvs();
  let compilations = 0;

  return {
    compile(schema) {
      const text = JSON.stringify(schema);
      if (text.length > maxSchemaLength) return undefined;
      const key = createHash("sha256").update(text).digest("base64");
      if (validators.has(key)) {
        const known = validators.get(key);
        // The last one used is the last to go.
        validators.delete(key);
        validators.set(key, known);
        return known;
      }
      compilations += 1;
      if (compilations % compilationsPerAjv === 0) ajvs = createAjvs();
      const validate = compileWith(ajvs, schema);
      validators.set(key, validate);
      if (validators.size > maxValidators) {
        const [oldest] = validators.keys();
        if (oldest !== undefined) validators.delete(oldest);
      }
      return validate;
    },
  };
}

/** The current dialect of JSON Schema, and the one before it, whose `items` and `definitions` most tools still use. */
function createAjvs(): { current: Ajv2020; before: Ajv } {
  const ajvs = { current: new Ajv2020(options), before: new Ajv(options) };
  for (const ajv of [ajvs.current, ajvs.before]) addFormats.default(ajv, { mode: "fast" });
  return ajvs;
}

function compileWith({ current, before }: ReturnType<typeof createAjvs>, schema: JsonSchema): Validate | undefined {
  const { $schema: dialect, $id: _id, ...bare } = schema;
  const isOld = typeof dialect === "string" && /draft-0[467]/.test(dialect);
  for (const ajv of isOld ? [before, current] : [current, before]) {
    try {
      return ajv.compile(bare);
    } catch {
      // The other dialect may know what this one does not.
    }
  }
  return undefined;
}

interface SafeRegExp {
  test(text: string): boolean;
  toString(): string;
}

/** A pattern of a client's schema: where it could take long, it is not asked. */
function createSafeRegExp(pattern: string, flags: string): SafeRegExp {
  const longest = longestText(pattern);
  const expression = longest > 0 ? new RegExp(pattern, flags) : undefined;
  return {
    test: (text) => expression === undefined || text.length > longest || expression.test(text),
    // Ajv tells patterns apart by it.
    toString: () => `/${pattern}/${flags}`,
  };
}
