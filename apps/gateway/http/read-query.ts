import { nearestName } from "@onerouter/catalog";
import { RequestError } from "@onerouter/protocols";

/** A query as Fastify reads it: a field that is given twice is a list. */
export type Query = Readonly<Record<string, unknown>>;

/** Reads the fields of a query. Each of them throws a RequestError that names its field if the value cannot be used. */
export interface QueryReader {
  text(field: string): string | undefined;
  /** Parted by commas. */
  list(field: string): string[] | undefined;
  /** A list of which every item is known. */
  names(field: string, known: readonly string[]): string[] | undefined;
  name<Name extends string>(field: string, known: readonly Name[]): Name | undefined;
  number(field: string): number | undefined;
  flag(field: string): boolean;
  /** Fields that would be misunderstood if they were ignored. */
  refuse(fields: readonly string[]): void;
  /** Fields that nobody has read so far, and that are called nearly like one: another question would be answered. */
  refuseMisspelt(alsoKnown?: readonly string[]): void;
  fail(field: string, message: string): never;
}

export function readQuery(query: Query): QueryReader {
  function fail(field: string, message: string): never {
    throw new RequestError({ code: "invalid_request", message: `${field}: ${message}`, param: field });
  }
  const asked = new Set<string>();
  /** A field without a value counts as not given. */
  function text(field: string): string | undefined {
    asked.add(field);
    const value = query[field];
    if (value !== undefined && typeof value !== "string") fail(field, "is given more than once; part values by commas");
    return value === undefined || value.trim() === "" ? undefined : value.trim();
  }
  function check<Name extends string>(field: string, value: string, known: readonly Name[]): Name {
    const found = known.find((name) => name === value);
    if (found !== undefined) return found;
    const meant = nearestName(value, known);
    return fail(field, `takes ${known.join(", ")}${meant === undefined ? "" : `; did you mean ${meant}?`}`);
  }
  const list = (field: string): string[] | undefined =>
    text(field)
      ?.split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  return {
    text,
    list,
    fail,
    names: (field, known) => list(field)?.map((item) => check(field, item, known)),
    name(field, known) {
      const value = text(field);
      return value === undefined ? undefined : check(field, value, known);
    },
    number(field) {
      const value = text(field);
      if (value === undefined) return undefined;
      return /^\d{1,12}(?:\.\d{1,12})?$/.test(value) ? Number(value) : fail(field, "must be a number, zero or more");
    },
    flag(field) {
      const value = text(field);
      return value === undefined ? false : check(field, value, ["true", "false"]) === "true";
    },
    refuseMisspelt(alsoKnown = []) {
      const known = new Set([...asked, ...alsoKnown]);
      for (const field of Object.keys(query)) {
        // What is shorter resembles too much.
        const meant = known.has(field) || field.length < 4 ? undefined : nearestName(field, known);
        if (meant !== undefined) fail(field.slice(0, 100), `is not known; did you mean ${meant}?`);
      }
    },
    refuse(fields) {
      for (const field of fields) if (text(field) !== undefined) fail(field, "is no filter here");
    },
  };
}
