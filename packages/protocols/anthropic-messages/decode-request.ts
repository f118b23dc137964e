import {
  checkDepth,
  readArray,
  readName,
  readObject,
  readOptionalBoolean,
  readOptionalNumber,
  readOptionalString,
  readString,
} from "../wire/read-field.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { pickOthers } from "../wire/pick-others.ts";
import {
  unnamedFormat,
  type ChatRequest,
  type OutputFormat,
  type ReasoningEffort,
  type ReasoningRequest,
  type Sampling,
} from "../model/chat-request.ts";
import type { TextPart } from "../model/content.ts";
import { RequestError, refuseField } from "../model/error.ts";
import type { ToolChoice } from "../model/tool.ts";
import { decodeTextBlocks } from "./decode-content.ts";
import { decodeMessages } from "./decode-messages.ts";
import { decodeTools } from "./decode-tools.ts";

/** Fields with a place in the hub; everything else is an extension. */
const knownFields: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "system",
  "tools",
  "tool_choice",
  "max_tokens",
  "stop_sequences",
  "temperature",
  "top_p",
  "top_k",
  "thinking",
  "output_config",
  "output_format",
  "metadata",
  "stream",
]);

/**
 * Reads the body of POST /v1/messages (https://platform.claude.com/docs/en/api/messages).
 * @throws RequestError naming the field that is wrong
 */
export function decodeRequest(value: unknown): ChatRequest {
  const body = readObject(value, "body");
  refuseThread(body.thread);
  const request: ChatRequest = {
    model: withoutLongContextMark(readName(body.model, "model")),
    system: decodeSystem(body.system),
    messages: decodeMessages(readArray(body.messages, "messages")),
    tools: decodeTools(body.tools),
    sampling: decodeSampling(body),
    stream: readOptionalBoolean(body.stream, "stream") ?? false,
    extensions: {},
  };
  request.maxOutputTokens = readMaxTokens(body.max_tokens);
  decodeToolChoice(body.tool_choice, request);
  if (body.stop_sequences !== undefined && body.stop_sequences !== null) {
    request.stopSequences = readArray(body.stop_sequences, "stop_sequences").map((sequence, at) =>
      readString(sequence, `stop_sequences[${at}]`),
    );
  }
  request.reasoning = decodeThinking(body);
  request.outputFormat = decodeOutputFormat(body);
  if (isObject(body.metadata)) {
    request.userId = readOptionalString(body.metadata.user_id, "metadata.user_id");
  } else if (body.metadata !== undefined && body.metadata !== null) refuseField("metadata", "expected an object");
  const extensions = collectExtensions(body);
  if (extensions !== undefined) request.extensions["anthropic-messages"] = extensions;
  return request;
}

/** Claude Code marks a model with a long context window; the mark is not part of the name. */
function withoutLongContextMark(model: string): string {
  return model.endsWith("[1m]") ? model.slice(0, -"[1m]".length) : model;
}

/**
 * A thread lives at one upstream under one account, with a history that nobody else has: no other endpoint could take over.
 * (Beta message-threads-2026-08-12; the tool runner of @anthropic-ai/sdk asks for one unless told not to.)
 */
function refuseThread(thread: unknown): void {
  if (thread === undefined || thread === null) return;
  throw new RequestError({
    code: "thread_unsupported",
    message: "thread: conversations are not held here; send the whole history without `thread`",
    param: "thread",
  });
}

function readMaxTokens(value: unknown): number {
  if (value === undefined || value === null) refuseField("max_tokens", "is required");
  // 0 fills the prompt cache without an answer.
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) {
    refuseField("max_tokens", "expected a whole number");
  }
  return value;
}

function decodeSystem(system: unknown): TextPart[] {
  return system === undefined || system === null ? [] : decodeTextBlocks(system, "system");
}

function decodeSampling(body: WireObject): Sampling {
  const sampling: Sampling = {};
  const temperature = readOptionalNumber(body.temperature, "temperature");
  if (temperature !== undefined) sampling.temperature = temperature;
  const topP = readOptionalNumber(body.top_p, "top_p");
  if (topP !== undefined) sampling.topP = topP;
  const topK = readOptionalNumber(body.top_k, "top_k");
  if (topK !== undefined) sampling.topK = topK;
  return sampling;
}

