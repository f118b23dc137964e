import { invalidRequest, Refusal } from "../../answer.ts";
import type { Exchange } from "../../exchange.ts";
import { asArray, asObject } from "../../json-object.ts";
import type { JsonObject } from "../../json-object.ts";
import type { ChatDialect } from "./dialect.ts";
import { checkReplayedReasoning } from "../check-reasoning.ts";
import { genericDialect } from "./generic.ts";
import { findSchemaFault } from "./moonshot-schema.ts";

const requestFields = [
  ..."model messages max_tokens max_completion_tokens temperature top_p n stream stream_options stop".split(" "),
  ..."presence_penalty frequency_penalty user seed tools tool_choice parallel_tool_calls response_format".split(" "),
  ..."thinking reasoning_effort prompt_cache_key safety_identifier logprobs top_logprobs".split(" "),
];

/** Bytes a message may have (MoonshotAI/kimi-code#476 quotes the refusal). */
const maxMessageBytes = 2_097_152;

/** Moonshot's own platform (platform.kimi.ai/docs), its refusals as users quote them. */
export const moonshotDialect: ChatDialect = {
  ...genericDialect,
  name: "moonshot",
  models: [
    "kimi-k2-thinking",
    "kimi-k2-thinking-turbo",
    "kimi-k2-0905-preview",
    "kimi-k2.5",
    "kimi-k2.6",
    "kimi-k2.7-code",
    "kimi-k3",
  ],
  knowsModel: (model) => /^(kimi|moonshot)-/.test(model),
  unknownModel: (model) =>
    new Refusal(404, `Not found the model ${model} or Permission denied`, { type: "resource_not_found_error" }),
  contextWindow: (model) => (/k3/.test(model) ? 1_048_576 : 262_144),
  overflow: (_model, tokens, limit) =>
    invalidRequest(`Invalid request: Your request exceeded model token limit: ${limit} (requested: ${tokens})`),
  requestFields: new Set(requestFields),
  unknownField: (field) => invalidRequest(`Invalid request: unknown field "${field}"`),
  // K3 takes tools declared inside of system messages (Kimi-Vendor-Verifier tests/k3_features).
  messageFields: new Set([
    "role",
    "content",
    "name",
    "tool_calls",
    "tool_call_id",
    "reasoning_content",
    "partial",
    "tools",
  ]),
  unknownRoles: ["developer"],
  maxStops: 5,
  partTypes: new Set(["text", "image_url", "video_url"]),
  invalidPart: (at, role, type) =>
    invalidRequest(`the message at position ${at} with role '${role}' contains an invalid part type: ${type}`),
  // The doubled space is Moonshot's.
  orphanResult: () => invalidRequest("Invalid request: tool_call_id  is not found"),
  unansweredCalls: (ids) =>
    invalidRequest(
      "Invalid request: an assistant message with 'tool_calls' must be followed by tool messages responding to each " +
        `'tool_call_id'. The following tool_call_ids did not have response messages: ${ids.join(", ")}`,
    ),
  thinks: (model, body) => isThinkingModel(model) && !(canSwitchThinking(model) && isSwitchedOff(body)),
  callId: (index, name) => `functions.${name}:${index}`,
  errorBody: (refusal) => ({
    error: { message: refusal.message, type: refusal.details.type ?? "invalid_request_error" },
  }),
  usage: (usage) => ({
    prompt_tokens: usage.prompt,
    completion_tokens: usage.completion,
    total_tokens: usage.prompt + usage.completion,
    cached_tokens: usage.cached,
  }),
  usageInChoice: true,
  unauthorized: () => new Refusal(401, "Invalid Authentication", { type: "invalid_authentication_error" }),
  checkRules,
};

function checkRules(exchange: Exchange): void {
  const { body, model } = exchange;
  const thinks = moonshotDialect.thinks(model, body);
  checkMessages(exchange);
  checkImages(body, model);
  checkStops(body.stop);
  checkCallIds(body);
  if (isThinkingModel(model)) {
    if (isSwitchedOff(body) && !canSwitchThinking(model)) {
      throw invalidRequest("invalid thinking: only type=enabled is allowed for this model");
    }
    checkSampling(body, thinks);
    checkEffort(body, model);
  } else if (typeof body.temperature === "number" && body.temperature > 1) {
    throw invalidRequest("invalid temperature: must be between 0 and 1");
  }
  checkToolChoice(body, model, thinks);
  checkTools(body, exchange.strictness.checkToolSchemas);
  if (thinks) {
    checkReplayedReasoning(exchange, (at) =>
      invalidRequest(
        `thinking is enabled but reasoning_content is missing in assistant tool call message at index ${at}`,
      ),
    );
    if (keepsThoughts(model, body)) checkPreserved(body);
  }
}

function isThinkingModel(model: string): boolean {
  return /thinking|k2[.-][5-9](?!\d)|k3/.test(model);
}

// From K2.7 on always, with K2.6 where it is asked for (Kimi-Vendor-Verifier tests/k3_features).
function keepsThoughts(model: string, body: JsonObject): boolean {
  return /k2[.-]7|k3/.test(model) || (/k2[.-]6/.test(model) && asObject(body.thinking).keep === "all");
}

// MoonshotAI/kimi-cli#2498. A last message that the model is to go on with is not finished yet.
function checkPreserved(body: JsonObject): void {
  for (const [at, raw] of asArray(body.messages).entries()) {
    const message = asObject(raw);
    if (message.role !== "assistant" || message.partial === true || typeof message.reasoning_content === "string")
      continue;
    throw invalidRequest(
      `preserved thinking requires reasoning_content on every assistant message, but it is missing at index ${at}`,
    );
  }
}

