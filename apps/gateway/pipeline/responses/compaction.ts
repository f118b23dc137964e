import type { AnswerPart, ChatAnswer, Sealer } from "@onerouter/protocols";
import { isObject, type WireObject } from "@onerouter/protocols/wire/json-object";
import { userMessage } from "./resolve-input.ts";

/** Whose envelope a summary is in: ours, readable for every model. */
const origin = "onerouter:compaction";

const instruction =
  "Summarise this conversation so that another model can carry on the work without having seen it. Say what was asked " +
  "for and under which constraints; what was done and found out, with the files, commands, results and names that " +
  "matter; what was decided and why; how things stand now, and what is to be done next. Answer with the summary alone.";

const introduction = "What came before this point in the conversation, summarised:\n\n";

/** The client asks for a compaction instead of an answer (Codex: the last item). */
export function asksForCompaction(items: readonly unknown[]): boolean {
  const last = items.at(-1);
  return isObject(last) && last.type === "compaction_trigger";
}

/**
 * A request for a summary in place of one for an answer. The tools stay, unused, because without them a provider's cache of
 * the conversation would not fit.
 */
export function requestSummary(body: WireObject, items: readonly unknown[]): WireObject {
  const { text: _text, tool_choice: _choice, parallel_tool_calls: _parallel, ...rest } = body;
  const conversation = items.filter((item) => !isObject(item) || item.type !== "compaction_trigger");
  const request: WireObject = { ...rest, input: [...conversation, userMessage(instruction)] };
  if (Array.isArray(body.tools) && body.tools.length > 0) request.tool_choice = "none";
  return request;
}

/** The answer to such a request as the one item that its client wants. */
export function toCompaction(answer: ChatAnswer, id: string, sealer: Sealer): WireObject {
  const summary = textOf(answer.parts, "text") || textOf(answer.parts, "reasoning");
  return { type: "compaction", id: `cmp_${id}`, encrypted_content: sealer.seal({ origin, native: summary }, "") };
}

function textOf(parts: readonly AnswerPart[], type: "text" | "reasoning"): string {
  return parts
    .flatMap((part) => (part.type === type ? [part.text] : []))
    .join("\n\n")
    .trim();
}

/** A compaction of ours as what it says; every other item, and a provider's own compaction, as it is. */
export function openCompaction(item: unknown, sealer: Sealer): unknown {
  if (!isObject(item) || (item.type !== "compaction" && item.type !== "compaction_summary")) return item;
  const content = typeof item.encrypted_content === "string" ? item.encrypted_content : undefined;
  const sealed = sealer.open(content, "");
  return sealed?.origin === origin ? userMessage(introduction + sealed.native) : item;
}
