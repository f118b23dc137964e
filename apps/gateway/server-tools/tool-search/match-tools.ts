import { Worker } from "node:worker_threads";
import type { ToolText } from "./describe-tool.ts";

/** Longest pattern taken, in characters: Anthropic's own limit. */
const maxPattern = 200;
/** Longest time a pattern may run, in milliseconds. */
const longestRunMs = 1_000;

export type PatternProblem = "invalid_pattern" | "pattern_too_long" | "execution_time_exceeded";

/** Names of the tools that a regular expression fits, or why it could not be used. Case makes no difference. */
export async function matchTools(
  pattern: string,
  tools: readonly ToolText[],
  most: number,
): Promise<string[] | PatternProblem> {
  if (pattern.length > maxPattern) return "pattern_too_long";
  // Python's way of saying what is so here anyway.
  const source = pattern.replace(/^\(\?[aims]+\)/, "");
  try {
    new RegExp(source, "i");
  } catch {
    return "invalid_pattern";
  }
  if (/^[\w\s-]*$/.test(source)) return findWord(source.toLowerCase(), tools, most);
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./match-tools-worker.${extension}`, import.meta.url), { env: {} });
  const { promise, resolve } = Promise.withResolvers<string[] | PatternProblem>();
  let timer: NodeJS.Timeout | undefined;
  worker.once("online", () => (timer = setTimeout(() => resolve("execution_time_exceeded"), longestRunMs)));
  worker.once("message", resolve);
  worker.once("error", () => resolve("invalid_pattern"));
  worker.postMessage({ pattern: source, tools, most });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

/** Most patterns are a plain word, for which a thread of its own would be too much. */
function findWord(word: string, tools: readonly ToolText[], most: number): string[] {
  const inName = tools.filter(({ name }) => name.toLowerCase().includes(word));
  const inText = tools.filter((tool) => !inName.includes(tool) && tool.text.toLowerCase().includes(word));
  return [...inName, ...inText].slice(0, most).map(({ name }) => name);
}
