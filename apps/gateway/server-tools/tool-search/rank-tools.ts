import type { ToolText } from "./describe-tool.ts";

/** The usual constants of BM25 (Robertson and Zaragoza 2009): how fast repetition and length lose weight. */
const k1 = 1.2;
const b = 0.75;
/** A word in the name says more than one in the description. */
const nameWeight = 3;
const fillers: ReadonlySet<string> = new Set(
  "a an and any at by can for from in is it me of on or that the this to tool with".split(" "),
);

/** Names of the tools that fit the words best, by BM25; none that has no word in common with them. */
export function rankTools(query: string, tools: readonly ToolText[], most: number): string[] {
  const words = new Set(splitWords(query.slice(0, 1_000)).filter((word) => !fillers.has(word)));
  const documents = tools.map(countWords);
  const averageLength = documents.reduce((sum, { length }) => sum + length, 0) / Math.max(1, documents.length);
  const scores = documents.map(() => 0);
  for (const word of words) {
    const holders = documents.filter(({ counts }) => counts.has(word)).length;
    if (holders === 0) continue;
    const rarity = Math.log(1 + (documents.length - holders + 0.5) / (holders + 0.5));
    for (const [at, { counts, length }] of documents.entries()) {
      const count = counts.get(word) ?? 0;
      if (count === 0) continue;
      const damped = count + k1 * (1 - b + (b * length) / averageLength);
      scores[at] = (scores[at] ?? 0) + (rarity * count * (k1 + 1)) / damped;
    }
  }
  return tools
    .map(({ name }, at) => ({ name, at, score: scores[at] ?? 0 }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || one.at - other.at)
    .slice(0, most)
    .map(({ name }) => name);
}

function countWords({ name, text }: ToolText): { counts: Map<string, number>; length: number } {
  const counts = new Map<string, number>();
  let length = 0;
  const add = (word: string, weight: number): void => {
    counts.set(word, (counts.get(word) ?? 0) + weight);
    length += weight;
  };
  for (const word of splitWords(name)) add(word, nameWeight);
  for (const word of splitWords(text)) add(word, 1);
  return { counts, length };
}

/** Words in small letters: `getWeatherNow`, `get_weather` and `mcp__weather__get` all hold `weather`. */
function splitWords(text: string): string[] {
  const spaced = text.replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2").toLowerCase();
  return (spaced.match(/[\p{L}\p{N}]+/gu) ?? []).map(withoutPlural);
}

function withoutPlural(word: string): string {
  return word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}
