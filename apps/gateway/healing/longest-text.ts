/** Longer patterns, and longer texts (characters), are not looked at. */
const maxPatternLength = 256;
const maxTextLength = 2_000;
/** Steps that a pattern may take at worst, about: some ten milliseconds. */
const mostSteps = 1e7;

/**
 * The longest text that a client's pattern may be asked about, in characters, so that it does not keep the relay's thread
 * (CWE-1333). A repetition within a repetition takes exponential time and gets none; each repetition more takes as long as the
 * text is, once more. Rather too careful: a pattern that is not asked refuses nothing.
 *
 *     longestText("^[a-z]+$")     // 2000
 *     longestText("^.*a.*b.*c$")  // 215
 *     longestText("^(a+)+$")      // 0
 */
export function longestText(pattern: string): number {
  if (pattern.length > maxPatternLength) return 0;
  /** For each open group, the whole first: it holds a repetition or a choice. */
  const groups = [false];
  const mark = (): void => void (groups[groups.length - 1] = true);
  // Without an anchor it is tried from every place on.
  let repetitions = pattern.startsWith("^") ? 0 : 1;
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at);
    const next = pattern.charAt(at + 1);
    if (char === "\\") {
      if (/[1-9k]/.test(next) && !inClass) return 0;
      at += 1;
    } else if (inClass) inClass = char !== "]";
    else if (char === "[") inClass = true;
    else if (char === "|") mark();
    else if (char === "(") {
      groups.push(false);
      // What kind of group it is, and no quantifier.
      if (next === "?") at += 1;
    } else if (char === ")") {
      const varies = groups.pop() === true;
      if (varies && isRepetition(pattern, at + 1)) return 0;
      if (varies) mark();
    } else if (char === "?") mark();
    else if (isRepetition(pattern, at)) {
      mark();
      repetitions += 1;
    }
  }
  return Math.min(maxTextLength, Math.floor(mostSteps ** (1 / Math.max(1, repetitions))));
}

function isRepetition(pattern: string, at: number): boolean {
  const char = pattern.charAt(at);
  return char === "*" || char === "+" || (char === "{" && /^\{\d/.test(pattern.slice(at, at + 2)));
}
