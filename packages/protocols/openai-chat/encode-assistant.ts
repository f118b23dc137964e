import type { Message } from "../model/chat-request.ts";
import type { ReasoningPart, ToolCallPart } from "../model/content.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { mendArguments } from "../tools/parse-arguments.ts";
import { wrapInput } from "../tools/show-custom-tool.ts";
import type { ToolNames } from "../tools/tool-names.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { encodePart, isPlainText } from "./encode-content.ts";
import { addThoughts } from "./encode-thoughts.ts";
import { noteCacheMark, withoutMarks } from "./note-losses.ts";
import type { NameCall } from "./tool-call-ids.ts";
import type { WireMessage, WirePart, WireToolCall } from "./wire.ts";

/** A call and the id under which the upstream sees it. */
export interface SentCall {
  id: string;
  name: string;
  wireId: string;
}

export interface EncodedAssistant {
  message: WireMessage;
  calls: SentCall[];
}

/**
 * Writes one turn of the model, given as one message or as several that belong together: text, calls and, as the profile
 * demands, its thoughts. Nothing for a turn without text and calls, which vendors refuse.
 */
export function encodeAssistant(
  turn: readonly Message[],
  profile: VendorProfile,
  target: EncodeTarget,
  names: ToolNames,
  nameCall: NameCall,
): EncodedAssistant | undefined {
  const content: WirePart[] = [];
  const thoughts: ReasoningPart[] = [];
  const toolCalls: WireToolCall[] = [];
  const calls: SentCall[] = [];
  let onlyText = true;
  // A mark would change the form of the message, and with it the bytes, when the client moves it on.
  const unmarked = profile.cacheControl ? { ...profile, cacheControl: false } : profile;
  for (const message of turn) {
    for (const part of message.content) {
      if (part.type === "reasoning") thoughts.push(part);
      else if (part.type === "tool-call") {
        const wireName = names.toWire(part.name, part.namespace);
        const wireId = nameCall(part.id, wireName);
        toolCalls.push(encodeToolCall(part, wireId, wireName, profile, target));
        calls.push({ id: part.id, name: part.name, wireId });
      } else {
        const wirePart = encodePart(part, unmarked, target.receipt);
        if (wirePart === undefined) continue;
        if (!isPlainText(wirePart)) onlyText = false;
        content.push(wirePart);
      }
    }
  }
  if (content.length === 0 && toolCalls.length === 0) {
    target.receipt.note("repaired", "messages.assistant", "an assistant message without text and calls was left out");
    return undefined;
  }
  // The pieces of one answer were one string before reasoning stood between them.
  const text = onlyText ? content.map((part) => part.text).join("") : content;
  const message: WireMessage = { role: "assistant", content: content.length === 0 ? null : text };
  addThoughts(message, thoughts, toolCalls.length > 0, profile, target);
  if (toolCalls.length > 0) message.tool_calls = toolCalls;
  for (const one of turn) Object.assign(message, one.extensions?.["openai-chat"]);
  return { message, calls };
}

function encodeToolCall(
  part: ToolCallPart,
  wireId: string,
  wireName: string,
  profile: VendorProfile,
  target: EncodeTarget,
): WireToolCall {
  noteCacheMark(part, withoutMarks, target.receipt);
  if (part.custom === true) {
    if (profile.customTools === true) {
      return { id: wireId, type: "custom", custom: { name: wireName, input: part.arguments } };
    }
    target.receipt.note("emulated", "messages.custom_tool_call", "a free-text call is shown as a function call");
    const text = JSON.stringify(wrapInput(part.arguments));
    return { id: wireId, type: "function", function: { name: wireName, arguments: text } };
  }
  return {
    id: wireId,
    type: "function",
    function: { name: wireName, arguments: mendArguments(part.arguments, target.receipt) },
  };
}
