import type { JsonSchema } from "../model/tool.ts";
import { isObject } from "../wire/json-object.ts";
import type { CallForm } from "./dialect.ts";

/** How a dialect that writes each argument between tags of its own spells them. */
export interface ParameterSpelling {
  end: string;
  /** Matches, at its `lastIndex`, what stands in front of a value; groups: `name`, and `type` where the markup says it. */
  open: RegExp;
  /** Stands behind a value; the first that is found counts. */
  close: readonly string[];
  /** A value has lines of its own: the newline at either end is the markup's. */
  ownLines?: boolean;
  /** In attributes `&quot;` and `&amp;` stand for characters. */
  escapedNames?: boolean;
}

interface Parameter {
  name: string;
  type: string | undefined;
  value: string;
  isClosed: boolean;
}

/** Arguments that are written one by one, untyped for the most part: their schema says what is a string and what is JSON. */
export function parameterForm(spelling: ParameterSpelling): CallForm {
  return {
    end: spelling.end,
    isWhole(body) {
      const { parameters, rest } = readParameters(body, spelling);
      return parameters.every(({ isClosed }) => isClosed) && (rest.trim() === "" || isJson(body));
    },
    read(body, schema, isWhole) {
      const { parameters, rest } = readParameters(body, spelling);
      // Some write one JSON object instead.
      if (parameters.length === 0 && body.trim().startsWith("{")) return body.trim();
      const members = parameters.map((parameter) => {
        const value = parameter.isClosed
          ? JSON.stringify(readValue(parameter, schema))
          : JSON.stringify(parameter.value).slice(0, -1);
        return `${JSON.stringify(parameter.name)}:${value}`;
      });
      const text = `{${members.join(",")}`;
      if (isWhole) return `${text}}`;
      return rest.trim() === "" || parameters.at(-1)?.isClosed === false ? text : `${text},`;
    },
  };
}

function readParameters(body: string, spelling: ParameterSpelling): { parameters: Parameter[]; rest: string } {
  const parameters: Parameter[] = [];
  const open = new RegExp(spelling.open.source, "y");
  let at = 0;
  for (;;) {
    while (/\s/.test(body.charAt(at))) at += 1;
    open.lastIndex = at;
    const groups = open.exec(body)?.groups;
    if (groups === undefined) return { parameters, rest: body.slice(at) };
    const from = open.lastIndex;
    const { at: to, length } = findFirst(body, spelling.close, from);
    const value = body.slice(from, to);
    const name = (groups.name ?? "").trim();
    parameters.push({
      name: spelling.escapedNames === true ? name.replaceAll("&quot;", '"').replaceAll("&amp;", "&") : name,
      type: groups.type,
      value: spelling.ownLines === true ? value.replace(/^\n/, "").replace(/\n$/, "") : value,
      isClosed: length > 0,
    });
    at = to + length;
    if (length === 0) return { parameters, rest: "" };
  }
}

function findFirst(text: string, wanted: readonly string[], from: number): { at: number; length: number } {
  let found = { at: text.length, length: 0 };
  for (const one of wanted) {
    const at = text.indexOf(one, from);
    if (at >= 0 && at < found.at) found = { at, length: one.length };
  }
  return found;
}

function readValue({ name, type, value }: Parameter, schema: JsonSchema | undefined): unknown {
  if (type === "string" || type === "true") return value;
  if (type === undefined) {
    const properties = schema?.properties;
    const own = isObject(properties) ? properties[name] : undefined;
    if (own === undefined || takesString(own, schema, 0)) return value;
  }
  try {
    return JSON.parse(value.trim());
  } catch {
    return value;
  }
}

const maxDepth = 8;

/** Whether a schema lets a string stand. */
function takesString(schema: unknown, root: JsonSchema | undefined, depth: number): boolean {
  if (!isObject(schema) || depth > maxDepth) return schema === true;
  const { type, anyOf, oneOf, allOf, $ref, enum: choices } = schema;
  if (typeof type === "string") return type === "string";
  if (Array.isArray(type)) return type.includes("string");
  if (Array.isArray(choices)) return choices.some((choice) => typeof choice === "string");
  if (typeof $ref === "string") return takesString(lookUp($ref, root), root, depth + 1);
  for (const union of [anyOf, oneOf, allOf]) {
    if (Array.isArray(union)) return union.some((one) => takesString(one, root, depth + 1));
  }
  return true;
}

function lookUp(reference: string, root: JsonSchema | undefined): unknown {
  if (!reference.startsWith("#/")) return undefined;
  let value: unknown = root;
  for (const step of reference.slice(2).split("/")) {
    value = isObject(value) ? value[step.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
  }
  return value;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
