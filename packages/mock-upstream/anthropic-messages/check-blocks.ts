import { invalidRequest } from "../answer.ts";
import { asArray, asObject, isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { demandString, fieldRequired, refuseExtra } from "./refuse.ts";

const blockFields: Record<string, string[]> = {
  text: ["type", "text", "cache_control", "citations"],
  image: ["type", "source", "cache_control"],
  document: ["type", "source", "cache_control", "citations", "context", "title"],
  search_result: ["type", "source", "title", "content", "cache_control", "citations"],
  thinking: ["type", "thinking", "signature"],
  redacted_thinking: ["type", "data"],
  tool_use: ["type", "id", "name", "input", "cache_control", "caller"],
  tool_result: ["type", "tool_use_id", "content", "is_error", "cache_control"],
  server_tool_use: ["type", "id", "name", "input", "cache_control", "caller"],
  web_search_tool_result: ["type", "tool_use_id", "content", "cache_control", "caller"],
  tool_reference: ["type", "tool_name", "cache_control"],
  compaction: ["type", "content", "cache_control"],
};

const assistantOnly = [
  "thinking",
  "redacted_thinking",
  "tool_use",
  "server_tool_use",
  "web_search_tool_result",
  "compaction",
];
const resultParts = ["text", "image", "document", "search_result", "tool_reference"];

/** The form of every message and content block: roles, types, fields, non-empty texts. */
export function checkBlocks(messages: unknown, betas: string[]): void {
  if (!Array.isArray(messages)) throw invalidRequest("messages: Input should be a valid list");
  if (messages.length === 0) throw invalidRequest("messages: at least one message is required");
  for (const [at, raw] of messages.entries()) {
    if (!isObject(raw))
      throw invalidRequest(`messages.${at}: Input should be a valid dictionary or object to extract fields from`);
    refuseExtra(raw, ["role", "content"], `messages.${at}`);
    checkRole(raw.role, at, betas);
    checkContent(raw, at, at === messages.length - 1);
  }
}

function checkRole(role: unknown, at: number, betas: string[]): void {
  if (role === "user" || role === "assistant") return;
  if (role === undefined) throw fieldRequired(`messages.${at}.role`);
  if (role !== "system") throw invalidRequest(`messages.${at}.role: Input should be 'user' or 'assistant'`);
  if (betas.some((beta) => beta.startsWith("mid-conversation-"))) return;
  throw invalidRequest(
    'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
  );
}

function checkContent(message: JsonObject, at: number, isLast: boolean): void {
  const { content, role } = message;
  if (content === undefined) throw fieldRequired(`messages.${at}.content`);
  const isEmpty = content === "" || (Array.isArray(content) && content.length === 0);
  if (isEmpty && !(isLast && role === "assistant")) {
    throw invalidRequest(
      `messages.${at}: all messages must have non-empty content except for the optional final assistant message`,
    );
  }
  if (typeof content === "string") return;
  if (!Array.isArray(content)) throw invalidRequest(`messages.${at}.content: Input should be a valid list`);
  for (const [index, raw] of content.entries()) {
    checkBlock(asObject(raw), `messages.${at}.content.${index}`, role === "assistant");
  }
}

function checkBlock(block: JsonObject, path: string, isAssistant: boolean): void {
  const type = String(block.type);
  const known = blockFields[type];
  if (!known || type === "tool_reference") throw unexpectedType(path, type, Object.keys(blockFields));
  refuseExtra(block, known, `${path}.${type}`);
  if (assistantOnly.includes(type) && !isAssistant) {
    throw invalidRequest(`${path.split(".content")[0]}: \`${type}\` blocks can only be in \`assistant\` messages`);
  }
  if ((type === "tool_result" || type === "image") && isAssistant) {
    throw invalidRequest(`${path.split(".content")[0]}: \`${type}\` blocks can only be in \`user\` messages`);
  }
  switch (type) {
    case "text":
      demandString(block.text, `${path}.text.text`);
      if (block.text === "") throw invalidRequest("messages: text content blocks must be non-empty");
      if (block.text.trim() === "")
        throw invalidRequest("messages: text content blocks must contain non-whitespace text");
      return;
    case "thinking":
      demandString(block.thinking, `${path}.thinking.thinking`);
      return demandString(block.signature, `${path}.thinking.signature`);
    case "redacted_thinking":
      return demandString(block.data, `${path}.redacted_thinking.data`);
    case "tool_use":
      return checkToolUse(block, path);
    case "tool_result":
      return checkToolResult(block, path);
    case "image":
      return checkImage(block, path);
  }
}

function checkToolUse(block: JsonObject, path: string): void {
  demandString(block.id, `${path}.tool_use.id`);
  if (!/^[a-zA-Z0-9_-]+$/.test(block.id)) {
    throw invalidRequest(`${path}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
  }
  demandString(block.name, `${path}.tool_use.name`);
  if (!/^[a-zA-Z0-9_-]{1,200}$/.test(block.name)) {
    throw invalidRequest(`${path}.tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,200}$'`);
  }
  if (block.input === undefined) throw fieldRequired(`${path}.tool_use.input`);
  if (!isObject(block.input)) throw invalidRequest(`${path}.tool_use.input: Input should be a valid dictionary`);
}

function checkToolResult(block: JsonObject, path: string): void {
  demandString(block.tool_use_id, `${path}.tool_result.tool_use_id`);
  if (!/^[a-zA-Z0-9_-]+$/.test(block.tool_use_id)) {
    throw invalidRequest(`${path}.tool_result.tool_use_id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
  }
  if (block.is_error === true && (block.content ?? "") === "") {
    throw invalidRequest(`${path}.tool_result: content cannot be empty if \`is_error\` is true`);
  }
  if (block.content === undefined || typeof block.content === "string") return;
  if (!Array.isArray(block.content)) throw invalidRequest(`${path}.tool_result.content: Input should be a valid list`);
  if (block.is_error === true && block.content.some((part) => asObject(part).type !== "text")) {
    throw invalidRequest(`${path}.tool_result: all content must be type \`text\` if \`is_error\` is true`);
  }
  for (const [index, raw] of asArray(block.content).entries()) {
    const part = asObject(raw);
    const at = `${path}.tool_result.content.${index}`;
    const type = String(part.type);
    if (!resultParts.includes(type)) throw unexpectedType(at, type, resultParts);
    refuseExtra(part, blockFields[type] ?? [], `${at}.${type}`);
    if (type === "image") checkImage(part, at);
    if (type === "text" && part.text === "") throw invalidRequest("messages: text content blocks must be non-empty");
  }
}

function checkImage(block: JsonObject, path: string): void {
  const source = asObject(block.source);
  if (source.type === "base64") {
    refuseExtra(source, ["type", "media_type", "data"], `${path}.image.source.base64`);
    if (!["image/jpeg", "image/png", "image/gif", "image/webp"].includes(String(source.media_type))) {
      throw invalidRequest(
        `${path}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`,
      );
    }
    return demandString(source.data, `${path}.image.source.base64.data`);
  }
  if (source.type === "url") return demandString(source.url, `${path}.image.source.url.url`);
  if (source.type === "file") return demandString(source.file_id, `${path}.image.source.file.file_id`);
  throw unexpectedType(`${path}.image.source`, String(source.type), ["base64", "file", "url"]);
}

function unexpectedType(path: string, type: string, expected: string[]) {
  const tags = expected.map((tag) => `'${tag}'`).join(", ");
  return invalidRequest(
    `${path}: Input tag '${type}' found using 'type' does not match any of the expected tags: ${tags}`,
  );
}
