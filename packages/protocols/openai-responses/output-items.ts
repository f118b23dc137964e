import type { BlockStart } from "../model/chat-event.ts";
import type { WebSearchResult } from "../model/content.ts";
import { parseObject } from "../tools/parse-arguments.ts";
import type { WireObject } from "../wire/json-object.ts";
import { writeRedacted } from "./native-reasoning.ts";

/*
 * The items of an answer. A thought of any upstream is shown as a summary: that is what clients of this protocol display and
 * send back (Codex, @ai-sdk/openai), and upstreams such as Kimi want their thoughts back to the letter. `encrypted_content`
 * is the envelope, so a client that asks for no encrypted content brings it back all the same.
 */

/** One part of what the model said. */
export interface SaidPart {
  type: "text" | "refusal";
  text: string;
  annotations: unknown[];
  logprobs: unknown[];
}

export type CallBlock = Extract<BlockStart, { type: "tool-call" }>;

export function writeReasoning(id: string, text: string, signature: string | undefined, redacted?: string): WireObject {
  const encrypted = redacted === undefined ? signature : writeRedacted(redacted);
  return {
    id,
    type: "reasoning",
    summary: text === "" ? [] : [{ type: "summary_text", text }],
    ...(encrypted === undefined ? {} : { encrypted_content: encrypted }),
  };
}

export function writeMessage(
  id: string,
  parts: readonly SaidPart[],
  status: "in_progress" | "completed" | "incomplete",
  others: WireObject | undefined,
): WireObject {
  return { id, type: "message", status, role: "assistant", ...others, content: parts.map(writePart) };
}

export function writePart({ type, text, annotations, logprobs }: SaidPart): WireObject {
  return type === "refusal" ? { type, refusal: text } : { type: "output_text", text, annotations, logprobs };
}

/** A call; `status` and the arguments change when it is whole. */
export function writeCall(id: string, block: CallBlock, text: string, status: "in_progress" | "completed"): WireObject {
  const place = block.namespace === undefined ? {} : { namespace: block.namespace };
  if (block.toolSearch === true) {
    const query = parseObject(text) ?? (text === "" ? {} : { query: text });
    return { id, type: "tool_search_call", status, call_id: block.id, execution: "client", arguments: query };
  }
  if (block.custom === true) {
    return { id, type: "custom_tool_call", status, call_id: block.id, ...place, name: block.name, input: text };
  }
  return { id, type: "function_call", status, call_id: block.id, ...place, name: block.name, arguments: text };
}

/** Clients parse the arguments as they stand. */
export function wholeArguments(block: CallBlock, text: string): string {
  return text === "" && block.custom !== true ? "{}" : text;
}

/** Which pages the text names of those that were found. */
export function citeSources(text: string, found: readonly WebSearchResult[]): WireObject[] {
  const citations: WireObject[] = [];
  for (const { url, title } of found) {
    const start = url === "" ? -1 : text.indexOf(url);
    if (start < 0 || citations.some((citation) => citation.url === url)) continue;
    citations.push({ type: "url_citation", url, title, start_index: start, end_index: start + url.length });
  }
  return citations;
}

/** Names the items of an answer, in order: `msg_abc_0`, `fc_abc_1`. */
export function itemIds(answerId: string): (prefix: "rs" | "msg" | "fc" | "ctc" | "tsc") => string {
  let next = 0;
  return (prefix) => `${prefix}_${answerId}_${next++}`;
}

export function callPrefix(block: CallBlock): "fc" | "ctc" | "tsc" {
  if (block.toolSearch === true) return "tsc";
  return block.custom === true ? "ctc" : "fc";
}
