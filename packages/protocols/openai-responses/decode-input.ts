import type { Message } from "../model/chat-request.ts";
import type {
  ContentPart,
  OpaquePart,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../model/content.ts";
import { refuseField } from "../model/error.ts";
import type { Tool } from "../model/tool.ts";
import { checkDepth, readArray, readName, readObject, readOptionalString, readString } from "../wire/read-field.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { compactionWish, readSummary } from "./compaction.ts";
import { decodeContent, decodeTextContent, readOthers, withOthers } from "./decode-content.ts";
import { decodeTools } from "./decode-tools.ts";
import { decodeSearchItem } from "./hosted-items.ts";
import { readEnvelope, readThought } from "./native-reasoning.ts";

const messageFields: ReadonlySet<string> = new Set(["type", "role", "content", "id", "status"]);
const callFields: ReadonlySet<string> = new Set(
  "type id status call_id name namespace arguments input execution".split(" "),
);
const outputFields: ReadonlySet<string> = new Set("type id status call_id output name namespace execution".split(" "));
const reasoningFields: ReadonlySet<string> = new Set("type status summary content encrypted_content".split(" "));

export interface DecodedInput {
  system: TextPart[];
  messages: Message[];
  /** Tools that a search of the client's has found: they stand in the conversation, not in `tools`. */
  foundTools: Tool[];
}

/**
 * Reads `input`. Its items are flat; in the hub all that the model did between two of the client's words is one message, and
 * the results that follow each other are one, too.
 */
export function decodeInput(value: unknown): DecodedInput {
  const decoder = new InputDecoder();
  if (typeof value === "string") decoder.addUser([{ type: "text", text: readString(value, "input") }], undefined);
  else {
    const items = readArray(value, "input");
    if (items.length === 0) refuseField("input", "must not be empty");
    for (const [at, item] of items.entries())
      decoder.take(readObject(item, `input[${at}]`), `input[${at}]`, items[at + 1]);
  }
  return decoder;
}

class InputDecoder implements DecodedInput {
  readonly system: TextPart[] = [];
  readonly messages: Message[] = [];
  readonly foundTools: Tool[] = [];
  readonly #callIds = new Set<string>();
  /** The message that further items of its kind go into. */
  #open: { kind: "answer" | "results"; message: Message } | undefined;
  /** The item was read together with the one before it. */
  #skip = false;

  addUser(content: ContentPart[], others: WireObject | undefined): void {
    this.#open = undefined;
    const message: Message = { role: "user", content };
    if (others !== undefined) message.extensions = { "openai-responses": others };
    this.messages.push(message);
  }

  take(item: WireObject, path: string, next: unknown): void {
    if (this.#skip) {
      this.#skip = false;
      return;
    }
    switch (item.type) {
      case undefined:
      case null:
      case "message":
        // `type` may be left out of a reference, too.
        if (item.role === undefined && typeof item.id === "string") return this.#takeReference(item, path);
        return this.#takeMessage(item, path);
      case "reasoning":
        return this.#addAnswer(decodeReasoning(item, path));
      case "function_call":
      case "custom_tool_call":
        return this.#takeCall(item, path);
      case "function_call_output":
      case "custom_tool_call_output":
        return this.#takeOutput(item, path);
      case "tool_search_call":
        if (item.execution === "client") return this.#takeCall(item, path);
        break;
      case "tool_search_output":
        if (item.execution === "client") return this.#takeFoundTools(item, path);
        break;
      case "item_reference":
        return this.#takeReference(item, path);
      case "compaction_trigger":
        return this.addUser([{ type: "text", text: compactionWish }], undefined);
      // Codex' own name for what it has kept.
      case "compaction_summary":
      case "compaction": {
        const summary = readSummary(item.encrypted_content);
        if (summary !== undefined) return this.addUser([{ type: "text", text: summary }], undefined);
        break;
      }
      default:
    }
    const search = decodeSearchItem(item, next);
    if (search === undefined) return this.#takeOpaque(item, path);
    this.#skip = search.type === "tool-search";
    this.#addAnswer(search);
  }

  #addAnswer(part: ContentPart): void {
    if (this.#open?.kind !== "answer") this.#begin("answer", "assistant");
    this.#open?.message.content.push(part);
  }

  #addResult(part: ToolResultPart): void {
    if (this.#open?.kind !== "results") this.#begin("results", "user");
    this.#open?.message.content.push(part);
  }

  #begin(kind: "answer" | "results", role: "assistant" | "user"): void {
    const message: Message = { role, content: [] };
    this.messages.push(message);
    this.#open = { kind, message };
  }

  #takeMessage(item: WireObject, path: string): void {
    const others = readOthers(item, messageFields, path);
    switch (item.role) {
      case "user":
        return this.addUser(decodeContent(item.content, `${path}.content`), others);
      case "system":
      case "developer": {
        const content = decodeTextContent(item.content, `${path}.content`);
        if (this.messages.length === 0) {
          // Kept apart from `instructions`; the parts of one message share their extensions.
          const extensions = { "openai-responses": { ...others, role: item.role } };
          for (const part of content) this.system.push({ ...part, extensions });
          return;
        }
        this.#open = undefined;
        const message: Message = { role: "system", content };
        if (others !== undefined) message.extensions = { "openai-responses": others };
        this.messages.push(message);
        return;
      }
      case "assistant": {
        const parts = decodeContent(item.content, `${path}.content`);
        for (const [index, part] of parts.entries()) {
          if (part.type !== "text" && part.type !== "refusal" && part.type !== "opaque") {
            refuseField(`${path}.content[${index}].type`, "not possible in a message of the assistant");
          }
          // `phase` and the like belong to the item.
          if (part.type === "text" && others !== undefined) {
            part.extensions = { "openai-responses": { ...part.extensions?.["openai-responses"], message: others } };
          }
          this.#addAnswer(part);
        }
        return;
      }
      default:
        refuseField(`${path}.role`, "expected user, assistant, system or developer");
    }
  }

  #takeCall(item: WireObject, path: string): void {
    const call = decodeCall(item, path);
    this.#callIds.add(call.id);
    this.#addAnswer(call);
  }

  #takeOutput(item: WireObject, path: string): void {
    const callId = this.#readCallId(item, path);
    const content: ToolResultPart["content"] = [];
    for (const [index, part] of decodeContent(item.output, `${path}.output`).entries()) {
      if (part.type === "text" || part.type === "image" || part.type === "document" || part.type === "opaque") {
        content.push(part);
      } else refuseField(`${path}.output[${index}].type`, "not possible in a tool's output");
    }
    const result: ToolResultPart = { type: "tool-result", callId, content };
    this.#addResult(withOthers(result, item, outputFields, path));
  }

  #takeFoundTools(item: WireObject, path: string): void {
    const callId = this.#readCallId(item, path);
    const tools = decodeTools(item.tools, `${path}.tools`);
    const content: ToolResultPart["content"] = [];
    for (const tool of tools) {
      if (tool.kind === "hosted") continue;
      this.foundTools.push({ ...tool, deferred: true });
      content.push({ type: "tool-reference", name: tool.name });
    }
    if (content.length === 0) content.push({ type: "text", text: "No tool was found." });
    const result: ToolResultPart = { type: "tool-result", callId, content };
    this.#addResult(withOthers(result, item, outputFields, path));
  }

  #readCallId(item: WireObject, path: string): string {
    const callId = readName(item.call_id, `${path}.call_id`);
    if (!this.#callIds.has(callId)) refuseField(`${path}.call_id`, "no tool call with this id precedes this output");
    return callId;
  }

  /**
   * Only what is said is known here. A reference to reasoning can be missed (@ai-sdk/openai refers to thoughts unless told
   * `store: false`): it is left out, and the encoder notes it. Anything else would leave a hole in the conversation.
   */
  #takeReference(item: WireObject, path: string): void {
    const id = readName(item.id, `${path}.id`);
    if (!id.startsWith("rs_")) {
      refuseField(`${path}.id`, `no item ${id} is held here; send the item itself (with \`store: false\`, SDKs do)`);
    }
    this.#addAnswer(opaque({ type: "item_reference", id }));
  }

  /** Items of this protocol's own: what they mean to others nobody knows, so they stay where they are. */
  #takeOpaque(item: WireObject, path: string): void {
    const type = readName(item.type, `${path}.type`);
    checkDepth(item, path);
    if (isClientItem(type)) this.addUser([opaque(item)], undefined);
    else this.#addAnswer(opaque(item));
  }
}

