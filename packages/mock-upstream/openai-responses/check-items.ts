import { invalidRequest } from "../answer.ts";
import { asArray, asObject, isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { checkToolList } from "./check-tools.ts";
import { demandName, demandText, invalidType, invalidValue, missingParameter, refuseUnknown } from "./refuse.ts";

// Codex adds the last field to every item it sends to OpenAI itself.
const passed = "internal_chat_message_metadata_passthrough";

type ItemRule = { fields: string[]; idPrefix?: string };

const itemRules: Record<string, ItemRule> = {
  message: { fields: ["id", "role", "content", "status", "phase"], idPrefix: "msg" },
  reasoning: { fields: ["id", "summary", "content", "encrypted_content", "status"], idPrefix: "rs" },
  function_call: { fields: "id call_id name namespace arguments status caller".split(" "), idPrefix: "fc" },
  function_call_output: { fields: "id call_id output status name namespace caller".split(" "), idPrefix: "fc" },
  custom_tool_call: { fields: "id call_id name namespace input status caller".split(" "), idPrefix: "ctc" },
  custom_tool_call_output: { fields: ["id", "call_id", "output", "status", "caller"], idPrefix: "ctc" },
  tool_search_call: { fields: ["id", "call_id", "execution", "arguments", "status"], idPrefix: "tsc" },
  tool_search_output: { fields: ["id", "call_id", "execution", "tools", "status"], idPrefix: "tso" },
  web_search_call: { fields: ["id", "status", "action"], idPrefix: "ws" },
  additional_tools: { fields: ["id", "role", "tools"] },
  item_reference: { fields: ["id"] },
  compaction: { fields: ["id", "encrypted_content"], idPrefix: "cmp" },
  compaction_trigger: { fields: [] },
};

// Known to the reference, but driven by nothing here.
const otherItems =
  "file_search_call computer_call computer_call_output image_generation_call code_interpreter_call local_shell_call local_shell_call_output shell_call shell_call_output apply_patch_call apply_patch_call_output mcp_list_tools mcp_approval_request mcp_approval_response mcp_call program program_output".split(
    " ",
  );

/** The form of every input item: types, fields, ids, contents. */
export function checkItems(items: unknown[], path = "input"): void {
  const ids = new Set<string>();
  for (const [at, item] of items.entries()) {
    if (!isObject(item)) throw invalidType(`${path}[${at}]`, "an object", item);
    checkItem(item, `${path}[${at}]`);
    if (typeof item.id !== "string") continue;
    if (ids.has(item.id)) {
      throw invalidRequest(
        `Duplicate item found with id ${item.id}. Remove duplicate items from your input and try again.`,
        path,
      );
    }
    ids.add(item.id);
  }
}

function checkItem(item: JsonObject, path: string): void {
  const type =
    item.type ?? (item.role !== undefined ? "message" : item.id !== undefined ? "item_reference" : undefined);
  if (type === undefined) throw missingParameter(`${path}.type`);
  if (otherItems.includes(String(type))) return;
  const rule = itemRules[String(type)];
  if (!rule) throw invalidValue(`${path}.type`, type, [...Object.keys(itemRules), ...otherItems]);
  refuseUnknown(item, ["type", passed, ...rule.fields], path);
  checkId(item.id, `${path}.id`, rule.idPrefix);
  if (item.status != null && !["in_progress", "completed", "incomplete"].includes(String(item.status))) {
    throw invalidValue(`${path}.status`, item.status, ["in_progress", "completed", "incomplete"]);
  }
  switch (type) {
    case "message":
      return checkMessage(item, path);
    case "reasoning":
      return checkReasoningItem(item, path);
    case "function_call":
      checkCallId(item.call_id, path);
      demandName(item.name, `${path}.name`);
      return demandText(item.arguments, `${path}.arguments`);
    case "custom_tool_call":
      checkCallId(item.call_id, path);
      demandName(item.name, `${path}.name`);
      return demandText(item.input, `${path}.input`);
    case "function_call_output":
    case "custom_tool_call_output":
      checkCallId(item.call_id, path);
      return checkOutput(item.output, `${path}.output`);
    case "tool_search_call":
      if (item.call_id != null) checkCallId(item.call_id, path);
      if (!isObject(item.arguments)) throw invalidType(`${path}.arguments`, "an object", item.arguments);
      return;
    case "tool_search_output":
    case "additional_tools":
      if (!Array.isArray(item.tools)) throw missingParameter(`${path}.tools`);
      return checkToolList(item.tools, `${path}.tools`);
    case "web_search_call":
      if (item.id === undefined) throw missingParameter(`${path}.id`);
      return;
    case "item_reference":
      return demandText(item.id, `${path}.id`);
    case "compaction":
      return demandText(item.encrypted_content, `${path}.encrypted_content`);
  }
}

function checkId(id: unknown, param: string, prefix: string | undefined): void {
  if (id == null) return;
  demandText(id, param, 64);
  if (!/^[\w-]+$/.test(id)) {
    throw invalidRequest(
      `Invalid '${param}': '${id}'. Expected an ID that contains letters, numbers, underscores, or dashes, but this value contained additional characters.`,
      param,
      "invalid_value",
    );
  }
  if (prefix === undefined || id.startsWith(prefix)) return;
  throw invalidRequest(
    `Invalid '${param}': '${id}'. Expected an ID that begins with '${prefix}'.`,
    param,
    "invalid_value",
  );
}

function checkCallId(id: unknown, path: string): void {
  demandText(id, `${path}.call_id`, 64);
  if (id !== "") return;
  throw invalidRequest(
    `Invalid '${path}.call_id': empty string. Expected a string with minimum length 1, but got an empty string instead.`,
    `${path}.call_id`,
    "empty_string",
  );
}

const userParts = ["input_text", "input_image", "input_file", "input_audio"];
const assistantParts = ["output_text", "refusal"];

function checkMessage(item: JsonObject, path: string): void {
  const roles = ["assistant", "system", "developer", "user"];
  if (!roles.includes(String(item.role))) throw invalidValue(`${path}.role`, item.role, roles);
  if (item.phase != null && item.phase !== "commentary" && item.phase !== "final_answer") {
    throw invalidValue(`${path}.phase`, item.phase, ["commentary", "final_answer"]);
  }
  if (typeof item.content === "string") return;
  if (item.content == null) throw missingParameter(`${path}.content`);
  checkParts(item.content, `${path}.content`, item.role === "assistant" ? assistantParts : userParts);
}

function checkOutput(output: unknown, path: string): void {
  if (typeof output === "string") return;
  if (output == null) throw missingParameter(path);
  checkParts(output, path, ["input_text", "input_image", "input_file"]);
}

const partFields: Record<string, string[]> = {
  input_text: ["type", "text", "prompt_cache_breakpoint"],
  input_image: ["type", "image_url", "file_id", "detail", "prompt_cache_breakpoint"],
  input_file: "type file_id filename file_data file_url detail prompt_cache_breakpoint".split(" "),
  input_audio: ["type", "input_audio"],
  output_text: ["type", "text", "annotations", "logprobs"],
  refusal: ["type", "refusal"],
};

function checkParts(content: unknown, path: string, supported: string[]): void {
  if (!Array.isArray(content)) throw invalidType(path, "one of an array of objects or string", content);
  for (const [at, raw] of content.entries()) {
    const part = asObject(raw);
    const type = String(part.type);
    const where = `${path}[${at}]`;
    if (part.type === undefined) throw missingParameter(`${where}.type`);
    if (!supported.includes(type)) throw invalidValue(where, type, supported);
    refuseUnknown(part, partFields[type] ?? [], where);
    if (type === "input_text" || type === "output_text") demandText(part.text, `${where}.text`, 10_485_760);
    if (type === "input_image") checkImage(part, where);
    if (type === "input_file" && part.file_data == null && part.file_id == null && part.file_url == null) {
      throw missingParameter(`${where}.file_id`);
    }
  }
}

function checkImage(part: JsonObject, path: string): void {
  if (part.detail != null && !["low", "high", "auto", "original"].includes(String(part.detail))) {
    throw invalidValue(`${path}.detail`, part.detail, ["low", "high", "auto", "original"]);
  }
  if (part.file_id != null) return;
  // The chat protocol wraps the address in an object.
  demandText(part.image_url, `${path}.image_url`);
  if (/^(https?:\/\/|data:image\/(png|jpe?g|gif|webp);base64,)/.test(part.image_url)) return;
  throw invalidRequest(
    `Invalid '${path}.image_url'. Expected a valid URL, but got a value with an invalid format.`,
    `${path}.image_url`,
    "invalid_value",
  );
}

function checkReasoningItem(item: JsonObject, path: string): void {
  if (!Array.isArray(item.summary)) throw missingParameter(`${path}.summary`);
  for (const [at, part] of item.summary.entries()) {
    const { type, text } = asObject(part);
    if (type !== "summary_text") throw invalidValue(`${path}.summary[${at}].type`, type, ["summary_text"]);
    demandText(text, `${path}.summary[${at}].text`);
  }
  for (const [at, part] of asArray(item.content).entries()) {
    const { type } = asObject(part);
    if (type !== "reasoning_text") throw invalidValue(`${path}.content[${at}].type`, type, ["reasoning_text"]);
  }
  if (item.encrypted_content != null) demandText(item.encrypted_content, `${path}.encrypted_content`);
}
