import { isObject, type WireObject } from "@onerouter/protocols/wire/json-object";
import type { ErrorObject } from "ajv";
import type { Validate } from "./compile-schema.ts";
import { convertValue } from "./convert-value.ts";
import type { Mending } from "./mending.ts";

/** More faults than this and the arguments are not what the model meant. */
const maxSteps = 32;

/**
 * Brings arguments into the form that their schema wants, one fault after the other: only what the schema complains of is
 * touched, and only where another spelling means the same. Nothing is made up.
 * @param value changed in place
 * @returns what was done, or undefined when they do not fit
 */
export function coerceArguments(value: WireObject, validate: Validate): Mending[] | undefined {
  const done = new Set<Mending>();
  const tried = new Set<string>();
  for (let step = 0; step < maxSteps; step++) {
    if (validate(value)) return [...done];
    const mending = mendFirst(value, validate.errors ?? [], tried);
    if (mending === undefined) return undefined;
    done.add(mending);
  }
  return undefined;
}

function mendFirst(root: WireObject, errors: readonly ErrorObject[], tried: Set<string>): Mending | undefined {
  for (const error of errors) {
    const key = `${error.instancePath}\n${error.schemaPath}\n${JSON.stringify(error.params)}`;
    if (tried.has(key)) continue;
    tried.add(key);
    const mending = mendOne(root, error);
    if (mending !== undefined) return mending;
  }
  return undefined;
}

function mendOne(root: WireObject, { keyword, instancePath, schemaPath, params }: ErrorObject): Mending | undefined {
  switch (keyword) {
    case "type":
      return changeAt(root, instancePath, (value) => convertValue(value, wantedTypes(params.type)), "type");
    case "enum":
      return changeAt(root, instancePath, (value) => findSpelling(value, params.allowedValues), "enum");
    case "const":
      return changeAt(root, instancePath, (value) => findSpelling(value, [params.allowedValue]), "enum");
    case "additionalProperties":
      return leaveOut(root, instancePath, schemaPath, params.additionalProperty);
    case "unevaluatedProperties":
      return leaveOut(root, instancePath, schemaPath, params.unevaluatedProperty);
    default:
      return undefined;
  }
}

function wantedTypes(type: unknown): string[] {
  const types: unknown[] = Array.isArray(type) ? type : String(type).split(",");
  return types.filter((one) => typeof one === "string");
}

function changeAt(
  root: WireObject,
  path: string,
  change: (value: unknown) => unknown,
  mending: Mending,
): Mending | undefined {
  const place = locate(root, path);
  if (place === undefined) return undefined;
  const { parent, key } = place;
  const value = read(parent, key);
  // Models say null for what they leave out.
  if (value === null && isObject(parent)) {
    delete parent[key];
    return "null-field";
  }
  const changed = change(value);
  if (changed === undefined) return undefined;
  if (Array.isArray(parent)) parent[Number(key)] = changed;
  else parent[key] = changed;
  return mending;
}

/** A field that no branch of the schema takes. Within a choice of schemas another branch may take it. */
function leaveOut(root: WireObject, path: string, schemaPath: string, name: unknown): Mending | undefined {
  if (/\/(anyOf|oneOf|not|if)\//.test(schemaPath) || typeof name !== "string") return undefined;
  const place = path === "" ? undefined : locate(root, path);
  const holder = place === undefined ? root : read(place.parent, place.key);
  if (!isObject(holder)) return undefined;
  delete holder[name];
  return "unknown-field";
}

/** The one allowed value that is written alike but for case, blanks, quotes and a list around it. */
function findSpelling(value: unknown, allowed: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? findSpelling(value[0], allowed) : undefined;
  if (!Array.isArray(allowed) || (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean"))
    return undefined;
  const written = spell(value);
  const alike = allowed.filter((one) => spell(one) === written);
  return alike.length === 1 ? alike[0] : undefined;
}

function spell(value: unknown): string {
  return String(value).trim().toLowerCase();
}

interface Place {
  parent: WireObject | unknown[];
  key: string;
}

/** Where a JSON pointer leads; undefined for the root itself. */
function locate(root: WireObject, path: string): Place | undefined {
  const steps = path
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const key = steps.pop();
  if (key === undefined) return undefined;
  let parent: unknown = root;
  for (const step of steps) parent = isObject(parent) || Array.isArray(parent) ? read(parent, step) : undefined;
  return isObject(parent) || Array.isArray(parent) ? { parent, key } : undefined;
}

function read(parent: WireObject | unknown[], key: string): unknown {
  return Array.isArray(parent) ? parent[Number(key)] : parent[key];
}
