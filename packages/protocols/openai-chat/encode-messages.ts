import type { ChatRequest, Message } from "../model/chat-request.ts";
import type { ContentPart, TextPart, ToolResultPart } from "../model/content.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import type { Receipt } from "../receipt.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { loadedBy } from "../tools/order-tools.ts";
import type { ToolNames } from "../tools/tool-names.ts";
import { askToGoOn } from "../wire/ask-to-go-on.ts";
import { withoutBillingLine } from "../wire/billing-line.ts";
import type { WireObject } from "../wire/json-object.ts";
import { encodeAssistant, type SentCall } from "./encode-assistant.ts";
import { encodeContent } from "./encode-content.ts";
import { encodeToolResults } from "./encode-tool-results.ts";
import { createNameCall } from "./tool-call-ids.ts";
import type { WireMessage } from "./wire.ts";

/** What the assistant says where it must say something and did not. */
const bridgeText = "OK.";

/** A turn of the model that has called tools, until all of its calls are answered. */
interface OpenTurn {
  calls: SentCall[];
  results: Map<SentCall, ToolResultPart>;
  /** What was said before the results were complete: it has to follow them. */
  held: WireMessage[];
}

/**
 * Writes `messages`. The bytes of a conversation are a prefix of the same conversation one turn later, whatever form the
 * client gives its old turns, because upstreams cache prompts by their prefix: nothing here looks at what comes later,
 * except for the results of calls, which stand next to their calls anyway.
 */
export function encodeMessages(
  request: ChatRequest,
  instructions: readonly string[],
  profile: VendorProfile,
  target: EncodeTarget,
  names: ToolNames,
  loaded: ReadonlyMap<string, WireObject> = new Map(),
): WireMessage[] {
  const { receipt } = target;
  const declared = new Set<string>();
  const nameCall = createNameCall(profile);
  const out: WireMessage[] = [];
  let open: OpenTurn | undefined;

  /** Ends the open turn: its message, the results in the order of the calls, then what had to wait. */
  function settle(): void {
    if (open === undefined) return;
    out.push(...encodeToolResults(open.calls, open.results, profile, receipt));
    for (const call of open.calls) declare(open.results.get(call), out);
    out.push(...open.held);
    open = undefined;
  }

  /** Declares the deferred tools that this part loads, where they are declared in messages. */
  function declare(part: ContentPart | undefined, messages: WireMessage[]): void {
    if (part === undefined || loaded.size === 0) return;
    const tools: WireObject[] = [];
    for (const name of loadedBy(part)) {
      const tool = loaded.get(name);
      if (tool === undefined || declared.has(name)) continue;
      declared.add(name);
      tools.push(tool);
    }
    // A declaration has no content, not even an empty one.
    if (tools.length > 0) messages.push({ role: "system", tools });
  }

  function add(message: WireMessage | undefined): void {
    if (message !== undefined) (open?.held ?? out).push(message);
  }

  function addAssistant(message: Message, next: Message | undefined, turn: Message[]): void {
    turn.push(message);
    // Calls spread over several messages are one turn: their results come together after the last.
    if (next?.role === "assistant" && turn.some(hasCalls)) return;
    settle();
    const encoded = encodeAssistant(turn, profile, target, names, nameCall);
    turn.length = 0;
    if (encoded === undefined) return;
    out.push(encoded.message);
    if (encoded.calls.length > 0) open = { calls: encoded.calls, results: new Map(), held: [] };
  }

  const system = encodeSystem(request.system, instructions, profile, target);
  if (system !== undefined) out.push(system);
  const turn: Message[] = [];
  for (const [at, message] of request.messages.entries()) {
    switch (message.role) {
      case "system":
        add(encodeMidConversationSystem(message, profile, target));
        break;
      case "assistant":
        addAssistant(message, request.messages[at + 1], turn);
        break;
      case "user": {
        const rest = open === undefined ? message.content : takeResults(message.content, open);
        add(encodeUser(rest, message, profile, target));
        for (const part of rest) declare(part, open?.held ?? out);
        if (open !== undefined && open.results.size === open.calls.length) settle();
        break;
      }
    }
  }
  settle();
  finishPrefill(out, profile, receipt);
  return profile.assistantAfterTools === true ? out.flatMap(speakAfterTools) : out;
}

