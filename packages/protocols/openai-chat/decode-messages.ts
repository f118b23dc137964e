import type { Message } from "../model/chat-request.ts";
import type { ContentPart, TextPart, ToolCallPart, ToolResultPart } from "../model/content.ts";
import { refuseField } from "../model/error.ts";
import { decodeCacheMark, decodePart, decodeTextContent, decodeUserContent, withOthers } from "./decode-content.ts";
import { decodeAssistantReasoning } from "./decode-reasoning.ts";
import { checkDepth, readArray, readName, readObject, readString } from "../wire/read-field.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

const systemFields: ReadonlySet<string> = new Set(["role", "content"]);

/** Fields of a message that the hub has no word for, kept for upstreams of this protocol. */
const extensionFields = ["name", "audio", "partial", "prefix"];

/** Reads `messages`: leading instructions become the system text, tool messages become results in one user message. */
export function decodeMessages(value: unknown): { system: TextPart[]; messages: Message[] } {
  const list = readArray(value, "messages");
  if (list.length === 0) refuseField("messages", "must not be empty");
  const system: TextPart[] = [];
  const messages: Message[] = [];
  const callIds = new Set<string>();
  let results: Message | undefined;
  let legacyCalls = 0;

  function addResult(result: ToolResultPart): void {
    if (results === undefined) messages.push((results = { role: "user", content: [] }));
    results.content.push(result);
  }

  for (const [at, item] of list.entries()) {
    const path = `messages[${at}]`;
    const message = readObject(item, path);
    if (message.role !== "tool" && message.role !== "function") results = undefined;
    switch (message.role) {
      case "system":
      case "developer": {
        const content = decodeTextContent(message.content, `${path}.content`);
        if (messages.length > 0) messages.push(withExtensions({ role: "system", content }, message, path));
        else for (const part of content) system.push(withOthers(part, message, systemFields, path));
        break;
      }
      case "user":
        messages.push(
          withExtensions(
            { role: "user", content: decodeUserContent(message.content, `${path}.content`) },
            message,
            path,
          ),
        );
        break;
      case "assistant": {
        const content = decodeAssistantContent(message, path);
        if (isObject(message.function_call)) {
          content.push(decodeLegacyCall(message.function_call, `call_function_${legacyCalls++}`, path));
        }
        for (const part of content) if (part.type === "tool-call") callIds.add(part.id);
        messages.push(withExtensions({ role: "assistant", content }, message, path));
        break;
      }
      case "tool":
        addResult(decodeToolResult(message, callIds, path));
        break;
      case "function": {
        if (legacyCalls === 0) refuseField(`${path}.name`, "no function call precedes this result");
        const content = decodeResultContent(message.content, `${path}.content`);
        addResult({ type: "tool-result", callId: `call_function_${legacyCalls - 1}`, content });
        break;
      }
      default:
        refuseField(`${path}.role`, "expected system, developer, user, assistant or tool");
    }
  }
  return { system, messages };
}

function withExtensions(result: Message, message: WireObject, path: string): Message {
  for (const field of extensionFields) {
    const value = message[field];
    if (value === undefined || value === null) continue;
    checkDepth(value, `${path}.${field}`);
    result.extensions ??= { "openai-chat": {} };
    (result.extensions["openai-chat"] ??= {})[field] = value;
  }
  return result;
}

function decodeAssistantContent(message: WireObject, path: string): ContentPart[] {
  const parts: ContentPart[] = decodeAssistantReasoning(message, path);
  const { content, refusal } = message;
  if (typeof content === "string") {
    if (content !== "") parts.push({ type: "text", text: readString(content, `${path}.content`) });
  } else if (Array.isArray(content)) {
    for (const [index, part] of content.entries()) parts.push(decodePart(part, `${path}.content[${index}]`));
  } else if (content !== undefined && content !== null) {
    refuseField(`${path}.content`, "expected a string, an array of content parts or null");
  }
  if (typeof refusal === "string" && refusal !== "") parts.push({ type: "refusal", text: refusal });
  const calls = message.tool_calls;
  if (calls === undefined || calls === null) return parts;
  for (const [index, call] of readArray(calls, `${path}.tool_calls`).entries()) {
    parts.push(decodeToolCall(call, `${path}.tool_calls[${index}]`));
  }
  return parts;
}

function decodeToolCall(value: unknown, path: string): ToolCallPart {
  const call = readObject(value, path);
  const id = readName(call.id, `${path}.id`);
  if (call.type === "custom") {
    const { name, input } = readObject(call.custom, `${path}.custom`);
    return {
      type: "tool-call",
      id,
      name: readName(name, `${path}.custom.name`),
      arguments: readString(input, `${path}.custom.input`),
      custom: true,
    };
  }
  const definition = readObject(call.function, `${path}.function`);
  const name = readName(definition.name, `${path}.function.name`);
  return { type: "tool-call", id, name, arguments: readArguments(definition.arguments, `${path}.function.arguments`) };
}

function decodeLegacyCall(call: WireObject, id: string, path: string): ToolCallPart {
  const name = readName(call.name, `${path}.function_call.name`);
  return { type: "tool-call", id, name, arguments: readArguments(call.arguments, `${path}.function_call.arguments`) };
}

// Some clients send the object itself.
function readArguments(value: unknown, path: string): string {
  if (value === undefined || value === null) return "";
  if (!isObject(value)) return readString(value, path);
  checkDepth(value, path);
  return JSON.stringify(value);
}

function decodeToolResult(message: WireObject, callIds: ReadonlySet<string>, path: string): ToolResultPart {
  const callId = readName(message.tool_call_id, `${path}.tool_call_id`);
  if (!callIds.has(callId)) refuseField(`${path}.tool_call_id`, "no tool call with this id precedes this message");
  const result: ToolResultPart = {
    type: "tool-result",
    callId,
    content: decodeResultContent(message.content, `${path}.content`),
  };
  const cache = decodeCacheMark(message.cache_control);
  if (cache !== undefined) result.cache = cache;
  return result;
}

function decodeResultContent(value: unknown, path: string): ToolResultPart["content"] {
  const content: ToolResultPart["content"] = [];
  for (const [at, part] of decodeUserContent(value, path).entries()) {
    if (part.type === "text" || part.type === "image" || part.type === "document" || part.type === "opaque") {
      content.push(part);
    } else {
      refuseField(`${path}[${at}].type`, "not possible in a tool message");
    }
  }
  return content;
}
