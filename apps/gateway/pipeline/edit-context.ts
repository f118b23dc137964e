import type { ChatRequest, ContentPart, Message, Receipt, ToolCallPart, ToolResultPart } from "@onerouter/protocols";
import { isObject, type WireObject } from "@onerouter/protocols/wire/json-object";

/** What was taken out, in the words of Anthropic's `context_management.applied_edits`. */
export type AppliedEdit = Readonly<Record<string, unknown>>;

export interface EditedContext {
  request: ChatRequest;
  /** Undefined: no edits were asked for. */
  applied?: AppliedEdit[];
}

/** About four characters a token. Not the factor that is learnt: the same conversation must be cut at the same place. */
const charactersPerToken = 4;
const defaultTrigger = 100_000;
const defaultKeptUses = 3;
const defaultKeptTurns = 1;
const clearedResult = "[This result was cleared to make room.]";

/**
 * Anthropic's context editing (https://platform.claude.com/docs/en/build-with-claude/context-editing) for upstreams without
 * it: old thoughts and old tool results are taken out before the request is written. What stays is decided by the
 * conversation alone, and what was cleared once stays cleared, so that all but the last few turns keep their bytes.
 * @param length bytes of the whole request
 */
export function editContext(request: ChatRequest, length: number, receipt: Receipt): EditedContext {
  const { context_management: management, ...rest } = request.extensions["anthropic-messages"] ?? {};
  if (!isObject(management)) return { request };
  const edited: ChatRequest = { ...request, extensions: { ...request.extensions } };
  if (Object.keys(rest).length > 0) edited.extensions["anthropic-messages"] = rest;
  else delete edited.extensions["anthropic-messages"];
  const applied: AppliedEdit[] = [];
  const edits: unknown[] = Array.isArray(management.edits) ? management.edits : [];
  for (const edit of edits) {
    if (!isObject(edit)) continue;
    const type = String(edit.type);
    const apply = editors[type];
    if (apply === undefined) {
      receipt.note(
        "dropped",
        `context_management.${type}`,
        "the gateway does not know how to edit a context in this way",
      );
      continue;
    }
    const result = apply(edited.messages, edit, length / charactersPerToken);
    if (result === undefined) continue;
    receipt.note("emulated", "context_management", "the gateway clears what the edits name");
    edited.messages = result.messages;
    applied.push({
      type,
      [result.counted]: result.count,
      cleared_input_tokens: Math.round(result.characters / charactersPerToken),
    });
  }
  return { request: edited, applied };
}

interface Edit {
  messages: Message[];
  counted: string;
  count: number;
  characters: number;
}

/** Undefined: there is nothing to clear. */
type Editor = (messages: readonly Message[], edit: WireObject, tokens: number) => Edit | undefined;

const editors: Readonly<Record<string, Editor>> = {
  clear_thinking_20251015: clearThinking,
  clear_tool_uses_20250919: clearToolUses,
};

function clearThinking(messages: readonly Message[], { keep }: WireObject): Edit | undefined {
  if (keep === "all") return undefined;
  const kept = isObject(keep) && typeof keep.value === "number" ? keep.value : defaultKeptTurns;
  const thoughtful = messages.filter((message) => message.role === "assistant" && message.content.some(isThought));
  const cleared = new Set(thoughtful.slice(0, Math.max(0, thoughtful.length - kept)));
  if (cleared.size === 0) return undefined;
  let characters = 0;
  const edited = messages.map((message) => {
    if (!cleared.has(message)) return message;
    for (const part of message.content) if (part.type === "reasoning") characters += part.text.length;
    return { ...message, content: message.content.filter((part) => !isThought(part)) };
  });
  return { messages: edited, counted: "cleared_thinking_turns", count: cleared.size, characters };
}

function isThought(part: ContentPart): boolean {
  return part.type === "reasoning";
}

function clearToolUses(messages: readonly Message[], edit: WireObject, tokens: number): Edit | undefined {
  const calls = messages.flatMap(({ content }) => content.filter((part) => part.type === "tool-call"));
  if (!isTriggered(edit.trigger, tokens, calls.length)) return undefined;
  const kept = isObject(edit.keep) && typeof edit.keep.value === "number" ? edit.keep.value : defaultKeptUses;
  const excluded = new Set(Array.isArray(edit.exclude_tools) ? edit.exclude_tools : []);
  const old = calls.slice(0, Math.max(0, calls.length - kept)).filter((call) => !excluded.has(call.name));
  const cleared = new Map(old.map((call) => [call.id, call]));
  if (cleared.size === 0) return undefined;

  let characters = 0;
  const clearsInput = (call: ToolCallPart): boolean =>
    edit.clear_tool_inputs === true ||
    (Array.isArray(edit.clear_tool_inputs) && edit.clear_tool_inputs.includes(call.name));
  const clear = (part: ContentPart): ContentPart => {
    if (part.type === "tool-result" && cleared.has(part.callId)) {
      characters += lengthOf(part);
      return { ...part, content: [{ type: "text", text: clearedResult }] };
    }
    if (part.type !== "tool-call" || !cleared.has(part.id) || !clearsInput(part)) return part;
    characters += part.arguments.length;
    return { ...part, arguments: part.custom === true ? "" : "{}" };
  };
  const edited = messages.map((message) =>
    message.content.some((part) => part.type === "tool-call" || part.type === "tool-result")
      ? { ...message, content: message.content.map(clear) }
      : message,
  );
  const least = isObject(edit.clear_at_least) ? Number(edit.clear_at_least.value) : 0;
  if (characters / charactersPerToken < least) return undefined;
  return { messages: edited, counted: "cleared_tool_uses", count: cleared.size, characters };
}

function isTriggered(trigger: unknown, tokens: number, uses: number): boolean {
  const { type, value } = isObject(trigger) ? trigger : {};
  const limit = typeof value === "number" ? value : defaultTrigger;
  return type === "tool_uses" ? uses > limit : tokens > limit;
}

function lengthOf({ content }: ToolResultPart): number {
  let length = 0;
  for (const part of content) {
    if (part.type === "text") length += part.text.length;
    else if ("source" in part && part.source.kind === "base64") length += part.source.data.length;
  }
  return length;
}
