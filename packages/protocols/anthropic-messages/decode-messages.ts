import type { Message } from "../model/chat-request.ts";
import type { ContentPart } from "../model/content.ts";
import { refuseField } from "../model/error.ts";
import { isObject } from "../wire/json-object.ts";
import { decodeBlocks, withOthers } from "./decode-content.ts";

/** Instructions have fields of their own: `clear_at`, and `output_config` of those that say nothing else. */
const knownFields: ReadonlySet<string> = new Set(["role", "content"]);

/** The calls of the conversation. Neighbouring messages of one role are one turn; instructions between them do not count. */
interface Calls {
  used: Set<string>;
  /** Calls of the latest assistant turn that have no result yet. */
  open: Set<string>;
  lastRole: "user" | "assistant";
}

/** Reads the conversation and checks that calls and results belong together. */
export function decodeMessages(values: readonly unknown[]): Message[] {
  if (values.length === 0) refuseField("messages", "must not be empty");
  const calls: Calls = { used: new Set(), open: new Set(), lastRole: "user" };
  const messages: Message[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    const path = `messages[${index}]`;
    if (!isObject(value)) refuseField(path, "expected an object");
    const { role } = value;
    if (role !== "user" && role !== "assistant" && role !== "system") {
      refuseField(`${path}.role`, "expected user, assistant or system");
    }
    const message: Message = { role, content: decodeBlocks(value.content, `${path}.content`) };
    if (role === "system") withOthers(message, value, knownFields, path);
    checkParts(message, path, calls);
    messages.push(message);
  }
  return messages;
}

/** Every part stands in a message of its role, every result answers a call of the turn before, no call is made twice. */
function checkParts({ role, content }: Message, path: string, calls: Calls): void {
  if (role === "assistant" && calls.lastRole !== "assistant") calls.open.clear();
  if (role !== "system") calls.lastRole = role;
  for (let index = 0; index < content.length; index++) {
    const part = content[index];
    if (part === undefined || part.type === "text") continue;
    const place = placeOf(part);
    if (place !== undefined && place !== role) {
      refuseField(`${path}.content[${index}].type`, `not possible in ${role} messages`);
    }
    if (part.type === "tool-call") {
      if (calls.used.has(part.id)) refuseField(`${path}.content[${index}].id`, "tool_use ids must be unique");
      calls.used.add(part.id);
      calls.open.add(part.id);
    } else if (part.type === "tool-result" && !calls.open.delete(part.callId)) {
      const reason = calls.used.has(part.callId)
        ? "every tool_use of the assistant turn before can have one tool_result"
        : "no tool_use of the assistant turn before has this id";
      refuseField(`${path}.content[${index}].tool_use_id`, reason);
    }
  }
}

// Blocks of the protocol's own (`tool_addition` in instructions, for example) may stand anywhere.
function placeOf(part: ContentPart): Message["role"] | undefined {
  switch (part.type) {
    case "reasoning":
    case "tool-call":
    case "web-search":
    case "tool-search":
      return "assistant";
    case "tool-result":
    case "image":
    case "document":
      return "user";
    default:
      return undefined;
  }
}
