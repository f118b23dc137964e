import { createHash } from "node:crypto";
import type { ChatRequest } from "../model/chat-request.ts";
import { saysJson } from "../model/says-json.ts";
import { RequestError } from "../model/error.ts";
import { noteForeignFields } from "../note-losses.ts";
import type { EncodedRequest, EncodeTarget } from "../protocol-contract.ts";
import { keepStrict } from "../tools/strict-schema.ts";
import { createToolNames } from "../tools/tool-names.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { dialectFor } from "./dialect-for.ts";
import { encodeMessages } from "./encode-messages.ts";
import { encodeReasoning } from "./encode-reasoning.ts";
import { encodeTools } from "./encode-tools.ts";
import { inferCacheMarks } from "./infer-cache-marks.ts";
import { nameForm } from "./tool-names.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/**
 * Writes the body of POST /chat/completions in the vendor's dialect. The same conversation gives the same bytes, and a
 * longer one gives bytes that go on where the shorter one ended, so that the upstream's prompt cache holds.
 * @throws RequestError for more tools than the vendor takes
 */
export function encodeRequest(request: ChatRequest, target: EncodeTarget): EncodedRequest {
  const profile = dialectFor(request, target);
  const { receipt } = target;
  const names = createToolNames(nameForm, receipt);
  const { tools, toolChoice, instruction, loaded } = encodeTools(request, profile, names, receipt);
  const body: WireObject = { model: target.upstreamModel, messages: [] };
  const formed = tools.length > 0 && profile.structuredOutputWithTools === false ? withoutForm(profile) : profile;
  const instructions = [instruction, encodeOutputFormat(request, formed, target, body)].filter(
    (text) => text !== undefined,
  );
  body.messages = encodeMessages(request, instructions, profile, target, names, loaded);
  if (tools.length > 0) {
    body.tools = tools;
    if (toolChoice !== undefined) body.tool_choice = toolChoice;
    if (request.parallelToolCalls !== undefined) {
      if (profile.parallelToolCallsField) body.parallel_tool_calls = request.parallelToolCalls;
      else receipt.note("dropped", "parallel_tool_calls", `${profile.name} has no such field`);
    }
  }
  encodeLimits(request, profile, target, body);
  encodeSampling(request, profile, target, body);
  encodeReasoning(restBesideTools(request, tools.length > 0, profile, target), profile, target, body);
  encodeUser(request, profile, target, body);
  if (request.stream || profile.streamOnly === true) {
    body.stream = true;
    if (profile.streamOptions) body.stream_options = { include_usage: true };
    if (profile.toolStream === true && tools.length > 0) body.tool_stream = true;
  }
  encodeExtensions(request, profile, target, body);
  noteForeignFields(request, "openai-chat", receipt);
  Object.assign(body, profile.fixedFields);
  if (target.inferCacheMarks === true && profile.cachesAtMarksOnly === true) inferCacheMarks(body);
  return names.origins.size > 0 ? { body, tools: names.origins } : { body };
}

function withoutForm(profile: VendorProfile): VendorProfile {
  return { ...profile, structuredOutput: "none" };
}

/**
 * Where thinking and function tools exclude each other, tools count more: without them an agent cannot act.
 * @throws RequestError where the model takes no tools at all, so that another candidate is asked
 */
function restBesideTools(
  request: ChatRequest,
  hasTools: boolean,
  profile: VendorProfile,
  { receipt, upstreamModel }: EncodeTarget,
): ChatRequest {
  if (!hasTools) return request;
  switch (profile.toolsWhileThinking ?? "yes") {
    case "yes":
      return request;
    case "no": {
      const message = `tools: ${upstreamModel} takes tools in the Responses protocol only`;
      throw new RequestError({ code: "unsupported_parameter", message, param: "tools" });
    }
    case "without-thinking":
      if (request.reasoning !== undefined && request.reasoning.mode !== "off") {
        receipt.note("dropped", "reasoning", "in this protocol the model takes tools only if it does not think");
      }
      return { ...request, reasoning: { mode: "off" } };
  }
}

function encodeLimits(request: ChatRequest, profile: VendorProfile, target: EncodeTarget, body: WireObject): void {
  const wanted = request.maxOutputTokens;
  const limit = target.maxOutputTokens;
  if (wanted !== undefined) {
    const clamped = limit !== undefined && wanted > limit;
    if (clamped) target.receipt.note("approximated", "max_tokens", `the endpoint answers with ${limit} tokens at most`);
    // 0 warms a cache at Anthropic; elsewhere no answer is too short.
    if (wanted === 0) target.receipt.note("approximated", "max_tokens", "the upstream answers with one token at least");
    body[profile.maxTokensField] = clamped ? limit : Math.max(1, wanted);
  }
  encodeStop(request.stopSequences ?? [], profile, target, body);
}

function encodeStop(wanted: readonly string[], profile: VendorProfile, target: EncodeTarget, body: WireObject): void {
  const { maxStopSequences: most = Infinity, maxStopBytes = Infinity } = profile;
  const fitting = wanted.filter((sequence) => Buffer.byteLength(sequence) <= maxStopBytes);
  if (fitting.length < wanted.length) {
    target.receipt.note("dropped", "stop", `${profile.name} takes stop sequences of ${maxStopBytes} bytes at most`);
  }
  if (fitting.length > most) {
    target.receipt.note("dropped", "stop", `${profile.name} takes ${most} stop sequences at most`);
  }
  const taken = fitting.slice(0, most);
  if (taken.length > 0) body.stop = taken;
}

