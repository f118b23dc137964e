import { readArray, readString } from "../wire/read-field.ts";

/** The domains that a web search is narrowed to, or kept from. @throws RequestError naming the field that is wrong */
export function readDomains(value: unknown, path: string): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const domains = readArray(value, path).map((domain, at) => readString(domain, `${path}[${at}]`));
  return domains.length === 0 ? undefined : domains;
}
