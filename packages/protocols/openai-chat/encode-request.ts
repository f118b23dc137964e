import { createHash } from "node:crypto";
import type { ChatRequest, OutputFormat } from "../model/chat-request.ts";
import type { EncodedRequest, EncodeTarget } from "../protocol-contract.ts";
import { profileForModel, type VendorProfile } from "../vendors/profile.ts";
import { encodeMessages } from "./encode-messages.ts";
import { encodeReasoning, isThinking } from "./encode-reasoning.ts";
import { encodeTools } from "./encode-tools.ts";
import { createToolNames } from "./tool-names.ts";
import type { WireObject } from "../wire/json-object.ts";

/**
 * Writes the body of POST /chat/completions in the vendor's dialect. The same conversation gives the same bytes, and a
 * longer one gives bytes that go on where the shorter one ended, so that the upstream's prompt cache holds.
 * @throws RequestError for more tools than the vendor takes
 */
export function encodeRequest(request: ChatRequest, target: EncodeTarget): EncodedRequest {
  const profile = refineProfile(request, target);
  const { receipt } = target;
  const names = createToolNames(receipt);
  const { tools, toolChoice, instruction } = encodeTools(request, profile, names, receipt);
  const body: WireObject = { model: target.upstreamModel, messages: [] };
  const instructions = [instruction, encodeOutputFormat(request.outputFormat, profile, target, body)].filter(
    (text) => text !== undefined,
  );
  body.messages = encodeMessages(request, instructions, profile, target, names);
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
  encodeReasoning(request, profile, target, body);
  encodeUser(request, profile, target, body);
  if (request.stream) {
    body.stream = true;
    if (profile.streamOptions) body.stream_options = { include_usage: true };
    if (profile.toolStream === true && tools.length > 0) body.tool_stream = true;
  }
  encodeExtensions(request, profile, target, body);
  return names.origins.size > 0 ? { body, tools: names.origins } : { body };
}

function refineProfile(request: ChatRequest, target: EncodeTarget): VendorProfile {
  const profile = profileForModel(target.profile, target.upstreamModel);
  return profile.whenThinking !== undefined && isThinking(request, profile)
    ? { ...profile, ...profile.whenThinking }
    : profile;
}

function encodeLimits(request: ChatRequest, profile: VendorProfile, target: EncodeTarget, body: WireObject): void {
  const wanted = request.maxOutputTokens;
  const limit = target.maxOutputTokens;
  if (wanted !== undefined) {
    const clamped = limit !== undefined && wanted > limit;
    if (clamped) target.receipt.note("approximated", "max_tokens", `the endpoint answers with ${limit} tokens at most`);
    body[profile.maxTokensField] = clamped ? limit : wanted;
  }
  const stop = request.stopSequences;
  if (stop === undefined || stop.length === 0) return;
  const most = profile.maxStopSequences;
  if (most !== undefined && stop.length > most) {
    target.receipt.note("dropped", "stop", `${profile.name} takes ${most} stop sequences at most`);
    body.stop = stop.slice(0, most);
  } else body.stop = stop;
}

function encodeSampling(request: ChatRequest, profile: VendorProfile, target: EncodeTarget, body: WireObject): void {
  const { sampling } = request;
  const fields = [
    ["temperature", sampling.temperature],
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
    } else body[field] = value;
  }
}

function encodeOutputFormat(
  format: OutputFormat | undefined,
  profile: VendorProfile,
  target: EncodeTarget,
  body: WireObject,
): string | undefined {
  if (format === undefined) return undefined;
  const { structuredOutput } = profile;
  if (format.type === "json-object") {
    if (structuredOutput !== "none") {
      body.response_format = { type: "json_object" };
      return undefined;
    }
    target.receipt.note("emulated", "response_format", "the upstream has no such field: the system text asks for JSON");
    return "Answer with one JSON object and nothing else.";
  }
  const { name, schema, strict, description } = format;
  if (structuredOutput === "json-schema") {
    const described: WireObject = { name };
    if (description !== undefined) described.description = description;
    described.schema = schema;
    if (strict !== undefined) described.strict = strict;
    body.response_format = { type: "json_schema", json_schema: described };
    return undefined;
  }
  if (structuredOutput === "json-object") body.response_format = { type: "json_object" };
  target.receipt.note("emulated", "response_format", "the upstream takes no schema: the system text asks for it");
  return `Answer with one JSON object and nothing else. It must be valid against this JSON Schema:\n${JSON.stringify(schema)}`;
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

// A chat client's own words for this protocol, except where the dialect has already decided.
function encodeExtensions(request: ChatRequest, profile: VendorProfile, target: EncodeTarget, body: WireObject): void {
  const extensions = request.extensions["openai-chat"];
  if (extensions !== undefined) {
    for (const [field, value] of Object.entries(extensions)) {
      if (field in body || field === "tool_choice") continue;
      if (profile.extensionFields !== undefined && !profile.extensionFields.includes(field)) {
        target.receipt.note("dropped", field, `${profile.name} has no such field`);
      } else body[field] = value;
    }
  }
  for (const [protocol, foreign] of Object.entries(request.extensions)) {
    if (protocol === "openai-chat") continue;
    for (const field in foreign) target.receipt.note("dropped", field, `a field of ${protocol} only`);
  }
}
