/**
 * Whether a model id matches one of the patterns: `*` stands for anything, everything else for itself, in any case.
 *
 *     matchesAny("anthropic/claude-sonnet-4.5", ["anthropic/claude-*"]) // true
 */
export function matchesAny(id: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matches(id.toLowerCase(), pattern.toLowerCase().split("*")));
}

/** Takes each part where it first occurs, so that no pattern takes longer than the text is long. */
function matches(text: string, [first = "", ...rest]: readonly string[]): boolean {
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
