import type { ChatRequest, OutputFormat, ReasoningEffort, ReasoningRequest, Sampling } from "../model/chat-request.ts";
import type { TextPart } from "../model/content.ts";
import { RequestError, refuseField } from "../model/error.ts";
import type { Tool } from "../model/tool.ts";
import {
  checkDepth,
  readName,
  readObject,
  readOptionalBoolean,
  readOptionalCount,
  readOptionalNumber,
  readOptionalString,
} from "../wire/read-field.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { pickOthers } from "../wire/pick-others.ts";
import { isCompaction } from "./compaction.ts";
import { decodeInput } from "./decode-input.ts";
import { decodeToolChoice, decodeTools } from "./decode-tools.ts";

/** Fields with a place in the hub; everything else is an extension. */
const knownFields: ReadonlySet<string> = new Set(
  (
    "model input instructions tools tool_choice parallel_tool_calls max_output_tokens temperature top_p reasoning text " +
    "stream user safety_identifier background"
  ).split(" "),
);

/**
 * Reads the body of POST /v1/responses. What it refers to (`previous_response_id`, `item_reference`) has to be put in its
 * place before; a reference that is left cannot be followed here.
 * @throws RequestError naming the field that is wrong
 */
export function decodeRequest(value: unknown): ChatRequest {
  const body = readObject(value, "body");
  refuseBackground(body.background);
  const model = readName(body.model, "model");
  const { system, messages, foundTools } = decodeInput(body.input);
  const request: ChatRequest = {
    model,
    system: [...decodeInstructions(body.instructions), ...system],
    messages,
    tools: withFound(decodeTools(body.tools, "tools"), foundTools),
    sampling: decodeSampling(body),
    stream: readOptionalBoolean(body.stream, "stream") ?? false,
    extensions: {},
  };
  request.toolChoice = decodeToolChoice(body.tool_choice);
  // A summary is text.
  if (request.tools.length > 0 && isCompaction(request)) request.toolChoice = { type: "none" };
  request.parallelToolCalls = readOptionalBoolean(body.parallel_tool_calls, "parallel_tool_calls");
  request.maxOutputTokens = readOptionalCount(body.max_output_tokens, "max_output_tokens");
  request.reasoning = decodeReasoning(body.reasoning);
  request.outputFormat = decodeFormat(body.text);
  request.userId =
    // `user` is what it was called before.
    readOptionalString(body.safety_identifier, "safety_identifier") ?? readOptionalString(body.user, "user");
  const extensions = collectExtensions(body);
  if (extensions !== undefined) request.extensions["openai-responses"] = extensions;
  return request;
}

function refuseBackground(value: unknown): void {
  if (readOptionalBoolean(value, "background") !== true) return;
  throw new RequestError({
    code: "unsupported_parameter",
    message: "background: answers are made while the client waits; ask for a stream instead",
    param: "background",
  });
}

function decodeInstructions(value: unknown): TextPart[] {
  const text = readOptionalString(value, "instructions");
  return text === undefined || text === "" ? [] : [{ type: "text", text }];
}

/** A tool found twice is one tool; one that the request itself defines counts as it is there. */
function withFound(tools: Tool[], found: readonly Tool[]): Tool[] {
  const key = (tool: Tool): string => `${tool.kind === "hosted" ? "" : (tool.namespace ?? "")}\n${tool.name}`;
  const known = new Set(tools.map(key));
  for (const tool of found) {
    if (known.has(key(tool))) continue;
    known.add(key(tool));
    tools.push(markFound(tool));
  }
  return tools;
}

function markFound(tool: Tool): Tool {
  if (tool.kind === "hosted") return tool;
  return { ...tool, extensions: { "openai-responses": { ...tool.extensions?.["openai-responses"], found: true } } };
}

function decodeSampling(body: WireObject): Sampling {
  const sampling: Sampling = {};
  const temperature = readOptionalNumber(body.temperature, "temperature");
  if (temperature !== undefined) sampling.temperature = temperature;
  const topP = readOptionalNumber(body.top_p, "top_p");
  if (topP !== undefined) sampling.topP = topP;
  return sampling;
}

const efforts: ReadonlySet<unknown> = new Set<ReasoningEffort>([
  "none",
  "minimal",
  "low",
  "medium",
  "high",
  "xhigh",
  "max",
]);

/** Thoughts are shown only to those who ask for a summary of them. */
function decodeReasoning(value: unknown): ReasoningRequest | undefined {
  if (value === undefined || value === null) return undefined;
  const reasoning = readObject(value, "reasoning");
  const effort = readOptionalString(reasoning.effort, "reasoning.effort");
  if (effort !== undefined && !efforts.has(effort)) {
    refuseField("reasoning.effort", `expected one of ${[...efforts].join(", ")}`);
  }
  if (effort === "none") return { mode: "off" };
  const display =
    readOptionalString(reasoning.summary, "reasoning.summary") ??
    readOptionalString(reasoning.generate_summary, "reasoning.generate_summary");
  if (effort === undefined && display === undefined) return undefined;
  // A summary of what there is to sum up: whether the model thinks is left to the provider.
  if (effort === undefined) return { mode: "auto", effortOnly: true, display };
  return { mode: "auto", effort: effort as ReasoningEffort, display: display ?? "omitted" };
}

function decodeFormat(value: unknown): OutputFormat | undefined {
  if (value === undefined || value === null) return undefined;
  const text = readObject(value, "text");
  if (text.format === undefined || text.format === null) return undefined;
  const format = readObject(text.format, "text.format");
  switch (format.type) {
    case "text":
      return undefined;
    case "json_object":
      return { type: "json-object" };
    case "json_schema":
      checkDepth(format.schema, "text.format.schema");
      return {
        type: "json-schema",
        name: readName(format.name, "text.format.name"),
        schema: readObject(format.schema, "text.format.schema"),
        strict: readOptionalBoolean(format.strict, "text.format.strict"),
        description: readOptionalString(format.description, "text.format.description"),
      };
    default:
      return refuseField("text.format.type", "expected text, json_object or json_schema");
  }
}

function collectExtensions(body: WireObject): WireObject | undefined {
  let extensions = pickOthers(body, "", (field) => knownFields.has(field));
  const user = readOptionalString(body.user, "user");
  if (user !== undefined && typeof body.safety_identifier === "string") (extensions ??= {}).user = user;
  // What the hub has taken out of these is left out, what it has no word for stays.
  keepRest("text", (field) => field === "format");
  keepRest("reasoning", (field) => field === "effort" || field === "summary" || field === "generate_summary");
  if (isObject(body.tool_choice) && body.tool_choice.type !== "function" && body.tool_choice.type !== "custom") {
    (extensions ??= {}).tool_choice = body.tool_choice;
  }
  return extensions;

  function keepRest(name: string, isTaken: (field: string) => boolean): void {
    const object = body[name];
    if (!isObject(object)) return;
    const rest = pickOthers(object, name, isTaken);
    if (rest !== undefined) (extensions ??= {})[name] = rest;
  }
}