function encodeSampling(request: ChatRequest, profile: VendorProfile, target: EncodeTarget, body: WireObject): void {
  const { sampling } = request;
  const fields = [
    ["temperature", temperatureFor(sampling.temperature, profile, target)],
    ["top_p", sampling.topP],
    ["top_k", sampling.topK],
    ["frequency_penalty", sampling.frequencyPenalty],
    ["presence_penalty", sampling.presencePenalty],
    ["seed", sampling.seed],
  ] as const;
  for (const [field, value] of fields) {
    if (value === undefined) continue;
    if (profile.fixedSampling.includes(field) || (field === "top_k" && !profile.topK)) {
      target.receipt.note("dropped", field, `${profile.name} fixes it or does not know it`);
    } else body[field === "seed" ? (profile.seedField ?? field) : field] = value;
  }
}

function temperatureFor(wanted: number | undefined, profile: VendorProfile, target: EncodeTarget): number | undefined {
  const range = profile.temperatureRange;
  if (wanted === undefined || range === undefined || profile.fixedSampling.includes("temperature")) return wanted;
  const [least, most] = range;
  const taken = Math.min(most, Math.max(least, wanted));
  if (taken !== wanted) target.receipt.note("approximated", "temperature", `must lie between ${least} and ${most}`);
  return taken;
}

const jsonAlone = "Answer with one JSON object and nothing else.";

function encodeOutputFormat(
  { outputFormat: format, system, messages }: ChatRequest,
  profile: VendorProfile,
  target: EncodeTarget,
  body: WireObject,
): string | undefined {
  if (format === undefined) return undefined;
  const { structuredOutput } = profile;
  if (format.type === "json-object") {
    if (structuredOutput !== "none") {
      body.response_format = { type: "json_object" };
      if (format.unsaid !== true || saysJson(system, messages)) return undefined;
      target.receipt.note(
        "repaired",
        "response_format",
        "JSON mode demands the word in the prompt: the system text says it",
      );
      return jsonAlone;
    }
    target.receipt.note("emulated", "response_format", "the upstream has no such field: the system text asks for JSON");
    return jsonAlone;
  }
  const { name, schema, strict, description } = format;
  if (structuredOutput === "json-schema") {
    const described: WireObject = { name };
    if (description !== undefined) described.description = description;
    described.schema = schema;
    if (strict !== undefined) {
      described.strict = keepStrict(strict, schema, "response_format.strict", profile, target.receipt);
    }
    body.response_format = { type: "json_schema", json_schema: described };
    return undefined;
  }
  if (structuredOutput === "json-object") body.response_format = { type: "json_object" };
  target.receipt.note("emulated", "response_format", "the upstream takes no schema: the system text asks for it");
  return `${jsonAlone} It must be valid against this JSON Schema:\n${JSON.stringify(schema)}`;
}

/** `safety_identifier` may have 64 characters, and Claude Code's id has more: a digest identifies as well. */
const maxUserLength = 64;

function encodeUser(request: ChatRequest, profile: VendorProfile, target: EncodeTarget, body: WireObject): void {
  const { userId } = request;
  if (userId === undefined) return;
  if (profile.userField === "none") {
    target.receipt.note("dropped", "user", `${profile.name} takes no user id`);
  } else if (userId.length > maxUserLength) {
    target.receipt.note("approximated", "user", "a long user id is sent as its digest");
    body[profile.userField] = createHash("sha256").update(userId).digest("hex");
  } else body[profile.userField] = userId;
}

/** Fields of the vendors' `thinking` switch that the hub has no word for (Kimi's `keep`). */
function mergeThinking(value: unknown, profile: VendorProfile, { receipt }: EncodeTarget, body: WireObject): void {
  if (!isObject(value)) return;
  if (isObject(body.thinking)) body.thinking = { ...value, ...body.thinking };
  else for (const field in value) receipt.note("dropped", `thinking.${field}`, `${profile.name} has no such field`);
}

function noteOtherwise(field: string, value: unknown, { receipt }: EncodeTarget, body: WireObject): void {
  if (JSON.stringify(body[field]) !== JSON.stringify(value)) {
    receipt.note("dropped", field, "another field of the request, or the vendor's dialect, decides it");
  }
}

// A chat client's own words for this protocol, except where the dialect has already decided.
function encodeExtensions(request: ChatRequest, profile: VendorProfile, target: EncodeTarget, body: WireObject): void {
  const extensions = request.extensions["openai-chat"];
  if (extensions !== undefined) {
    for (const [field, value] of Object.entries(extensions)) {
      if (field === "tool_choice") continue;
      // Obfuscation is for the stream that the client gets, which the gateway makes anew.
      if (field === "stream_options") target.receipt.note("dropped", field, "only include_usage has an effect");
      // The words of a gateway.
      else if (field === "include_reasoning" && profile.reasoningDetails !== true) {
        target.receipt.note("dropped", field, "how thoughts are shown is the upstream's choice");
      } else if (field === "thinking") mergeThinking(value, profile, target, body);
      else if (field in body) noteOtherwise(field, value, target, body);
      else if (profile.extensionFields !== undefined && !profile.extensionFields.includes(field)) {
        target.receipt.note("dropped", field, `${profile.name} has no such field`);
      } else body[field] = value;
    }
  }
  for (const [protocol, foreign] of Object.entries(request.extensions)) {
    if (protocol === "openai-chat") continue;
    for (const field in foreign) target.receipt.note("dropped", field, `a field of ${protocol} only`);
  }
}