/** Mistral wants the assistant to speak between a tool and the user. */
function speakAfterTools(message: WireMessage, at: number, messages: readonly WireMessage[]): WireMessage[] {
  const isAbrupt = message.role === "user" && messages[at - 1]?.role === "tool";
  return isAbrupt ? [{ role: "assistant", content: bridgeText }, message] : [message];
}

/** A conversation that ends with the assistant asks for its answer to go on from there. */
function finishPrefill(messages: WireMessage[], { prefillField, takesPrefill }: VendorProfile, receipt: Receipt): void {
  const last = messages.at(-1);
  if (last?.role !== "assistant" || last.tool_calls !== undefined) return;
  if (prefillField !== undefined) last[prefillField] = true;
  if (takesPrefill !== false) return;
  receipt.note("emulated", "messages", "this model cannot go on with a begun answer: the user asks it to");
  messages.push({ role: "user", content: askToGoOn });
}

function hasCalls(message: Message): boolean {
  return message.content.some((part) => part.type === "tool-call");
}

function takeResults(content: readonly ContentPart[], open: OpenTurn): ContentPart[] {
  const rest: ContentPart[] = [];
  for (const part of content) {
    const call =
      part.type === "tool-result"
        ? open.calls.find((one) => one.id === part.callId && !open.results.has(one))
        : undefined;
    if (call !== undefined && part.type === "tool-result") open.results.set(call, part);
    else rest.push(part);
  }
  return rest;
}

function encodeUser(
  content: readonly ContentPart[],
  message: Message,
  profile: VendorProfile,
  target: EncodeTarget,
): WireMessage | undefined {
  if (content.length === 0) return undefined;
  const parts = content.some((part) => part.type === "tool-result")
    ? content.flatMap((part) => unfoldOrphan(part, target))
    : content;
  const encoded = encodeContent(parts, profile, target.receipt);
  if (encoded.length === 0) {
    target.receipt.note("repaired", "messages.user", "a user message without content was left out");
    return undefined;
  }
  return { role: "user", content: encoded, ...message.extensions?.["openai-chat"] };
}

// A result whose call is gone (compacted history) would be a 400; what it says may still matter.
function unfoldOrphan(part: ContentPart, target: EncodeTarget): ContentPart[] {
  if (part.type !== "tool-result") return [part];
  target.receipt.note("repaired", "messages.tool_result", "a result without its call is sent as text");
  return [{ type: "text", text: "Result of an earlier tool call:" }, ...part.content];
}

function encodeSystem(
  system: readonly TextPart[],
  instructions: readonly string[],
  profile: VendorProfile,
  target: EncodeTarget,
): WireMessage | undefined {
  const parts: TextPart[] = [];
  for (const part of system) {
    const text = withoutBillingLine(part.text, target.receipt);
    if (text !== "") parts.push(withoutName(text === part.text ? part : { ...part, text }, target));
  }
  // Last, so that what stands before them stays in the cache.
  for (const text of instructions) parts.push({ type: "text", text });
  if (parts.length === 0) return undefined;
  return { role: profile.systemRole, content: encodeContent(parts, profile, target.receipt) };
}

// Several messages become one, which can have no name of each.
function withoutName(part: TextPart, { receipt }: EncodeTarget): TextPart {
  const own = part.extensions?.["openai-chat"];
  if (own?.name === undefined) return part;
  const { name: _name, ...rest } = own;
  receipt.note("dropped", "messages.system.name", "instructions become one message");
  return { ...part, extensions: { ...part.extensions, "openai-chat": rest } };
}

function encodeMidConversationSystem(
  message: Message,
  profile: VendorProfile,
  target: EncodeTarget,
): WireMessage | undefined {
  const content = encodeContent(message.content, profile, target.receipt);
  if (content.length === 0) return undefined;
  const own = message.extensions?.["openai-chat"];
  if (profile.midConversationSystem === "system") return { role: profile.systemRole, content, ...own };
  target.receipt.note(
    "approximated",
    "messages.system",
    "instructions within the conversation are sent as user messages",
  );
  if (typeof content === "string") return { role: "user", content: wrapReminder(content), ...own };
  return {
    role: "user",
    content: content.map((part) => (part.type === "text" ? { ...part, text: wrapReminder(String(part.text)) } : part)),
    ...own,
  };
}

function wrapReminder(text: string): string {
  return `<system-reminder>\n${text}\n</system-reminder>`;
}