// K2.5 and later see (platform.kimi.ai/docs/guide/use-kimi-vision-model), given base64 or an uploaded file, no addresses.
function checkImages(body: JsonObject, model: string): void {
  for (const raw of asArray(body.messages)) {
    for (const part of asArray(asObject(raw).content).map(asObject)) {
      if (part.type !== "image_url" && part.type !== "video_url") continue;
      if (!/vision|k2[.-][5-9](?!\d)|k3/.test(model)) {
        throw invalidRequest(`Invalid request: Image input not supported for model ${model}`);
      }
      const url = String(asObject(part[part.type]).url ?? part[part.type]);
      if (!/^(data:|ms:\/\/)/.test(url)) throw invalidRequest(`Invalid request: unsupported image url: ${url}`);
    }
  }
}

// platform.kimi.ai/docs/api/chat: "no longer than 32 bytes".
function checkStops(stop: unknown): void {
  const list = typeof stop === "string" ? [stop] : asArray(stop);
  if (list.some((one) => Buffer.byteLength(String(one)) > 32)) {
    throw invalidRequest("Invalid request: stop sequence must not exceed 32 bytes");
  }
}

// Kimi-Vendor-Verifier tests/k3_features: low, high and max.
function checkEffort(body: JsonObject, model: string): void {
  const { reasoning_effort: effort } = body;
  if (!/k3/.test(model) || effort == null || ["low", "high", "max"].includes(String(effort))) return;
  throw invalidRequest(`invalid reasoning_effort: ${String(effort)}, must be one of low, high, max`);
}

// k2.5 and k2.6 only; k2-thinking, k2.7-code and K3 always think (Kimi-Vendor-Verifier tests/params).
function canSwitchThinking(model: string): boolean {
  return /k2[.-][56](?!\d)/.test(model);
}

function isSwitchedOff(body: JsonObject): boolean {
  return asObject(body.thinking).type === "disabled";
}

// "Passing any other value is an error": the values are fixed for all models that think.
function checkSampling(body: JsonObject, thinks: boolean): void {
  const fixed: [field: string, value: number][] = [
    ["temperature", thinks ? 1 : 0.6],
    ["top_p", 0.95],
    ["presence_penalty", 0],
    ["frequency_penalty", 0],
    ["n", 1],
  ];
  for (const [field, value] of fixed) {
    if (body[field] === undefined || body[field] === null || body[field] === value) continue;
    throw invalidRequest(`invalid ${field}: only ${value} is allowed for this model`);
  }
}

function checkToolChoice(body: JsonObject, model: string, thinks: boolean): void {
  const choice = body.tool_choice;
  if (choice === "required" && asArray(body.tools).length === 0) {
    throw invalidRequest("Invalid request: tool_choice 'required' needs tools");
  }
  if (!thinks) return;
  if (typeof choice === "object" && choice !== null) {
    throw invalidRequest("tool_choice 'specified' is incompatible with thinking enabled");
  }
  if (choice === "required" && !/k3/.test(model)) {
    throw invalidRequest("tool_choice 'required' is incompatible with thinking enabled");
  }
}

function checkTools(body: JsonObject, withSchemas: boolean): void {
  for (const tool of asArray(body.tools)) {
    const definition = asObject(asObject(tool).function);
    if (!/^[a-zA-Z][\w-]*$/.test(String(definition.name))) {
      throw invalidRequest(
        "Invalid request: function name is invalid, must start with a letter and can contain letters, numbers, underscores, and dashes",
      );
    }
    const fault = withSchemas ? findSchemaFault(asObject(definition.parameters)) : undefined;
    if (fault) {
      throw invalidRequest(
        `tools.function.parameters is not a valid moonshot flavored json schema, details: <${fault}>`,
      );
    }
  }
}

function checkMessages({ body, record }: Exchange): void {
  // Measuring every message is slow, and needless where the whole body is smaller than one may be.
  const isLarge = record.bytes > maxMessageBytes;
  for (const [at, raw] of asArray(body.messages).entries()) {
    const message = asObject(raw);
    const { role, content } = message;
    const hasCalls = asArray(message.tool_calls).length > 0;
    const isBlank = typeof content === "string" ? content === "" : asArray(content).length === 0;
    if ((role === "assistant" || role === "user") && !hasCalls && isBlank) throw emptyMessage(at, role);
    for (const part of asArray(content)) {
      if (asObject(part).type === "text" && asObject(part).text === "")
        throw invalidRequest("Invalid request: text content is empty");
    }
    const bytes = isLarge ? messageBytes(message) : 0;
    if (bytes > maxMessageBytes) throw invalidRequest(`total message size ${bytes} exceeds limit ${maxMessageBytes}`);
  }
}

function emptyMessage(at: number, role: string): Refusal {
  return invalidRequest(`Invalid request: the message at position ${at} with role '${role}' must not be empty`);
}

function messageBytes(message: JsonObject): number {
  return Buffer.byteLength(JSON.stringify(message));
}

// Ids are functions.{name}:{idx} with idx running over the conversation from 0 (Kimi-K2 docs/tool_call_guidance.md).
// Moonshot renames others silently before the model sees them; other hosts do not, and the model then leaks markup or
// stops early. The mock stands in for those hosts too, so it refuses.
function checkCallIds(body: JsonObject): void {
  let index = 0;
  for (const [at, raw] of asArray(body.messages).entries()) {
    for (const call of asArray(asObject(raw).tool_calls)) {
      const { id } = asObject(call);
      const expected = `functions.${String(asObject(asObject(call).function).name)}:${index}`;
      if (id !== expected) {
        throw invalidRequest(
          `Invalid request: tool_call id '${String(id)}' in message at index ${at} should be '${expected}'`,
        );
      }
      index += 1;
    }
  }
}
