import { Cursor, partialName } from "./cursor.ts";
import type { CallHead, Dialect } from "./dialect.ts";
import { deepseek } from "./dialects/deepseek.ts";
import { invokeTags } from "./dialects/invoke-tag.ts";
import { kimiK3 } from "./dialects/kimi-k3.ts";
import { kimi } from "./dialects/kimi.ts";
import { toolCallTag } from "./dialects/tool-call-tag.ts";
import type { KnownTool, KnownTools } from "./known-tools.ts";

const dialects: readonly Dialect[] = [kimi, kimiK3, deepseek, toolCallTag, ...invokeTags];

/** Openers by their second character; the first is `<`. */
const openers: ReadonlyMap<string, ReadonlyArray<{ text: string; dialect: Dialect }>> = Map.groupBy(
  dialects.flatMap((dialect) => dialect.openers.map((text) => ({ text, dialect }))),
  ({ text }) => text.charAt(1),
);

/** Longest beginning of a call, up to its arguments, in characters. */
export const maxHead = 512;

/** What the text from a `<` on is. */
export type Finding =
  | { type: "text" }
  /** Whether it is markup the next characters tell. With `call`: it is the beginning of a call of one of the tools, so far. */
  | { type: "open"; call?: BrokenHead }
  | { type: "call"; dialect: Dialect; head: CallHead; tool: KnownTool; length: number };

/** A call that breaks off before its arguments. */
export interface BrokenHead {
  dialect: Dialect;
  name: string;
}

/** Judges what begins at `from`, where a `<` stands. The same text gets the same answer however it came in. */
export function findMarkup(text: string, from: number, tools: KnownTools): Finding {
  const next = text.charAt(from + 1);
  if (next === "") return { type: "open" };
  const possible = openers.get(next);
  if (possible === undefined) return { type: "text" };
  const view = text.slice(from, from + maxHead);
  let open: Extract<Finding, { type: "open" }> | undefined;
  for (const { text: opener, dialect } of possible) {
    if (!view.startsWith(opener)) {
      if (opener.startsWith(view)) open ??= { type: "open" };
      continue;
    }
    const cursor = new Cursor(view);
    const head = dialect.readHead(cursor);
    if (head !== undefined) {
      const tool = tools.resolve(head.name);
      if (tool !== undefined) return { type: "call", dialect, head, tool, length: cursor.at };
    } else if (cursor.failure === "more" && view.length < maxHead) {
      const call = readBrokenHead(dialect, cursor, tools);
      if (call !== null) open = call === undefined ? (open ?? { type: "open" }) : { type: "open", call };
    }
  }
  return open ?? { type: "text" };
}

/** @returns null when the name that has come so far is no tool's */
function readBrokenHead(dialect: Dialect, cursor: Cursor, tools: KnownTools): BrokenHead | null | undefined {
  const partial = partialName(cursor);
  if (partial === undefined || partial.name === "") return undefined;
  const { name, isComplete } = partial;
  if (isComplete ? tools.resolve(name) === undefined : !tools.hasPrefix(name)) return null;
  return { dialect, name };
}
