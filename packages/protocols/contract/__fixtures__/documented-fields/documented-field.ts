/** The body of a client's request, while it is put together. */
export type Body = Record<string, unknown>;

/** Optional fields within another, and the entries of a receipt that name each. */
export type Details = Readonly<Record<string, RegExp>>;

/** One field, or one kind of content, that a protocol documents. */
export interface DocumentedField {
  name: string;
  /** The entries of a receipt that name it. */
  noted: RegExp;
  /**
   * Puts it into a body, with a value that is not the default.
   * @param mark letters and digits that stand nowhere else in the body; each text that holds them, with a letter behind,
   *   has to reach the upstream or be named
   * @param without a name of `details` to leave out
   */
  add(body: Body, mark: string, without?: string): void;
  /** Fields within that no text marks. */
  details?: Details;
  /** Others without which it means nothing; they stand before it in the list. */
  needs?: readonly string[];
  /** What it asks for and nothing more, so that it says nothing to a model that does so anyway. */
  wish?: "think" | "do-not-think" | "hide-thoughts";
  /** A wish that goes without saying beside it. */
  implies?: DocumentedField["wish"];
  /** Only one of a group stands in a request: they say the same thing in different words. */
  group?: string;
}

/** A field on top of the body. */
export function topLevel(
  name: string,
  value: unknown,
  rest: Partial<Pick<DocumentedField, "noted" | "needs" | "group" | "details" | "wish" | "implies">> = {},
): DocumentedField {
  return {
    name,
    noted: new RegExp(`^${name}\\b`),
    add(body, mark, without) {
      body[name] = marked(value, mark, without);
    },
    ...rest,
  };
}

/** Adds to a list of the body. */
export function push(body: Body, list: string, ...items: readonly unknown[]): void {
  const before = body[list];
  body[list] = [...(Array.isArray(before) ? (before as unknown[]) : []), ...items];
}

/** A value with every `§x` in its texts and names replaced by the mark and that letter, a lone `§` by the mark. */
export function marked(value: unknown, mark: string, without?: string): unknown {
  const text = JSON.stringify(value, (name, inner: unknown) => (name === without && name !== "" ? undefined : inner));
  return JSON.parse(text.replaceAll("§", mark)) as unknown;
}
