import type { ChatRequest, Message } from "../model/chat-request.ts";
import type { ContentPart, ToolCallPart, ToolResultPart } from "../model/content.ts";
import { RequestError } from "../model/error.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { noteOpaque } from "../note-losses.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { describeLoaded } from "../tools/order-tools.ts";
import { parseArguments } from "../tools/parse-arguments.ts";
import { wrapInput } from "../tools/show-custom-tool.ts";
import type { ToolNames } from "../tools/tool-names.ts";
import { claudeTraits } from "./claude-models.ts";
import { encodeDocument, encodeImage, encodeTextPart, finishBlock, isBlank } from "./encode-content.ts";
import { encodeThought, endWithoutThought, lacksThought, restoreThought } from "./encode-thought.ts";
import { placeInstructions, wrapReminder } from "./place-instructions.ts";
import { createToolUseIds, type ToolUseIds } from "./tool-use-ids.ts";

export interface EncodedMessages {
  messages: WireObject[];
  /** Mid-conversation instructions are among them. */
  needsSystemBeta: boolean;
  /** The tool calls that wait for an answer are not preceded by a thought. */
  thoughtMissing: boolean;
}

interface Context {
  target: EncodeTarget;
  ids: ToolUseIds;
  names: ToolNames;
}

/**
 * Writes the conversation: results first in the message after their calls, every call answered, nothing empty. An assistant
 * message that has nothing left is dropped, and the user messages around it become one, as Anthropic itself would join them.
 * @throws RequestError when nothing is left at all
 */
export function encodeMessages(request: ChatRequest, target: EncodeTarget, names: ToolNames): EncodedMessages {
  const context: Context = { target, ids: createToolUseIds(), names };
  const takesSystem = target.profile.anthropicBetas && claudeTraits(target.upstreamModel)?.systemMessages !== false;
  const encoded: WireObject[] = [];
  // Calls of the last assistant turn without a result yet, and what stood before the results came.
  let waiting = new Set<string>();
  let postponed: WireObject[] = [];

  function push(role: "user" | "assistant", content: WireObject[]): void {
    if (content.length === 0) return;
    const last = encoded.at(-1);
    if (last?.role === role && Array.isArray(last.content)) last.content.push(...content);
    else encoded.push({ role, content });
  }

  function answerMissing(): void {
    if (waiting.size > 0) {
      target.receipt.note("repaired", "messages", "a tool call had no result");
      push("user", [...waiting].map(missingResult));
      waiting = new Set();
    }
    push("user", postponed);
    postponed = [];
  }

  function takeInstruction(message: Message): void {
    // Never between a call and its result.
    if (takesSystem && waiting.size === 0) {
      const content = message.content.flatMap((part) => encodeUserPart(part, context));
      const others = message.extensions?.["anthropic-messages"];
      if (content.length > 0 || others !== undefined) encoded.push({ role: "system", content, ...others });
      return;
    }
    if (message.extensions?.["anthropic-messages"] !== undefined) {
      target.receipt.note("dropped", "messages.system.*", "fields this upstream may not know");
    }
    const folded = message.content.flatMap((part) => foldInstruction(part, target));
    if (waiting.size > 0) postponed.push(...folded);
    else push("user", folded);
  }

  function takeUser(message: Message): void {
    const results: WireObject[] = [];
    const others: WireObject[] = [];
    for (const part of message.content) {
      if (part.type !== "tool-result") {
        others.push(...encodeUserPart(part, context));
        continue;
      }
      const id = context.ids.ofResult(part.callId);
      if (id === undefined) {
        target.receipt.note("approximated", "messages.tool_result", "a result without its call is told as text");
        others.push(...part.content.flatMap((piece) => encodeUserPart(piece, context)));
        continue;
      }
      waiting.delete(id);
      results.push(encodeToolResult(part, id, context));
    }
    push("user", results);
    // The other results may come in the next message: what is no result waits for them.
    if (waiting.size > 0) postponed.push(...others);
    else {
      answerMissing();
      push("user", others);
    }
  }

  function takeAssistant(message: Message): void {
    answerMissing();
    if (encoded.at(-1)?.role !== "assistant") context.ids.startTurn();
    const content = message.content.flatMap((part) => encodeAssistantPart(part, context));
    restoreThought(content, target);
    if (target.profile.verifiesSignatures) endWithoutThought(content, target);
    push("assistant", content);
    for (const block of content) if (block.type === "tool_use") waiting.add(String(block.id));
  }

  for (const message of request.messages) {
    if (message.role === "system") takeInstruction(message);
    else if (message.role === "user") takeUser(message);
    else takeAssistant(message);
  }
  answerMissing();
  const messages = placeInstructions(encoded, target.receipt);
  beginWithUser(messages, target);
  const needsSystemBeta = messages.some((message) => message.role === "system");
  return { messages, needsSystemBeta, thoughtMissing: lacksThought(messages) };
}