function decodeToolChoice(value: unknown, request: ChatRequest): void {
  if (value === undefined || value === null) return;
  const choice = readObject(value, "tool_choice");
  request.toolChoice = readChoice(choice);
  const serial = readOptionalBoolean(choice.disable_parallel_tool_use, "tool_choice.disable_parallel_tool_use");
  if (serial !== undefined) request.parallelToolCalls = !serial;
}

function readChoice(choice: WireObject): ToolChoice {
  switch (choice.type) {
    case "auto":
      return { type: "auto" };
    case "any":
      return { type: "required" };
    case "none":
      return { type: "none" };
    case "tool":
      return { type: "tool", name: readName(choice.name, "tool_choice.name") };
    default:
      return refuseField("tool_choice.type", "expected auto, any, tool or none");
  }
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

function decodeThinking(body: WireObject): ReasoningRequest | undefined {
  const effort = decodeEffort(body.output_config);
  if (body.thinking === undefined || body.thinking === null) {
    // Effort also steers models whose thinking is not switched; alone it does not ask for thoughts.
    return effort === undefined ? undefined : { mode: "auto", effort, effortOnly: true };
  }
  const thinking = readObject(body.thinking, "thinking");
  const display = readOptionalString(thinking.display, "thinking.display");
  const rest = { ...(effort === undefined ? {} : { effort }), ...(display === undefined ? {} : { display }) };
  switch (thinking.type) {
    case "disabled":
    // Claude Sonnet 5.5's word for it; a part of the extensions, too, so that no other model is told so.
    case "between_tools":
      return { mode: "off", ...rest };
    case "adaptive":
      return { mode: "auto", ...rest };
    case "enabled": {
      const budget = thinking.budget_tokens;
      if (budget === undefined || budget === null) return { mode: "auto", ...rest };
      if (typeof budget !== "number" || !Number.isInteger(budget) || budget < 1) {
        refuseField("thinking.budget_tokens", "expected a positive integer");
      }
      return { mode: "budget", budgetTokens: budget, ...rest };
    }
    default:
      return refuseField("thinking.type", "expected enabled, adaptive or disabled");
  }
}

function decodeEffort(value: unknown): ReasoningEffort | undefined {
  if (value === undefined || value === null) return undefined;
  const { effort } = readObject(value, "output_config");
  if (effort === undefined || effort === null) return undefined;
  if (typeof effort !== "string") refuseField("output_config.effort", "expected a string");
  // A word newer than this code is kept for an upstream that may know it.
  return isEffort(effort) ? effort : undefined;
}

function isEffort(value: unknown): value is ReasoningEffort {
  return efforts.has(value);
}

/** `output_config.format`, or `output_format` as it was called in beta. */
function decodeOutputFormat(body: WireObject): OutputFormat | undefined {
  const config = isObject(body.output_config) ? body.output_config.format : undefined;
  const value = config ?? body.output_format;
  if (value === undefined || value === null) return undefined;
  const path = config === undefined || config === null ? "output_format" : "output_config.format";
  const format = readObject(value, path);
  if (format.type !== "json_schema") refuseField(`${path}.type`, "expected json_schema");
  checkDepth(format.schema, `${path}.schema`);
  return {
    type: "json-schema",
    name: typeof format.name === "string" && format.name !== "" ? format.name : unnamedFormat,
    schema: readObject(format.schema, `${path}.schema`),
    strict: true,
  };
}

function collectExtensions(body: WireObject): WireObject | undefined {
  let extensions = pickOthers(body, "", (field) => knownFields.has(field));
  // What the hub has taken out of these three is left out, what it has no word for stays.
  keepRest("output_config", (field, value) => field === "format" || (field === "effort" && isEffort(value)));
  keepRest("thinking", (field, value) =>
    field === "type" ? value !== "between_tools" : field === "budget_tokens" || field === "display",
  );
  keepRest("metadata", (field) => field === "user_id");
  return extensions;

  function keepRest(name: string, isTaken: (field: string, value: unknown) => boolean): void {
    const object = body[name];
    if (!isObject(object)) return;
    const rest = pickOthers(object, name, isTaken);
    if (rest !== undefined) (extensions ??= {})[name] = rest;
  }
}
