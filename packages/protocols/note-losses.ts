import type { ChatRequest, Message } from "./model/chat-request.ts";
import type { CacheMark, ContentPart, Extensions, OpaquePart } from "./model/content.ts";
import type { ProtocolName } from "./model/protocol.ts";
import type { Receipt } from "./receipt.ts";

/** What a part, a message or a tool may carry beside what the hub has words for. */
interface Carrier {
  cache?: CacheMark;
  extensions?: Extensions;
}

/**
 * Notes what parts, messages and tools say in the words of other protocols, which are sent to those only. Thoughts are left
 * out: what becomes of a signature is noted where it is opened.
 * @param own the protocol of the upstream
 */
export function noteForeignFields(request: ChatRequest, own: ProtocolName, receipt: Receipt): void {
  for (const part of request.system) noteCarrier(part, "system", own, receipt);
  for (const tool of request.tools) if (tool.kind !== "hosted") noteCarrier(tool, "tools", own, receipt);
  for (const message of request.messages) noteMessage(message, own, receipt);
}

function noteMessage(message: Message, own: ProtocolName, receipt: Receipt): void {
  noteCarrier(message, `messages.${message.role}`, own, receipt);
  for (const part of message.content) {
    notePart(part, own, receipt);
    if (part.type === "tool-result") for (const inner of part.content) notePart(inner, own, receipt);
  }
}

function notePart(part: ContentPart, own: ProtocolName, receipt: Receipt): void {
  if (!("extensions" in part) || part.type === "reasoning") return;
  noteCarrier(part, `messages.${part.type.replace("-", "_")}`, own, receipt);
}

function noteCarrier({ extensions }: Carrier, where: string, own: ProtocolName, receipt: Receipt): void {
  if (extensions === undefined) return;
  for (const protocol of Object.keys(extensions) as ProtocolName[]) {
    if (protocol === own) continue;
    for (const field in extensions[protocol]) {
      // Which of its two words for an instruction a client of OpenAI's has used.
      if (field !== "role") receipt.note("dropped", `${where}.${field}`, `a field of ${protocol} only`);
    }
  }
}

/** Notes a part that only its own protocol knows, by its type or, where parts have none, by its fields. */
export function noteOpaque({ value, protocol }: OpaquePart, receipt: Receipt): void {
  const names = typeof value.type === "string" ? [value.type] : Object.keys(value);
  for (const name of names) receipt.note("dropped", `messages.${name}`, `a part of ${protocol} only`);
}

/** Notes that marks of a prompt's cacheable beginnings are not sent, where the upstream caches by itself or not at all. */
export function noteCacheMarks({ system, tools, messages }: ChatRequest, receipt: Receipt): void {
  const isMarked = (part: object): boolean => "cache" in part && part.cache !== undefined;
  const lists = [system, tools, ...messages.map(({ content }) => content)];
  const isMarkedWithin = (part: object): boolean =>
    isMarked(part) || ("content" in part && Array.isArray(part.content) && part.content.some(isMarked));
  if (lists.some((list) => list.some(isMarkedWithin))) {
    receipt.note("approximated", "cache_control", "the upstream caches in its own way, without marks");
  }
}
