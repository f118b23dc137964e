import { invalidRequest } from "../answer.ts";
import { asArray, asObject, isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { findStrictFault } from "../strict-schema.ts";
import { isReasoningModel } from "./models.ts";
import { demandText, invalidType, invalidValue, missingParameter, refuseUnknown } from "./refuse.ts";

const fields = [
  ..."background context_management conversation include input instructions max_output_tokens max_tool_calls".split(
    " ",
  ),
  ..."metadata model moderation parallel_tool_calls previous_response_id prompt prompt_cache_key".split(" "),
  ..."prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream".split(" "),
  ..."stream_options temperature text tool_choice tools top_logprobs top_p truncation user".split(" "),
  // Codex sends it to OpenAI itself, though the reference does not list it.
  "client_metadata",
];

// Fields of the chat protocol, and what OpenAI says about each.
const moved: Record<string, string> = {
  messages: "input",
  response_format: "text.format",
  max_tokens: "max_output_tokens",
  max_completion_tokens: "max_output_tokens",
  reasoning_effort: "reasoning.effort",
  verbosity: "text.verbosity",
};

const includes = [
  "file_search_call.results",
  "web_search_call.results",
  "web_search_call.action.sources",
  "message.input_image.image_url",
  "computer_call_output.output.image_url",
  "code_interpreter_call.outputs",
  "reasoning.encrypted_content",
  "message.output_text.logprobs",
];

/** OpenAI's rules about everything but items and tools (platform.openai.com/docs/api-reference/responses/create). */
export function checkResponsesRequest(body: JsonObject, model: string): void {
  checkFields(body);
  if (body.model === undefined) throw missingParameter("model");
  checkBooleans(body);
  checkNumbers(body);
  for (const field of ["instructions", "previous_response_id", "prompt_cache_key", "user"]) {
    if (body[field] != null) demandText(body[field], field);
  }
  if (body.safety_identifier != null) demandText(body.safety_identifier, "safety_identifier", 64);
  checkMetadata(body.metadata);
  checkInclude(body, model);
  checkReasoning(body, model);
  checkText(body);
  if (body.stream_options != null && body.stream !== true) {
    throw invalidRequest("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
  }
  if (body.truncation != null && body.truncation !== "auto" && body.truncation !== "disabled") {
    throw invalidValue("truncation", body.truncation, ["auto", "disabled"]);
  }
  if (body.conversation != null && body.previous_response_id != null) {
    throw invalidRequest("Mutually exclusive parameters: 'conversation' and 'previous_response_id'.", "conversation");
  }
}

function checkFields(body: JsonObject): void {
  for (const field of Object.keys(body)) {
    if (fields.includes(field)) continue;
    const place = moved[field];
    if (place !== undefined) {
      throw invalidRequest(
        `Unsupported parameter: '${field}'. In the Responses API, this parameter has moved to '${place}'. Try again with the new parameter. See the API documentation for more information: https://platform.openai.com/docs/api-reference/responses/create.`,
        field,
        "unsupported_parameter",
      );
    }
    throw invalidRequest(`Unknown parameter: '${field}'.`, field, "unknown_parameter");
  }
}

function checkBooleans(body: JsonObject): void {
  for (const field of ["store", "stream", "parallel_tool_calls", "background"]) {
    const value = body[field];
    if (value != null && typeof value !== "boolean") throw invalidType(field, "a boolean", value);
  }
}

function checkNumbers(body: JsonObject): void {
  const ranges: [field: string, low: number, high: number, isInteger: boolean][] = [
    ["temperature", 0, 2, false],
    ["top_p", 0, 1, false],
    ["top_logprobs", 0, 20, true],
    ["max_output_tokens", 16, Infinity, true],
    ["max_tool_calls", 1, Infinity, true],
  ];
  for (const [field, low, high, isInteger] of ranges) {
    const value = body[field];
    if (value == null) continue;
    const kind = isInteger ? "integer" : "decimal";
    if (typeof value !== "number" || (isInteger && !Number.isInteger(value))) {
      throw invalidType(field, isInteger ? "an integer" : "a decimal", value);
    }
    if (value < low) {
      throw invalidRequest(
        `Invalid '${field}': ${kind} below minimum value. Expected a value >= ${low}, but got ${value} instead.`,
        field,
        `${kind}_below_min_value`,
      );
    }
    if (value > high) {
      throw invalidRequest(
        `Invalid '${field}': ${kind} above maximum value. Expected a value <= ${high}, but got ${value} instead.`,
        field,
        `${kind}_above_max_value`,
      );
    }
  }
}

function checkMetadata(metadata: unknown): void {
  if (metadata == null) return;
  if (!isObject(metadata)) throw invalidType("metadata", "an object", metadata);
  const entries = Object.entries(metadata);
  if (entries.length > 16) {
    throw invalidRequest(
      `Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with ${entries.length} properties instead.`,
      "metadata",
      "object_above_max_properties",
    );
  }
  for (const [key, value] of entries) demandText(value, `metadata.${key}`, 512);
}

function checkInclude(body: JsonObject, model: string): void {
  if (body.include == null) return;
  if (!Array.isArray(body.include)) throw invalidType("include", "an array of strings", body.include);
  for (const [at, one] of body.include.entries()) {
    if (!includes.includes(String(one))) throw invalidValue(`include[${at}]`, one, includes);
  }
  if (body.include.includes("reasoning.encrypted_content") && !isReasoningModel(model)) {
    throw invalidRequest("Encrypted content is not supported with this model.", "include");
  }
}

function checkReasoning(body: JsonObject, model: string): void {
  const { reasoning } = body;
  const effort = asObject(reasoning).effort;
  if (reasoning != null) {
    if (!isObject(reasoning)) throw invalidType("reasoning", "an object", reasoning);
    refuseUnknown(reasoning, ["effort", "summary", "generate_summary", "mode", "context"], "reasoning");
    const efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
    if (effort != null && !efforts.includes(String(effort))) throw invalidValue("reasoning.effort", effort, efforts);
    const summaries = ["concise", "detailed", "auto"];
    if (reasoning.summary != null && !summaries.includes(String(reasoning.summary))) {
      throw invalidValue("reasoning.summary", reasoning.summary, summaries);
    }
    if (!isReasoningModel(model)) {
      for (const field of ["effort", "summary"]) {
        if (reasoning[field] == null) continue;
        throw invalidRequest(
          `Unsupported parameter: 'reasoning.${field}' is not supported with this model.`,
          `reasoning.${field}`,
          "unsupported_parameter",
        );
      }
    }
  }
  if (!isReasoningModel(model) || effort === "none") return;
  for (const field of ["temperature", "top_p"]) {
    if (body[field] == null || body[field] === 1) continue;
    throw invalidRequest(`Unsupported parameter: '${field}' is not supported with this model.`, field);
  }
}

function checkText(body: JsonObject): void {
  const { text } = body;
  if (text == null) return;
  if (!isObject(text)) throw invalidType("text", "an object", text);
  refuseUnknown(text, ["format", "verbosity"], "text");
  if (text.verbosity != null && !["low", "medium", "high"].includes(String(text.verbosity))) {
    throw invalidValue("text.verbosity", text.verbosity, ["low", "medium", "high"]);
  }
  if (text.format == null) return;
  const format = asObject(text.format);
  switch (format.type) {
    case "text":
      return refuseUnknown(format, ["type"], "text.format");
    case "json_object":
      refuseUnknown(format, ["type"], "text.format");
      // instructions do not count.
      if (/json/i.test(JSON.stringify(body.input))) return;
      throw invalidRequest(
        "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
        "input",
      );
    case "json_schema":
      return checkAnswerSchema(format);
    default:
      throw invalidValue("text.format.type", format.type, ["json_object", "json_schema", "text"]);
  }
}

function checkAnswerSchema(format: JsonObject): void {
  demandText(format.name, "text.format.name", 64);
  if (!/^[a-zA-Z0-9_-]+$/.test(format.name)) {
    throw invalidRequest(
      "Invalid 'text.format.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
      "text.format.name",
      "invalid_value",
    );
  }
  refuseUnknown(format, ["type", "name", "description", "schema", "strict"], "text.format");
  if (!isObject(format.schema)) throw missingParameter("text.format.schema");
  const fault = format.strict === true ? findStrictFault(format.schema) : undefined;
  if (fault) {
    throw invalidRequest(
      `Invalid schema for response_format '${format.name}': ${fault}`,
      "text.format.schema",
      "invalid_json_schema",
    );
  }
}

/** Whether the request asks for encrypted reasoning. */
export function wantsEncrypted(body: JsonObject): boolean {
  return asArray(body.include).includes("reasoning.encrypted_content");
}
