import { invalidRequest } from "../answer.ts";
import { asArray, asObject, isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { findLooseFault, findStrictFault } from "../strict-schema.ts";
import { demandName, demandText, invalidType, invalidValue, missingParameter, refuseUnknown } from "./refuse.ts";

// Codex sends OpenAI itself `search_content_types` with web_search, though the reference lists it with the preview only.
const webSearchFields = "type external_web_access filters user_location search_context_size search_content_types".split(
  " ",
);

// What each type of tool may carry; hosted tools that no test drives are only known by name.
const toolFields: Record<string, string[] | undefined> = {
  function: "type name description parameters strict output_schema defer_loading allowed_callers".split(" "),
  custom: "type name description format defer_loading allowed_callers".split(" "),
  namespace: ["type", "name", "description", "tools"],
  tool_search: ["type", "execution", "description", "parameters"],
  web_search: webSearchFields,
  web_search_2025_08_26: webSearchFields,
  web_search_preview: "type user_location search_context_size search_content_types".split(" "),
  web_search_preview_2025_03_11: "type user_location search_context_size search_content_types".split(" "),
  file_search: undefined,
  computer: undefined,
  computer_use_preview: undefined,
  code_interpreter: undefined,
  image_generation: undefined,
  mcp: undefined,
  local_shell: ["type"],
  shell: ["type", "environment", "allowed_callers"],
  apply_patch: ["type", "allowed_callers"],
  programmatic_tool_calling: ["type"],
};
const maxTools = 128;

/** OpenAI's rules about tools and tool_choice in this protocol. */
export function checkResponsesTools(body: JsonObject): void {
  const tools = body.tools ?? [];
  if (!Array.isArray(tools)) throw invalidType("tools", "an array of objects", tools);
  if (tools.length > maxTools) {
    throw invalidRequest(
      `Invalid 'tools': array too long. Expected an array with maximum length ${maxTools}, but got an array with length ${tools.length} instead.`,
      "tools",
      "array_above_max_length",
    );
  }
  checkToolList(tools, "tools");
  checkToolChoice(body.tool_choice, tools.map(asObject));
}

/** Checks a list of tools, wherever it stands: in the request, a namespace or a tool search's output. */
export function checkToolList(tools: unknown[], path: string): void {
  const names = new Set<string>();
  for (const [at, tool] of tools.entries()) {
    if (!isObject(tool)) throw invalidType(`${path}[${at}]`, "an object", tool);
    checkTool(tool, `${path}[${at}]`);
    if (typeof tool.name !== "string") continue;
    if (names.has(tool.name)) throw invalidRequest(`Duplicate tool name: '${tool.name}'.`, `${path}[${at}].name`);
    names.add(tool.name);
  }
}

function checkTool(tool: JsonObject, path: string): void {
  const type = String(tool.type);
  if (tool.type === undefined) throw missingParameter(`${path}.type`);
  if (!(type in toolFields)) throw invalidValue(`${path}.type`, type, Object.keys(toolFields));
  const known = toolFields[type];
  // The chat protocol nests what stands beside the type here.
  if ((type === "function" || type === "custom") && tool.name === undefined) throw missingParameter(`${path}.name`);
  if (known) refuseUnknown(tool, known, path);
  if (type === "function" || type === "custom" || type === "namespace") demandName(tool.name, `${path}.name`);
  if (type === "function") checkFunction(tool, path);
  if (type === "custom") checkFormat(tool.format, `${path}.format`);
  if (type === "namespace") checkNamespace(tool, path);
  if (type === "tool_search") checkToolSearch(tool, path);
}

function checkFunction(tool: JsonObject, path: string): void {
  const { parameters, strict, name } = tool;
  if (strict != null && typeof strict !== "boolean") throw invalidType(`${path}.strict`, "a boolean", strict);
  if (parameters == null) return;
  if (!isObject(parameters)) throw invalidType(`${path}.parameters`, "an object", parameters);
  const fault = strict === true ? findStrictFault(parameters) : findLooseFault(parameters);
  if (fault) {
    throw invalidRequest(
      `Invalid schema for function '${String(name)}': ${fault}`,
      `${path}.parameters`,
      "invalid_function_parameters",
    );
  }
}

function checkFormat(format: unknown, path: string): void {
  if (format === undefined) return;
  const { type, syntax, definition } = asObject(format);
  if (type === "text") return refuseUnknown(asObject(format), ["type"], path);
  if (type !== "grammar") throw invalidValue(`${path}.type`, type, ["text", "grammar"]);
  if (syntax !== "lark" && syntax !== "regex") throw invalidValue(`${path}.syntax`, syntax, ["lark", "regex"]);
  demandText(definition, `${path}.definition`);
}

function checkNamespace(tool: JsonObject, path: string): void {
  demandText(tool.description, `${path}.description`);
  if (!Array.isArray(tool.tools)) throw missingParameter(`${path}.tools`);
  for (const [at, inner] of tool.tools.entries()) {
    const { type } = asObject(inner);
    if (type !== "function" && type !== "custom") {
      throw invalidValue(`${path}.tools[${at}].type`, type, ["function", "custom"]);
    }
  }
  checkToolList(tool.tools, `${path}.tools`);
}

function checkToolSearch(tool: JsonObject, path: string): void {
  const { execution } = tool;
  if (execution != null && execution !== "client" && execution !== "server") {
    throw invalidValue(`${path}.execution`, execution, ["server", "client"]);
  }
}

function checkToolChoice(choice: unknown, tools: JsonObject[]): void {
  if (choice == null) return;
  if (typeof choice === "string") {
    if (!["none", "auto", "required"].includes(choice)) {
      throw invalidValue("tool_choice", choice, ["none", "auto", "required"]);
    }
    if (choice !== "required" || tools.length > 0) return;
    throw invalidRequest("Tool choice 'required' must be specified with 'tools' parameter.", "tool_choice");
  }
  const { type, name } = asObject(choice);
  if (type === "allowed_tools") return checkAllowedTools(asObject(choice), tools);
  // The chat protocol's form has the name one level down.
  if ((type === "function" || type === "custom") && name === undefined) throw missingParameter("tool_choice.name");
  const isOffered = tools.some((tool) => isChosen(tool, asObject(choice)));
  if (!isOffered)
    throw invalidRequest(`Tool choice '${String(name ?? type)}' not found in 'tools' parameter.`, "tool_choice");
}

function isChosen(tool: JsonObject, choice: JsonObject): boolean {
  if (tool.type === "namespace") return asArray(tool.tools).some((inner) => isChosen(asObject(inner), choice));
  return tool.type === choice.type && (choice.name === undefined || tool.name === choice.name);
}

function checkAllowedTools(choice: JsonObject, tools: JsonObject[]): void {
  refuseUnknown(choice, ["type", "mode", "tools"], "tool_choice");
  if (choice.mode !== "auto" && choice.mode !== "required") {
    throw invalidValue("tool_choice.mode", choice.mode, ["auto", "required"]);
  }
  for (const [at, one] of asArray(choice.tools).entries()) {
    if (tools.some((tool) => isChosen(tool, asObject(one)))) continue;
    throw invalidRequest(`Tool choice 'tools[${at}]' not found in 'tools' parameter.`, "tool_choice.tools");
  }
}
