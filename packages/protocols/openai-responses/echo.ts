import type { ChatRequest } from "../model/chat-request.ts";
import type { ToolChoice } from "../model/tool.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { isCompaction } from "./compaction.ts";
import { writeTools } from "./write-tools.ts";

/**
 * What a response repeats of its request, beside the conversation. It is held for as long as the answer is open, so what
 * may have any length (instructions, tools, a schema) is repeated only if it is short, in characters of JSON.
 */
const mostRepeated = 4096;

const plainFields = [
  "metadata",
  "previous_response_id",
  "prompt_cache_key",
  "max_tool_calls",
  "top_logprobs",
  "truncation",
  "store",
] as const;

/** The small fields of a request that its answers repeat, in the form they have there; `compaction` is for the encoder. */
export function echo(request: ChatRequest): WireObject {
  const own = request.extensions["openai-responses"] ?? {};
  const repeated: WireObject = {};
  for (const field of plainFields) if (own[field] !== undefined) repeated[field] = own[field];
  const instructions = request.system.filter((part) => part.extensions?.["openai-responses"]?.role === undefined);
  if (instructions.length > 0) repeated.instructions = instructions.map((part) => part.text).join("\n\n");
  if (request.tools.length > 0) repeated.tools = writeTools(request.tools);
  const { reasoning, sampling, maxOutputTokens, parallelToolCalls, toolChoice, userId } = request;
  if (maxOutputTokens !== undefined) repeated.max_output_tokens = maxOutputTokens;
  if (parallelToolCalls !== undefined) repeated.parallel_tool_calls = parallelToolCalls;
  if (sampling.temperature !== undefined) repeated.temperature = sampling.temperature;
  if (sampling.topP !== undefined) repeated.top_p = sampling.topP;
  if (userId !== undefined) repeated.user = userId;
  repeated.tool_choice = own.tool_choice ?? (toolChoice === undefined ? "auto" : writeChoice(toolChoice, request));
  if (reasoning !== undefined) {
    const summary = reasoning.display === "omitted" ? null : (reasoning.display ?? null);
    repeated.reasoning = { effort: reasoning.mode === "off" ? "none" : (reasoning.effort ?? null), summary };
  }
  if (isCompaction(request)) repeated.compaction = true;
  const text = writeText(request, own.text);
  if (text !== undefined) repeated.text = text;
  for (const [field, value] of Object.entries(repeated)) if (!isShort(value)) delete repeated[field];
  return repeated;
}

function isShort(value: unknown): boolean {
  if (typeof value === "string") return value.length <= mostRepeated;
  return typeof value !== "object" || JSON.stringify(value).length <= mostRepeated;
}

function writeChoice(choice: ToolChoice, { tools }: ChatRequest): unknown {
  if (choice.type !== "tool") return choice.type;
  const kind = tools.find((tool) => tool.name === choice.name)?.kind;
  return { type: kind === "custom" ? "custom" : "function", name: choice.name };
}

function writeText({ outputFormat }: ChatRequest, rest: unknown): WireObject | undefined {
  const others = isObject(rest) ? rest : undefined;
  if (outputFormat === undefined) return others === undefined ? undefined : { format: { type: "text" }, ...others };
  if (outputFormat.type === "json-object") return { format: { type: "json_object" }, ...others };
  const { name, schema, strict, description } = outputFormat;
  const format: WireObject = { type: "json_schema", name, schema, strict: strict ?? null };
  if (description !== undefined) format.description = description;
  return { format, ...others };
}
