import type { ChatRequest, Message } from "../../model/chat-request.ts";
import type { ContentPart, ReasoningPart, TextPart, ToolResultPart } from "../../model/content.ts";
import type { FunctionTool } from "../../model/tool.ts";
import type { EncodedRequest, EncodeTarget } from "../../protocol-contract.ts";
import { createSealer } from "../../reasoning/sealer.ts";
import { createReceipt } from "../../receipt.ts";
import { vendorProfiles } from "../../vendors/index.ts";
import type { WireObject } from "../../wire/json-object.ts";
import { encodeRequest } from "../encode-request.ts";

export const sealer = createSealer(new Uint8Array(32));
export const origin = "test/origin";

export function requestOf(over: Partial<ChatRequest>): ChatRequest {
  return {
    model: "any",
    system: [],
    messages: [user(text("hello"))],
    tools: [],
    maxOutputTokens: 32_000,
    sampling: {},
    stream: false,
    extensions: {},
    ...over,
  };
}

export function text(value: string, over: Partial<TextPart> = {}): TextPart {
  return { type: "text", text: value, ...over };
}

export function thought(value: string, signature?: string): ReasoningPart {
  return signature === undefined ? { type: "reasoning", text: value } : { type: "reasoning", text: value, signature };
}

/** A thought as this gateway gave it to the client: sealed for an origin. */
export function sealed(value: string, native: string, from = origin): ReasoningPart {
  return thought(value, sealer.seal({ origin: from, native }, value));
}

export function call(id: string, name = "Bash", args = "{}"): ContentPart {
  return { type: "tool-call", id, name, arguments: args };
}

export function result(callId: string, value: string, over: Partial<ToolResultPart> = {}): ToolResultPart {
  return { type: "tool-result", callId, content: value === "" ? [] : [text(value)], ...over };
}

export function user(...content: ContentPart[]): Message {
  return { role: "user", content };
}

export function assistant(...content: ContentPart[]): Message {
  return { role: "assistant", content };
}

export function system(value: string): Message {
  return { role: "system", content: [text(value)] };
}

export function toolOf(name: string, over: Partial<FunctionTool> = {}): FunctionTool {
  return { kind: "function", name, parameters: { type: "object" }, ...over };
}

/** Encodes for one vendor's model, with a sealer of a known secret. */
export function encodeFor(
  vendor: string,
  upstreamModel: string,
  request: ChatRequest,
  over: Partial<EncodeTarget> = {},
): EncodedRequest & { receipts: string[] } {
  const profile = vendorProfiles[vendor];
  if (profile === undefined) throw new Error(`no profile ${vendor}`);
  const receipt = over.receipt ?? createReceipt();
  const encoded = encodeRequest(request, { profile, upstreamModel, origin, sealer, receipt, ...over });
  return { ...encoded, receipts: receipt.entries.map((entry) => `${entry.action} ${entry.field}`) };
}

export function messagesFor(vendor: string, model: string, messages: Message[]): WireObject[] {
  return encodeFor(vendor, model, requestOf({ messages })).body.messages as WireObject[];
}

/** The blocks of one of the messages. */
export function blocksAt(messages: readonly WireObject[], at: number): WireObject[] {
  const content: unknown = messages[at]?.content;
  if (!Array.isArray(content)) throw new Error(`message ${at} has no blocks`);
  return content as WireObject[];
}

export const claude = "claude-opus-4-6";

export function claudeMessages(...messages: Message[]): WireObject[] {
  return messagesFor("anthropic", claude, messages);
}
