/**
 * Finds half of a UTF-16 surrogate pair anywhere in a JSON value, also in what the gateway only passes on: no upstream
 * can take it as UTF-8, and most answer with an error that names nothing.
 *
 * @param text the JSON the value was read from: only an escape can spell half a pair, so most texts need no search.
 * @returns the path of the string, or undefined.
 * @example findLoneSurrogate('{"a":["\\ud83d"]}', { a: ["\ud83d"] }) // "a[0]"
 */
export function findLoneSurrogate(text: string, value: unknown): string | undefined {
  if (!/\\ud[89a-f]/i.test(text)) return undefined;
  // A list instead of recursion: the value may be nested deeper than the stack is.
  const waiting: Array<[value: unknown, path: string]> = [[value, ""]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [current, path] = next;
    if (typeof current === "string") {
      if (!current.isWellFormed()) return path;
    } else if (Array.isArray(current)) {
      for (const [index, item] of current.entries()) waiting.push([item, `${path}[${index}]`]);
    } else if (typeof current === "object" && current !== null) {
      for (const [field, item] of Object.entries(current)) {
        if (!field.isWellFormed()) return path === "" ? "body" : path;
        waiting.push([item, path === "" ? field : `${path}.${field}`]);
      }
    }
  }
  return undefined;
}
