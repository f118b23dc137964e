import type { OutputFormat } from "@onerouter/protocols";
import { isObject } from "@onerouter/protocols/wire/json-object";
import { coerceArguments } from "./coerce-arguments.ts";
import type { SchemaCompiler, Validate } from "./compile-schema.ts";
import { mendJson } from "./mend-json.ts";

export type OutputVerdict =
  | { type: "fine" }
  /** It is the JSON that was asked for, but for what stands around it or how it is spelt. */
  | { type: "mended"; text: string }
  /** @property reason for the model, which is asked again, and for the client */
  | { type: "invalid"; reason: string };

/** Judges an answer that had to be JSON, of a model whose provider does not see to it. */
export function checkOutput(text: string, format: OutputFormat, compiler: SchemaCompiler): OutputVerdict {
  const plain = withoutFence(text);
  const parsed = parse(plain);
  const read = parsed ?? mendJson(plain);
  if (read === undefined) return { type: "invalid", reason: "it is not valid JSON" };
  const { value } = read;
  if (format.type === "json-object") {
    if (!isObject(value)) return { type: "invalid", reason: "it is not a JSON object" };
    return parsed !== undefined && plain === text.trim()
      ? { type: "fine" }
      : { type: "mended", text: JSON.stringify(value) };
  }
  const validate = compiler.compile(format.schema);
  // A schema that cannot be worked with says nothing about the answer.
  if (validate === undefined || validate(value)) {
    return parsed !== undefined && plain === text.trim()
      ? { type: "fine" }
      : { type: "mended", text: JSON.stringify(value) };
  }
  const reason = describeErrors(validate);
  if (!isObject(value) || coerceArguments(value, validate) === undefined) return { type: "invalid", reason };
  return { type: "mended", text: JSON.stringify(value) };
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Models like to put what they were asked for into a code fence. */
function withoutFence(text: string): string {
  const trimmed = text.trim();
  const line = trimmed.indexOf("\n");
  // No pattern over the whole: models that are made to write JSON may end in thousands of blank lines.
  const isFenced = line > 0 && trimmed.endsWith("```") && /^```\w*\s*$/.test(trimmed.slice(0, line));
  return isFenced ? trimmed.slice(line, -"```".length).trim() : trimmed;
}

const mostErrors = 3;

function describeErrors({ errors }: Validate): string {
  const [first, ...others] = (errors ?? []).slice(0, mostErrors).map(({ instancePath, message }) => {
    const where = instancePath === "" ? "it" : instancePath;
    return `${where} ${message ?? "does not fit the schema"}`;
  });
  return [first ?? "it does not fit the schema", ...others].join("; ");
}
