import { knownProviders, nearestName } from "@onerouter/catalog";
import { Compile, type Validator } from "typebox/compile";
import Value from "typebox/value";
import { checkAuth } from "./check-auth.ts";
import type { ConfigPath } from "./config-error.ts";
import type { ConfigFile } from "./config.ts";
import { ConfigSchema } from "./config-schema.ts";

/** Notes one problem at a place in the configuration. */
export type ReportProblem = (path: ConfigPath, message: string) => void;

let validator: Validator<{}, typeof ConfigSchema> | undefined;

/**
 * Fills in the defaults and checks a value against the schema.
 *
 * @returns the configuration, or undefined after reporting what is wrong with it.
 */
export function checkShape(value: unknown, report: ReportProblem): ConfigFile | undefined {
  validator ??= Compile(ConfigSchema);
  const filled = Value.Default(ConfigSchema, withoutEmptySections(value));
  const fits = validator.Check(filled);
  if (!fits) for (const error of validator.Errors(filled)) describeError(error, filled, report);
  checkProviders(filled, report);
  return fits ? filled : undefined;
}

/** What depends on another field; also where the rest does not fit, so that everything is told at once. */
function checkProviders(value: unknown, report: ReportProblem): void {
  if (!isObject(value) || !isObject(value.providers)) return;
  for (const [name, provider] of Object.entries(value.providers)) {
    if (!isObject(provider)) continue;
    checkAuth(provider, (field, message) => report(["providers", name, ...field], message));
    checkModels(name, provider, (field, message) => report(["providers", name, field], message));
  }
}

/** Only a provider that the catalogue knows has models of its own accord. */
function checkModels(
  name: string,
  { models, catalogue }: Readonly<Record<string, unknown>>,
  report: (field: string, message: string) => void,
): void {
  const ids = knownProviders.map(({ id }) => id);
  if (typeof catalogue === "string" && !ids.includes(catalogue)) {
    const meant = nearestName(catalogue, ids);
    report("catalogue", `is no provider that is known${meant === undefined ? "" : `; did you mean ${meant}?`}`);
  }
  if (catalogue !== undefined || (isObject(models) && Object.keys(models).length > 0)) return;
  if (isObject(models)) report("models", "needs at least one model");
  else if (models === undefined) {
    const meant = nearestName(name, ids);
    report(
      "models",
      `is missing${meant === undefined ? "" : `; did you mean the provider ${meant}, whose are known?`}`,
    );
  }
}

/** `aliases:` with nothing after it is null in YAML; a person means an empty section. */
function withoutEmptySections(value: unknown): unknown {
  if (value === null || value === undefined) return {};
  if (!isObject(value)) return value;
  const sections = Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null));
  for (const provider of Object.values(isObject(sections.providers) ? sections.providers : {})) {
    if (isObject(provider) && provider.models === null) delete provider.models;
    if (!isObject(provider) || !isObject(provider.models)) continue;
    for (const [id, model] of Object.entries(provider.models)) if (model === null) provider.models[id] = {};
  }
  return sections;
}

interface ShapeError {
  keyword: string;
  schemaPath: string;
  instancePath: string;
  params: Record<string, unknown>;
  message: string;
}

function describeError(error: ShapeError, value: unknown, report: ReportProblem): void {
  const path = toPath(error.instancePath, value);
  const schema = follow(ConfigSchema, toKeys(error.schemaPath.replace(/^#/, "")));
  switch (error.keyword) {
    // The second report of an unknown key.
    case "boolean":
      return;
    case "additionalProperties": {
      const known = isObject(schema) && isObject(schema.properties) ? Object.keys(schema.properties) : [];
      for (const key of strings(error.params.additionalProperties)) {
        const meant = nearestName(key, known);
        const hint = meant === undefined ? `known here: ${known.join(", ")}` : `did you mean ${meant}?`;
        report([...path, key], `is not a setting; ${hint}`);
      }
      return;
    }
    case "required":
      for (const key of strings(error.params.requiredProperties)) report([...path, key], "is missing");
      return;
    case "type":
      return report(path, `must be ${withArticle(strings([error.params.type].flat()).join(" or "))}`);
    case "enum":
      return report(path, `must be one of ${strings(error.params.allowedValues).join(", ")}`);
    default: {
      const problem = isObject(schema) ? schema.problem : undefined;
      return report(path, typeof problem === "string" ? problem : error.message);
    }
  }
}

function withArticle(type: string): string {
  if (type === "object") return "a section with keys below it";
  if (type === "array") return "a list";
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function toKeys(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** A JSON pointer as a path, with list positions as numbers. */
function toPath(pointer: string, root: unknown): ConfigPath {
  let value = root;
  return toKeys(pointer).map((key) => {
    const inList = Array.isArray(value);
    value = follow(value, [key]);
    return inList ? Number(key) : key;
  });
}

function follow(root: unknown, keys: readonly string[]): unknown {
  let value = root;
  for (const key of keys) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.entries(value).find(([name]) => name === key)?.[1];
  }
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
