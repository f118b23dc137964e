import type { ChatRequest, Message } from "../../model/chat-request.ts";
import type { ContentPart, ReasoningPart, TextPart, ToolResultPart } from "../../model/content.ts";
import type { WireMessage } from "../wire.ts";
import { encodeFor, requestOf } from "./requests.ts";

/* Short words for conversations, and what becomes of them on the wire. */

export const text = (value: string): TextPart => ({ type: "text", text: value });
export const call = (id: string, name = "Bash", args = "{}"): ContentPart => ({
  type: "tool-call",
  id,
  name,
  arguments: args,
});
export const result = (callId: string, value: string, over: Partial<ToolResultPart> = {}): ToolResultPart => ({
  type: "tool-result",
  callId,
  content: [text(value)],
  ...over,
});
export const user = (...content: ContentPart[]): Message => ({ role: "user", content });
export const assistant = (...content: ContentPart[]): Message => ({ role: "assistant", content });
export const system = (value: string): Message => ({ role: "system", content: [text(value)] });
export const thought = (value: string): ReasoningPart => ({ type: "reasoning", text: value });

export function messagesFor(
  vendor: string,
  model: string,
  messages: Message[],
  over: Partial<ChatRequest> = {},
): WireMessage[] {
  return encodeFor(vendor, model, requestOf({ messages, ...over })).body.messages as WireMessage[];
}

export const kimi = (...messages: Message[]) => messagesFor("moonshot", "kimi-k2-thinking", messages);
