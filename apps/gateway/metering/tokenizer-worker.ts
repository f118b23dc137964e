import { parentPort } from "node:worker_threads";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";

/**
 * Counts tokens on a thread of its own. Byte-pair encoding is quadratic in the length of a piece without a break
 * (50,000 times the same letter takes seconds): longer runs are cut, which moves the count by less than a token a cut.
 */
const longestRun = 200;
const runs = new RegExp(`\\S{${longestRun}}(?=\\S)`, "g");

/** `<|endoftext|>` and its like are text where somebody writes of them; the tokenizer would throw. */
const asText = { disallowedSpecial: new Set<string>() };

parentPort?.on("message", ({ id, text }: { id: number; text: string }) => {
  parentPort?.postMessage({ id, tokens: countTokens(text.replace(runs, "$& "), asText) });
});