function opaque(value: WireObject): OpaquePart {
  return { type: "opaque", protocol: "openai-responses", value };
}

function isClientItem(type: string): boolean {
  return type.endsWith("_output") || type === "mcp_approval_response";
}

function decodeCall(item: WireObject, path: string): ToolCallPart {
  const id = readName(item.call_id, `${path}.call_id`);
  if (item.type === "tool_search_call") {
    const call: ToolCallPart = { type: "tool-call", id, name: "tool_search", arguments: readArguments(item, path) };
    return withOthers({ ...call, toolSearch: true }, item, callFields, path);
  }
  const name = readName(item.name, `${path}.name`);
  const isCustom = item.type === "custom_tool_call";
  const call: ToolCallPart = {
    type: "tool-call",
    id,
    name,
    arguments: isCustom ? readString(item.input, `${path}.input`) : readArguments(item, path),
  };
  if (isCustom) call.custom = true;
  const namespace = readOptionalString(item.namespace, `${path}.namespace`);
  if (namespace !== undefined && namespace !== "") call.namespace = namespace;
  return withOthers(call, item, callFields, path);
}

// Some clients send the object itself, and a search always is one.
function readArguments(item: WireObject, path: string): string {
  const { arguments: value } = item;
  if (value === undefined || value === null) return "";
  if (!isObject(value)) return readString(value, `${path}.arguments`);
  checkDepth(value, `${path}.arguments`);
  return JSON.stringify(value);
}

function decodeReasoning(item: WireObject, path: string): ReasoningPart {
  const { text } = readThought(item);
  const encrypted = readOptionalString(item.encrypted_content, `${path}.encrypted_content`);
  if (!text.isWellFormed()) refuseField(`${path}.summary`, "holds half of a UTF-16 surrogate pair");
  const part: ReasoningPart = { type: "reasoning", text };
  if (encrypted !== undefined && encrypted !== "") {
    const { envelope, isRedacted } = readEnvelope(encrypted);
    if (isRedacted) part.redacted = envelope;
    else part.signature = envelope;
  }
  return withOthers(part, item, reasoningFields, path);
}
