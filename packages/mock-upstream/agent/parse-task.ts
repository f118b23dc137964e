import { asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";

/** One thing to do with a tool. */
export type Action =
  | { type: "write"; file: string; content: string }
  | { type: "shell"; command: string }
  | { type: "read"; file: string }
  | { type: "list" }
  | { type: "call"; tool: string; input?: JsonObject }
  | { type: "search"; query: string };

/** A prompt the mock understands. Anything else is answered with a short chat reply. */
export type Task =
  | { type: "count"; to: number }
  | { type: "parallel"; calls: number }
  | { type: "actions"; actions: Action[] }
  | { type: "think"; about: string }
  | { type: "json" };

/** Content of a file that the prompt names without saying what goes in. */
const defaultContent = "Hello from the mock upstream.\n";

const numberWords = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

// Commands are only understood at the start of a line, so that a prompt that merely mentions a file does not write one.
const lineStart = String.raw`(?:^|\n)[\s"'“”\x60>*-]*(?:please\s+|now\s+|can you\s+|could you\s+|then\s+)*`;
const file = String.raw`[\x60"']?([\w@~./-]*[\w-][./][\w./-]*[\w]|[\w-]+\.\w+)[\x60"']?`;

const createPattern = new RegExp(
  String.raw`${lineStart}(?:create|make)\s+(?:(?:a|the)\s+)?(?:new\s+)?(?:file\s+)?(?:called\s+|named\s+)?${file}(?:\s+(?:containing|that says|saying|with)(?:\s+(?:the\s+)?(?:content|contents|text|line)s?)?\s*:?\s+([^\n]+))?`,
  "i",
);
const writePattern = new RegExp(
  String.raw`${lineStart}write\s+([^\n]+?)\s+(?:to|into)\s+(?:the\s+)?(?:file\s+)?${file}`,
  "i",
);
const runPattern = new RegExp(String.raw`${lineStart}run\s+(?:the\s+)?(?:shell\s+)?(?:command\s*:?\s+)?([^\n]+)`, "i");
const readPattern = new RegExp(String.raw`${lineStart}read\s+(?:the\s+)?(?:file\s+)?${file}`, "i");
const listPattern = new RegExp(String.raw`${lineStart}list\s+(?:the\s+|all\s+)*files`, "i");
const callPattern = new RegExp(
  String.raw`${lineStart}(?:call|use)\s+(?:the\s+tool\s+)?([\w-]+)(?:\s+with\s+(\{[^\n]*\}))?`,
  "i",
);
const searchPattern = new RegExp(
  String.raw`${lineStart}(?:perform a web search|search the web|web search)(?:\s+for)?(?:\s+the query)?\s*:?\s+([^\n]+)`,
  "i",
);
const thinkPattern = new RegExp(
  String.raw`${lineStart}think\s+(?:hard\s+|carefully\s+|deeply\s+)?about\s+([^\n]+)`,
  "i",
);
const countPattern = /\bcount\s+(?:from\s+(?:1|one)\s+)?(?:up\s+)?to\s+(\d+)/i;
const parallelPattern = /\bcall\s+(\d+|[a-z]+)\s+tools?\s+(?:in parallel|at once|at the same time)/i;
const jsonPattern = /\b(?:answer|reply|respond)\s+(?:only\s+)?(?:with|in|as)\s+(?:valid\s+)?json\b/i;

/**
 * Understands a user's prompt. Several commands may be chained with "then".
 *
 * @example parseTask("create hello.txt containing hi, then run cat hello.txt")
 */
export function parseTask(prompt: string): Task | undefined {
  const text = prompt.trim();
  const count = countPattern.exec(text);
  if (count?.[1]) return { type: "count", to: Number(count[1]) };
  const parallel = parallelPattern.exec(text);
  if (parallel?.[1]) return { type: "parallel", calls: readNumber(parallel[1]) };
  const actions = parseActions(text);
  if (actions.length > 0) return { type: "actions", actions };
  const think = thinkPattern.exec(text);
  if (think?.[1]) return { type: "think", about: unquote(think[1]) };
  if (jsonPattern.test(text)) return { type: "json" };
  return undefined;
}

function parseActions(text: string): Action[] {
  const pieces = text.split(/,?\s+(?:and\s+)?then\s+/i);
  const actions = pieces.map(parseAction);
  const understood = actions.filter((action) => action !== undefined);
  if (understood.length === pieces.length) return understood;
  const whole = parseAction(text);
  return whole ? [whole] : [];
}

function parseAction(text: string): Action | undefined {
  const create = createPattern.exec(text);
  if (create?.[1]) {
    return { type: "write", file: create[1], content: create[2] ? unquote(create[2]) : defaultContent };
  }
  const write = writePattern.exec(text);
  if (write?.[1] && write[2]) return { type: "write", file: write[2], content: unquote(write[1]) };
  const run = runPattern.exec(text);
  if (run?.[1]) return { type: "shell", command: unquote(run[1]) };
  const read = readPattern.exec(text);
  if (read?.[1]) return { type: "read", file: read[1] };
  if (listPattern.test(text)) return { type: "list" };
  const search = searchPattern.exec(text);
  if (search?.[1]) return { type: "search", query: unquote(search[1]) };
  return parseCall(text);
}

// Only what looks like a tool's name or has arguments: "call me later" is no command.
function parseCall(text: string): Action | undefined {
  const [, tool, input] = callPattern.exec(text) ?? [];
  if (!tool || !(tool.includes("_") || input)) return undefined;
  if (input === undefined) return { type: "call", tool };
  try {
    return { type: "call", tool, input: asObject(JSON.parse(input)) };
  } catch {
    return undefined;
  }
}

// opencode sends the whole prompt in quotes, so a closing quote without its partner belongs to the prompt, not the value.
function unquote(text: string): string {
  const trimmed = text.trim();
  const quoted = /^(["'`])([\s\S]*)\1$/.exec(trimmed);
  if (quoted?.[2] !== undefined) return quoted[2];
  const last = trimmed.at(-1) ?? "";
  if (!`"'\``.includes(last)) return trimmed;
  const odd = trimmed.split(last).length % 2 === 0;
  return odd ? trimmed.slice(0, -1) : trimmed;
}

function readNumber(word: string): number {
  const known = numberWords.indexOf(word.toLowerCase());
  return known >= 0 ? known : Number.parseInt(word, 10) || 2;
}
