import type { ChatRequest, Message } from "../../model/chat-request.ts";
import type { ContentPart } from "../../model/content.ts";
import type { FunctionTool } from "../../model/tool.ts";
import type { EncodedRequest, EncodeTarget } from "../../protocol-contract.ts";
import { createSealer, type Sealer } from "../../reasoning/sealer.ts";
import { createReceipt } from "../../receipt.ts";
import { google } from "../../vendors/google.ts";
import type { WireObject } from "../../wire/json-object.ts";
import { encodeRequest } from "../encode-request.ts";

export const origin = "google/gemini-3-pro";

export const sealer: Sealer = createSealer(new Uint8Array(32));

export function requestOf(over: Partial<ChatRequest>): ChatRequest {
  return {
    model: "any",
    system: [],
    messages: [user({ type: "text", text: "hello" })],
    tools: [],
    sampling: {},
    stream: false,
    extensions: {},
    ...over,
  };
}

export function user(...content: ContentPart[]): Message {
  return { role: "user", content };
}

export function assistant(...content: ContentPart[]): Message {
  return { role: "assistant", content };
}

export function text(value: string): ContentPart {
  return { type: "text", text: value };
}

export function call(id: string, name = "f", args = "{}"): ContentPart {
  return { type: "tool-call", id, name, arguments: args };
}

export function result(callId: string, ...content: Array<{ type: "text"; text: string }>): ContentPart {
  return { type: "tool-result", callId, content };
}

/** A thought as the gateway gave it to a client, with a signature that Google has put on a part of this kind. */
export function thought(value: string, native: string, from = origin): ContentPart {
  return { type: "reasoning", text: value, signature: sealer.seal({ origin: from, native }, value) };
}

export function toolOf(name: string, over: Partial<FunctionTool> = {}): FunctionTool {
  return { kind: "function", name, parameters: { type: "object", properties: {} }, ...over };
}

export function targetFor(upstreamModel: string, over: Partial<EncodeTarget> = {}): { target: EncodeTarget; receipts(): string[] } {
  const receipt = over.receipt ?? createReceipt();
  return {
    target: { profile: google, upstreamModel, origin, sealer, receipt, ...over },
    receipts: () => receipt.entries.map((entry) => `${entry.action} ${entry.field}`),
  };
}

/** Encodes for one of Google's models. */
export function encodeFor(
  upstreamModel: string,
  over: Partial<ChatRequest>,
  target: Partial<EncodeTarget> = {},
): EncodedRequest & { receipts: string[] } {
  const at = targetFor(upstreamModel, target);
  return { ...encodeRequest(requestOf(over), at.target), receipts: at.receipts() };
}

export function contentsFor(upstreamModel: string, ...messages: Message[]): WireObject[] {
  return encodeFor(upstreamModel, { messages }).body.contents as WireObject[];
}
