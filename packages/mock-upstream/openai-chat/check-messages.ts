import { invalidRequest } from "../answer.ts";
import { asArray, asObject, isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import type { ChatDialect } from "./dialects/dialect.ts";

const roles = ["system", "developer", "user", "assistant", "tool"];

/** The rules that every provider of the chat protocol has about the messages: roles, contents, calls and their answers. */
export function checkChatMessages(body: JsonObject, dialect: ChatDialect): void {
  const messages = body.messages;
  if (!Array.isArray(messages)) {
    throw invalidRequest("Missing required parameter: 'messages'.", "messages", "missing_required_parameter");
  }
  if (messages.length === 0) {
    throw invalidRequest(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      "messages",
      "empty_array",
    );
  }
  for (const [at, message] of messages.entries()) {
    if (!isObject(message))
      throw invalidRequest(`Invalid type for 'messages[${at}]': expected an object.`, "messages", "invalid_type");
    checkMessage(message, at, dialect);
  }
  checkPairs(messages.map(asObject), dialect);
}

function checkMessage(message: JsonObject, at: number, dialect: ChatDialect): void {
  const path = `messages[${at}]`;
  const role = String(message.role);
  if (!roles.includes(role) || dialect.unknownRoles?.includes(role) === true) {
    throw invalidRequest(
      `Invalid value: '${role}'. Supported values are: 'system', 'assistant', 'user', 'tool', and 'developer'.`,
      `${path}.role`,
      "invalid_value",
    );
  }
  const unknown = Object.keys(message).find((key) => !dialect.messageFields.has(key));
  if (unknown) {
    throw invalidRequest(
      `Additional properties are not allowed ('${unknown}' was unexpected) - 'messages.${at}'`,
      path,
    );
  }
  checkContent(message, at, role, dialect);
  if (message.tool_calls !== undefined && message.tool_calls !== null) checkCalls(message.tool_calls, path, role);
  if (role === "tool" && typeof message.tool_call_id !== "string") {
    throw invalidRequest(
      `Missing required parameter: '${path}.tool_call_id'.`,
      `${path}.tool_call_id`,
      "missing_required_parameter",
    );
  }
}

function checkContent(message: JsonObject, at: number, role: string, dialect: ChatDialect): void {
  const { content } = message;
  const path = `messages[${at}].content`;
  if (typeof content === "string") return;
  if (content === undefined || content === null) {
    // Whether an assistant message may be wholly empty is the vendor's affair.
    if (role === "assistant") return;
    throw invalidRequest("Invalid value for 'content': expected a string, got null.", path);
  }
  if (!Array.isArray(content)) {
    throw invalidRequest(
      `Invalid type for '${path}': expected one of a string or array of objects.`,
      path,
      "invalid_type",
    );
  }
  if (content.length === 0 && role !== "assistant") {
    throw invalidRequest(
      `Invalid '${path}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
      path,
      "empty_array",
    );
  }
  for (const [index, part] of content.entries()) {
    const { type, text, image_url: image } = asObject(part);
    if (!dialect.partTypes.has(String(type))) throw dialect.invalidPart(at, role, String(type));
    if (type === "text" && typeof text !== "string") {
      throw invalidRequest(
        `Missing required parameter: '${path}[${index}].text'.`,
        `${path}[${index}].text`,
        "missing_required_parameter",
      );
    }
    const extra = Object.keys(asObject(part)).find(
      (key) => key !== "type" && key !== type && !dialect.partExtras?.has(key),
    );
    if (extra)
      throw invalidRequest(
        `Unknown parameter: '${path}[${index}].${extra}'.`,
        `${path}[${index}].${extra}`,
        "unknown_parameter",
      );
    if (type === "image_url" && typeof asObject(image).url !== "string") {
      throw invalidRequest(
        `Missing required parameter: '${path}[${index}].image_url.url'.`,
        `${path}[${index}]`,
        "missing_required_parameter",
      );
    }
    if (type === "image_url" && role !== "user" && role !== "tool") {
      throw invalidRequest(
        "Image URLs are only allowed for messages with role 'user', but this message with role " +
          `'${role}' contains an image URL.`,
        path,
      );
    }
  }
}

function checkCalls(calls: unknown, path: string, role: string): void {
  if (role !== "assistant")
    throw invalidRequest(`'tool_calls' is only allowed for role 'assistant'.`, `${path}.tool_calls`);
  if (!Array.isArray(calls) || calls.length === 0) {
    throw invalidRequest(
      `Invalid '${path}.tool_calls': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
      `${path}.tool_calls`,
      "empty_array",
    );
  }
  for (const [index, raw] of calls.entries()) {
    const call = asObject(raw);
    const at = `${path}.tool_calls[${index}]`;
    const definition = asObject(call.function);
    if (typeof call.id !== "string" || call.id === "")
      throw invalidRequest(`Missing required parameter: '${at}.id'.`, `${at}.id`, "missing_required_parameter");
    if (call.type !== "function")
      throw invalidRequest(
        `Invalid value: '${String(call.type)}'. Supported values are: 'function'.`,
        `${at}.type`,
        "invalid_value",
      );
    const extra = Object.keys(call).find((key) => !["id", "type", "function", "index"].includes(key));
    if (extra) throw invalidRequest(`Unknown parameter: '${at}.${extra}'.`, `${at}.${extra}`, "unknown_parameter");
    if (typeof definition.name !== "string" || definition.name === "") {
      throw invalidRequest(
        `Missing required parameter: '${at}.function.name'.`,
        `${at}.function.name`,
        "missing_required_parameter",
      );
    }
    checkArguments(definition.arguments, `${at}.function.arguments`);
  }
}

function checkArguments(text: unknown, path: string): void {
  if (typeof text !== "string") {
    throw invalidRequest(
      `Invalid type for '${path}': expected a string, but got ${typeof text} instead.`,
      path,
      "invalid_type",
    );
  }
  try {
    if (isObject(JSON.parse(text))) return;
  } catch {
    // Falls through to the refusal: what does not parse is no object either.
  }
  throw invalidRequest(`Invalid '${path}': expected a string holding a JSON object.`, path, "invalid_value");
}

// Each call is answered exactly once, before anybody else speaks; ids are never used twice.
function checkPairs(messages: JsonObject[], dialect: ChatDialect): void {
  const used = new Set<string>();
  let open = new Set<string>();
  for (const message of messages) {
    if (message.role === "tool") {
      const id = String(message.tool_call_id);
      if (!open.delete(id)) throw dialect.orphanResult(id);
      continue;
    }
    if (open.size > 0) throw dialect.unansweredCalls([...open]);
    open = new Set();
    for (const call of asArray(message.tool_calls)) {
      const id = String(asObject(call).id);
      if (used.has(id)) throw invalidRequest(`Duplicate value for 'tool_call_id' of '${id}'`, "messages");
      used.add(id);
      open.add(id);
    }
  }
  if (open.size > 0) throw dialect.unansweredCalls([...open]);
}
