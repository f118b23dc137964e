import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ConfigSchema } from "./config-schema.ts";
import { parseConfig } from "./load-config.ts";

/** A field of the file, its path with `*` for names that the operator chooses. */
type Field = [path: string, defaultValue: string];

const readDocument = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

test("docs/configuration.md has every field of the schema, in its order and with its default", () => {
  const described = fieldsOfDocument(readDocument("docs/configuration.md"));
  const fields = fieldsOfSchema(ConfigSchema, []);
  expect(described.map(([path]) => path)).toEqual(fields.map(([path]) => path));
  const defaults = new Map(described);
  for (const [path, value] of fields) if (value !== "") expect([path, defaults.get(path)]).toEqual([path, value]);
});

test.each([
  "README.md",
  "CONTRIBUTING.md",
  "docs/configuration.md",
  "docs/models.md",
  "docs/claude-code.md",
  "docs/server-tools.md",
])("the configurations in %s are valid", (path) => {
  const samples = [...readDocument(path).matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = ""]) => text);
  expect(samples).not.toEqual([]);
  for (const text of samples) {
    const config = parseConfig(path, text, {}, { withoutCredentials: true });
    expect(Object.keys(config.providers)).not.toEqual([]);
  }
});

/** Headings name a section in backticks; the rows of the table below it are its fields. */
function fieldsOfDocument(page: string): Field[] {
  const fields: Field[] = [];
  let section: string | undefined;
  for (const line of page.split("\n")) {
    if (line.startsWith("#")) section = /`(.+)`/.exec(line)?.[1];
    const [, name, , value] = /^\| `([\w.]+)` \| ([^|]*) \| (?:`([^`]*)`)?[^|]* \|/.exec(line) ?? [];
    if (section !== undefined && name !== undefined) fields.push([`${section}.${name}`, value ?? ""]);
  }
  return fields;
}

/** JSON Schema, as far as it is read here. */
interface Schema {
  properties?: Record<string, object>;
  patternProperties?: Record<string, object>;
  default?: unknown;
}

/** Sections that have a row in the table of their parent, too. */
const rows: ReadonlySet<string> = new Set(["models", "pricing", "headers", "auth"]);

function fieldsOfSchema(schema: object, path: readonly string[]): Field[] {
  const { properties = {}, patternProperties = {} }: Schema = schema;
  const own: Field[] = [];
  const below: Field[] = [];
  for (const [name, value] of Object.entries(properties)) {
    const at = [...path, name];
    const field: Schema = value;
    if (field.properties === undefined && field.patternProperties === undefined) {
      own.push([at.join("."), String(field.default ?? "")]);
      continue;
    }
    if (rows.has(name)) own.push([at.join("."), ""]);
    const fields = fieldsOfSchema(field, at);
    // They stand in the provider's own table.
    if (name === "timeouts" || name === "data_policy") own.push(...fields);
    else below.push(...fields);
  }
  for (const named of Object.values(patternProperties)) below.push(...fieldsOfSchema(named, [...path, "*"]));
  return [...own, ...below];
}
