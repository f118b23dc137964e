import { invalidRequest } from "../answer.ts";
import { asArray, asObject, isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import type { ChatDialect } from "./dialects/dialect.ts";

const maxTools = 128;

/** The rules that every provider of the chat protocol has, about everything but the messages. */
export function checkChatRequest(body: JsonObject, dialect: ChatDialect): void {
  for (const field of Object.keys(body)) {
    if (dialect.requestFields && !dialect.requestFields.has(field)) throw dialect.unknownField(field);
  }
  checkNumbers(body);
  checkStop(body.stop, dialect.maxStops);
  if (body.n !== undefined && body.n !== null && body.n !== 1)
    throw invalidRequest("Invalid 'n': only 1 is supported.", "n");
  if (body.stream_options !== undefined && body.stream_options !== null && body.stream !== true) {
    throw invalidRequest("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
  }
  if (body.max_tokens != null && body.max_completion_tokens != null) {
    throw invalidRequest(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      "max_tokens",
    );
  }
  checkTools(body.tools, dialect.toolExtras ?? []);
  checkToolChoice(body, dialect.toolChoiceWords ?? []);
  checkResponseFormat(body.response_format);
}

function checkNumbers(body: JsonObject): void {
  const ranges: [field: string, low: number, high: number][] = [
    ["temperature", 0, 2],
    ["top_p", 0, 1],
    ["presence_penalty", -2, 2],
    ["frequency_penalty", -2, 2],
    ["max_tokens", 1, Infinity],
    ["max_completion_tokens", 1, Infinity],
  ];
  for (const [field, low, high] of ranges) {
    const value = body[field];
    if (value === undefined || value === null) continue;
    if (typeof value !== "number")
      throw invalidRequest(`Invalid type for '${field}': expected a number.`, field, "invalid_type");
    if (value < low || value > high) {
      throw invalidRequest(
        `Invalid '${field}': expected a value between ${low} and ${high}, but got ${value} instead.`,
        field,
      );
    }
  }
}

function checkStop(stop: unknown, most = Infinity): void {
  if (stop === undefined || stop === null) return;
  const list = typeof stop === "string" ? [stop] : stop;
  if (!Array.isArray(list) || list.some((one) => typeof one !== "string")) {
    throw invalidRequest(
      "Invalid type for 'stop': expected one of a string or array of strings.",
      "stop",
      "invalid_type",
    );
  }
  if (list.length <= most) return;
  throw invalidRequest(
    `Invalid 'stop': array too long. Expected an array with maximum length ${most}, but got an array with length ${list.length} instead.`,
    "stop",
    "array_above_max_length",
  );
}

function checkTools(tools: unknown, extras: readonly string[]): void {
  if (tools === undefined || tools === null) return;
  if (!Array.isArray(tools))
    throw invalidRequest("Invalid type for 'tools': expected an array of objects.", "tools", "invalid_type");
  if (tools.length === 0) {
    throw invalidRequest(
      "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      "tools",
      "empty_array",
    );
  }
  if (tools.length > maxTools) {
    throw invalidRequest(
      `Invalid 'tools': array too long. Expected an array with maximum length ${maxTools}, but got an array with length ${tools.length} instead.`,
      "tools",
      "array_above_max_length",
    );
  }
  const names = new Set<string>();
  for (const [at, tool] of tools.entries()) checkTool(tool, `tools[${at}]`, names, extras);
}

function checkTool(tool: unknown, path: string, names: Set<string>, extras: readonly string[]): void {
  if (!isObject(tool)) throw invalidRequest(`Invalid type for '${path}': expected an object.`, path, "invalid_type");
  if (tool.type !== "function") {
    throw invalidRequest(
      `Invalid value: '${String(tool.type)}'. Supported values are: 'function'.`,
      `${path}.type`,
      "invalid_value",
    );
  }
  refuseUnknown(tool, ["type", "function", ...extras], path);
  const definition = tool.function;
  if (!isObject(definition))
    throw invalidRequest(
      `Missing required parameter: '${path}.function'.`,
      `${path}.function`,
      "missing_required_parameter",
    );
  refuseUnknown(definition, ["name", "description", "parameters", "strict"], `${path}.function`);
  const { name, parameters } = definition;
  if (typeof name !== "string" || name === "") {
    throw invalidRequest(
      `Missing required parameter: '${path}.function.name'.`,
      `${path}.function.name`,
      "missing_required_parameter",
    );
  }
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
    throw invalidRequest(
      `Invalid '${path}.function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
      `${path}.function.name`,
      "invalid_value",
    );
  }
  if (names.has(name)) throw invalidRequest(`Invalid request: function name ${name} is duplicated`, "tools");
  names.add(name);
  if (parameters === undefined) return;
  if (!isObject(parameters) || (parameters.type !== undefined && parameters.type !== "object")) {
    throw invalidRequest(
      `Invalid schema for function '${name}': schema must be a JSON Schema of 'type: "object"', got 'type: "${String(asObject(parameters).type)}"'.`,
      `${path}.function.parameters`,
      "invalid_function_parameters",
    );
  }
}

function checkToolChoice(body: JsonObject, furtherWords: readonly string[]): void {
  const choice = body.tool_choice;
  if (choice === undefined || choice === null) return;
  const tools = asArray(body.tools).map((tool) => asObject(asObject(tool).function).name);
  if (tools.length === 0 && choice !== "none" && choice !== "required") {
    throw invalidRequest("'tool_choice' is only allowed when 'tools' are specified.", "tool_choice");
  }
  if (typeof choice === "string") {
    if (["none", "auto", "required", ...furtherWords].includes(choice)) return;
    throw invalidRequest(
      `Invalid value: '${choice}'. Supported values are: 'none', 'auto', and 'required'.`,
      "tool_choice",
      "invalid_value",
    );
  }
  const name = asObject(asObject(choice).function).name;
  if (asObject(choice).type !== "function" || typeof name !== "string") {
    throw invalidRequest(
      "Invalid value for 'tool_choice': expected {type: 'function', function: {name}}.",
      "tool_choice",
      "invalid_value",
    );
  }
  if (!tools.includes(name)) {
    throw invalidRequest(`Tool choice '${name}' not found in 'tools' parameter.`, "tool_choice");
  }
}

function checkResponseFormat(format: unknown): void {
  if (format === undefined || format === null) return;
  const { type, json_schema: described } = asObject(format);
  if (type === "text" || type === "json_object") return;
  if (type !== "json_schema") {
    throw invalidRequest(
      `Invalid value: '${String(type)}'. Supported values are: 'json_object', 'json_schema', and 'text'.`,
      "response_format.type",
      "invalid_value",
    );
  }
  const { name } = asObject(described);
  if (typeof name !== "string") {
    throw invalidRequest(
      "Missing required parameter: 'response_format.json_schema.name'.",
      "response_format.json_schema.name",
      "missing_required_parameter",
    );
  }
}

function refuseUnknown(value: JsonObject, known: string[], path: string): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown)
    throw invalidRequest(`Unknown parameter: '${path}.${unknown}'.`, `${path}.${unknown}`, "unknown_parameter");
}
