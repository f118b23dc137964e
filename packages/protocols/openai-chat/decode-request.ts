import type { ChatRequest, OutputFormat, Sampling } from "../model/chat-request.ts";
import { RequestError, refuseField } from "../model/error.ts";
import { decodeMessages } from "./decode-messages.ts";
import { decodeReasoningRequest } from "./decode-reasoning.ts";
import { decodeToolChoice, decodeTools } from "./decode-tools.ts";
import { decodeSearchFields } from "./hosted-services.ts";
import {
  checkDepth,
  readName,
  readObject,
  readOptionalBoolean,
  readOptionalCount,
  readOptionalNumber,
  readOptionalString,
  readString,
} from "../wire/read-field.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { pickOthers } from "../wire/pick-others.ts";

/** Fields with a place in the hub; everything else is an extension. */
const knownFields: ReadonlySet<string> = new Set(
  (
    "model messages tools functions tool_choice function_call parallel_tool_calls max_tokens max_completion_tokens " +
    "stop temperature top_p top_k frequency_penalty presence_penalty seed reasoning_effort reasoning thinking " +
    "response_format stream stream_options user safety_identifier n"
  ).split(" "),
);

/**
 * Reads the body of POST /v1/chat/completions, as OpenAI and OpenRouter define it.
 * @throws RequestError naming the field that is wrong
 */
export function decodeRequest(value: unknown): ChatRequest {
  const body = readObject(value, "body");
  const { system, messages } = decodeMessages(body.messages);
  const request: ChatRequest = {
    model: readName(body.model, "model"),
    system,
    messages,
    tools: decodeTools(body),
    sampling: decodeSampling(body),
    stream: readOptionalBoolean(body.stream, "stream") ?? false,
    extensions: {},
  };
  request.toolChoice = decodeToolChoice(body);
  request.parallelToolCalls = readOptionalBoolean(body.parallel_tool_calls, "parallel_tool_calls");
  request.maxOutputTokens =
    readOptionalCount(body.max_completion_tokens, "max_completion_tokens") ??
    readOptionalCount(body.max_tokens, "max_tokens");
  request.stopSequences = decodeStop(body.stop);
  request.reasoning = decodeReasoningRequest(body);
  request.outputFormat = decodeResponseFormat(body.response_format);
  const user = readOptionalString(body.user, "user");
  // `user` is what it was called before.
  request.userId = readOptionalString(body.safety_identifier, "safety_identifier") ?? user;
  request.includeUsage = wantsUsage(body);
  refuseSeveralAnswers(body.n);
  const search = decodeSearchFields(body);
  if (search !== undefined) request.tools.push(search);
  const extensions = collectExtensions(body);
  if (extensions !== undefined) request.extensions["openai-chat"] = extensions;
  return request;
}

function decodeSampling(body: WireObject): Sampling {
  const sampling: Sampling = {};
  const fields = [
    ["temperature", "temperature"],
    ["top_p", "topP"],
    ["top_k", "topK"],
    ["frequency_penalty", "frequencyPenalty"],
    ["presence_penalty", "presencePenalty"],
    ["seed", "seed"],
  ] as const;
  for (const [field, key] of fields) {
    const number = readOptionalNumber(body[field], field);
    if (number !== undefined) sampling[key] = number;
  }
  return sampling;
}

function decodeStop(stop: unknown): string[] | undefined {
  if (stop === undefined || stop === null) return undefined;
  if (typeof stop === "string") return [readString(stop, "stop")];
  if (!Array.isArray(stop)) refuseField("stop", "expected a string or an array of strings");
  return stop.map((sequence, at) => readString(sequence, `stop[${at}]`));
}

function decodeResponseFormat(value: unknown): OutputFormat | undefined {
  if (value === undefined || value === null) return undefined;
  const format = readObject(value, "response_format");
  switch (format.type) {
    case "text":
      return undefined;
    case "json_object":
      return { type: "json-object" };
    case "json_schema": {
      const path = "response_format.json_schema";
      const described = readObject(format.json_schema, path);
      const schema = described.schema === undefined || described.schema === null ? {} : described.schema;
      checkDepth(schema, `${path}.schema`);
      return {
        type: "json-schema",
        name: readName(described.name, `${path}.name`),
        schema: readObject(schema, `${path}.schema`),
        strict: readOptionalBoolean(described.strict, `${path}.strict`),
        description: readOptionalString(described.description, `${path}.description`),
      };
    }
    default:
      return refuseField("response_format.type", "expected text, json_object or json_schema");
  }
}

function wantsUsage(body: WireObject): boolean {
  const options = body.stream_options;
  if (options !== undefined && options !== null && !isObject(options)) {
    refuseField("stream_options", "expected an object");
  }
  return isObject(options) && options.include_usage === true;
}

function refuseSeveralAnswers(value: unknown): void {
  const n = readOptionalCount(value, "n");
  if (n === undefined || n === 1) return;
  throw new RequestError({
    code: "unsupported_parameter",
    message: "n: only one answer per request is possible",
    param: "n",
  });
}

const partlyKnown: ReadonlyArray<[name: string, taken: readonly string[]]> = [
  ["stream_options", ["include_usage"]],
  ["thinking", ["type", "budget_tokens", "effort"]],
];

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function collectExtensions(body: WireObject): WireObject | undefined {
  let extensions = pickOthers(body, "", (field) => knownFields.has(field));
  // What the hub has taken out of these is left out, what it has no word for stays.
  if (isSet(body.safety_identifier) && isSet(body.user)) (extensions ??= {}).user = body.user;
  for (const [name, taken] of partlyKnown) {
    const object = body[name];
    const rest = isObject(object) ? pickOthers(object, name, (field) => taken.includes(field)) : undefined;
    if (rest !== undefined) (extensions ??= {})[name] = rest;
  }
  if (isObject(body.tool_choice) && body.tool_choice.type === "allowed_tools") {
    (extensions ??= {}).tool_choice = body.tool_choice;
  }
  return extensions;
}
