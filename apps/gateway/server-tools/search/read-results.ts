import type { WebSearchResult } from "@onerouter/protocols";

/** Longest text kept of one page, in characters: it is sent again with every later request of the conversation. */
const maxTextLength = 4_000;
const maxTitleLength = 300;

export type JsonObject = Record<string, unknown>;

export function toObject(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/**
 * Reads a service's list of results: those with a web address, their texts within bounds.
 * @param fields gives the texts and the age of one
 */
export function readResults(
  list: unknown,
  fields: (result: JsonObject) => { texts: readonly unknown[]; age: unknown },
): WebSearchResult[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((value) => {
    const result = toObject(value);
    if (typeof result.url !== "string" || !/^https?:\/\//i.test(result.url) || !URL.canParse(result.url)) return [];
    const { texts, age } = fields(result);
    const text = texts.filter((one) => typeof one === "string" && one !== "").join("\n");
    const title = typeof result.title === "string" && result.title !== "" ? result.title : result.url;
    return [
      {
        url: result.url,
        title: cut(title, maxTitleLength),
        ...(text === "" ? {} : { text: cut(text, maxTextLength) }),
        ...(typeof age === "string" && age !== "" ? { pageAge: age } : {}),
      },
    ];
  });
}

function cut(text: string, length: number): string {
  // Half a surrogate pair would be refused by every upstream.
  return (text.length <= length ? text : `${text.slice(0, length)}…`).toWellFormed();
}