function missingResult(id: string): WireObject {
  return { type: "tool_result", tool_use_id: id, content: "No result was returned.", is_error: true };
}

/** The user says it. */
function foldInstruction(part: ContentPart, target: EncodeTarget): WireObject[] {
  if (part.type !== "text") {
    target.receipt.note("dropped", "messages.system", "only text can be told in the user's name");
    return [];
  }
  if (isBlank(part.text)) return [];
  target.receipt.note("approximated", "messages.system", "told to the model in the user's name");
  return [wrapReminder(encodeTextPart(part, target))];
}

function encodeUserPart(part: ContentPart, { target }: Context): WireObject[] {
  switch (part.type) {
    case "text":
      return isBlank(part.text) ? [] : [encodeTextPart(part, target)];
    case "image":
      return [encodeImage(part, target)];
    case "document":
      return [encodeDocument(part, target)];
    case "refusal":
      return isBlank(part.text) ? [] : [{ type: "text", text: part.text }];
    case "opaque":
      // A copy, because cache marks that are too many are taken off again.
      if (part.protocol === "anthropic-messages") return [{ ...part.value }];
      noteOpaque(part, target.receipt);
      return [];
    case "tool-reference":
      if (target.profile.anthropicBetas) return [{ type: "tool_reference", tool_name: part.name }];
      return [{ type: "text", text: describeLoaded(part.name) }];
    case "web-search":
    case "tool-search":
      target.receipt.note("dropped", `content.${part.type}`, "made by another provider");
      return [];
    case "reasoning":
    case "tool-call":
    case "tool-result":
      return [];
  }
}

function encodeAssistantPart(part: ContentPart, context: Context): WireObject[] {
  switch (part.type) {
    case "reasoning":
      return encodeThought(part, context.target);
    case "tool-call":
      return [encodeToolUse(part, context)];
    default:
      return encodeUserPart(part, context);
  }
}

function encodeToolUse(part: ToolCallPart, { target, ids, names }: Context): WireObject {
  const id = ids.ofCall(part.id);
  if (id !== part.id) target.receipt.note("repaired", "messages.tool_use.id", "an id that Messages does not take");
  const input = part.custom === true ? wrapInput(part.arguments) : parseArguments(part.arguments, target.receipt);
  const block: WireObject = { type: "tool_use", id, name: names.toWire(part.name, part.namespace), input };
  return finishBlock(block, part, target);
}

function encodeToolResult(part: ToolResultPart, id: string, context: Context): WireObject {
  const { target } = context;
  const content = part.content.flatMap((inner) =>
    inner.type === "text" && inner.text !== "" ? [encodeTextPart(inner, target)] : encodeUserPart(inner, context),
  );
  const only = content[0];
  const block: WireObject = { type: "tool_result", tool_use_id: id };
  if (content.length === 1 && only?.type === "text" && Object.keys(only).length === 2) block.content = only.text;
  else if (content.length > 0) block.content = content;
  if (part.isError === true) {
    if (content.every((inner) => inner.type === "text")) {
      block.is_error = true;
      // "content cannot be empty if `is_error` is true"
      block.content ??= "(no output)";
    } else target.receipt.note("dropped", "messages.tool_result.is_error", "possible for results of text only");
  }
  return finishBlock(block, part, target);
}

/** "messages: first message must use the user role". A history compacted by this protocol may begin with its own block. */
function beginWithUser(messages: WireObject[], target: EncodeTarget): void {
  const first = messages[0];
  if (first === undefined) {
    throw new RequestError({ code: "invalid_request", message: "messages: no message has content", param: "messages" });
  }
  if (first.role !== "assistant") return;
  const block: unknown = Array.isArray(first.content) ? first.content[0] : undefined;
  if (isObject(block) && block.type === "compaction") return;
  target.receipt.note("repaired", "messages", "a conversation must begin with the user");
  messages.unshift({ role: "user", content: [{ type: "text", text: "(the conversation begins)" }] });
}
