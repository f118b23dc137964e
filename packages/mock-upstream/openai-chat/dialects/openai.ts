import { invalidRequest } from "../../answer.ts";
import type { Exchange } from "../../exchange.ts";
import { asArray, asObject } from "../../json-object.ts";
import type { JsonObject } from "../../json-object.ts";
import { findLooseFault, findStrictFault } from "../../strict-schema.ts";
import { checkSaysJson } from "../check-says-json.ts";
import type { ChatDialect } from "./dialect.ts";
import { genericDialect } from "./generic.ts";

const maxCallIdLength = 40;

/** OpenAI itself: reasoning is counted but never shown, and not taken back as `reasoning_content`. */
export const openAiDialect: ChatDialect = {
  ...genericDialect,
  name: "openai",
  models: ["gpt-5.5", "gpt-5-mini", "o4-mini"],
  knowsModel: (model) => /^(gpt|o\d|chatgpt)/.test(model),
  contextWindow: () => 400_000,
  messageFields: new Set(["role", "content", "name", "tool_calls", "tool_call_id", "refusal", "audio"]),
  maxStops: 4,
  thinks: (model, body) => body.reasoning_effort !== "none" && isReasoningModel(model),
  reasoningForm: () => "hidden",
  checkRules,
};

function checkRules({ body, model }: Exchange): void {
  for (const [at, message] of asArray(body.messages).entries()) checkMessage(asObject(message), `messages[${at}]`);
  checkTools(body);
  checkResponseSchema(body);
  checkSaysJson(
    body,
    "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
  );
  if (isReasoningModel(model)) checkReasoningModel(body, model);
  else if (body.reasoning_effort !== undefined) throw unsupported("reasoning_effort");
}

function checkMessage(message: JsonObject, path: string): void {
  const calls = asArray(message.tool_calls);
  if (message.role === "assistant" && calls.length === 0 && (message.content ?? message.refusal) == null) {
    throw invalidRequest("Invalid value for 'content': expected a string, got null.", `${path}.content`);
  }
  if (message.role === "tool" && asArray(message.content).some((part) => asObject(part).type !== "text")) {
    throw invalidRequest(
      `Invalid '${path}'. Image URLs are only allowed for messages with role 'user', but this message with role 'tool' contains an image URL.`,
      path,
      "invalid_value",
    );
  }
  for (const [at, call] of calls.entries()) {
    const { length } = String(asObject(call).id);
    if (length <= maxCallIdLength) continue;
    throw invalidRequest(
      `Invalid '${path}.tool_calls[${at}].id': string too long. Expected a string with maximum length ${maxCallIdLength}, but got a string with length ${length} instead.`,
      `${path}.tool_calls[${at}].id`,
      "string_above_max_length",
    );
  }
}

function checkTools(body: JsonObject): void {
  const tools = asArray(body.tools);
  if (tools.length === 0 && body.parallel_tool_calls !== undefined) {
    throw invalidRequest(
      "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are specified.",
      "parallel_tool_calls",
    );
  }
  for (const [at, tool] of tools.entries()) {
    const { name, parameters, strict } = asObject(asObject(tool).function);
    if (parameters === undefined) continue;
    const fault = strict === true ? findStrictFault(asObject(parameters)) : findLooseFault(asObject(parameters));
    if (fault === undefined) continue;
    throw invalidRequest(
      `Invalid schema for function '${String(name)}': ${fault}`,
      `tools[${at}].function.parameters`,
      "invalid_function_parameters",
    );
  }
}

function checkResponseSchema(body: JsonObject): void {
  const { name, schema, strict } = asObject(asObject(body.response_format).json_schema);
  const fault = strict === true ? findStrictFault(asObject(schema)) : undefined;
  if (fault === undefined) return;
  throw invalidRequest(
    `Invalid schema for response_format '${String(name)}': ${fault}`,
    "response_format",
    "invalid_json_schema",
  );
}

// https://developers.openai.com/api/docs/guides/latest-model, and stop: huggingface/smolagents#1662, #1868, #1893.
function checkReasoningModel(body: JsonObject, model: string): void {
  if (body.max_tokens !== undefined) {
    throw invalidRequest(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      "max_tokens",
      "unsupported_parameter",
    );
  }
  checkEffort(body.reasoning_effort, model);
  if (body.stop !== undefined) throw unsupported("stop");
  for (const field of ["presence_penalty", "frequency_penalty", "logit_bias"]) {
    if (body[field] !== undefined && body[field] !== 0) throw unsupported(field);
  }
  if (/^gpt-5\.[4-9]/.test(model) && asArray(body.tools).length > 0 && body.reasoning_effort !== "none") {
    throw invalidRequest(
      `Function tools with reasoning_effort are not supported for ${model} in /v1/chat/completions. Please use /v1/responses instead.`,
      "reasoning_effort",
    );
  }
  if (body.reasoning_effort === "none") return;
  if (body.temperature !== undefined && body.temperature !== 1) {
    throw invalidRequest(
      `Unsupported value: 'temperature' does not support ${String(body.temperature)} with this model. Only the default (1) value is supported.`,
      "temperature",
      "unsupported_value",
    );
  }
  if (body.top_p !== undefined && body.top_p !== 1) throw unsupported("top_p");
  for (const field of ["logprobs", "top_logprobs"]) if (body[field] !== undefined) throw unsupported(field);
}

function checkEffort(effort: unknown, model: string): void {
  if (effort === undefined || effort === null) return;
  const efforts = ["low", "medium", "high"];
  if (/^gpt-5(?!\.)/.test(model)) efforts.unshift("minimal");
  if (model.startsWith("gpt-5.")) efforts.unshift("none");
  if (/^gpt-5\.[2-9]/.test(model)) efforts.push("xhigh");
  if (/^gpt-5\.[6-9]/.test(model)) efforts.push("max");
  if (efforts.includes(String(effort))) return;
  throw invalidRequest(
    `Unsupported value: 'reasoning_effort' does not support '${String(effort)}' with this model. Supported values are: ${efforts.map((one) => `'${one}'`).join(", ")}.`,
    "reasoning_effort",
    "unsupported_value",
  );
}

function unsupported(field: string) {
  return invalidRequest(
    `Unsupported parameter: '${field}' is not supported with this model.`,
    field,
    "unsupported_parameter",
  );
}

function isReasoningModel(model: string): boolean {
  return /^(o\d|gpt-5)/.test(model);
}
