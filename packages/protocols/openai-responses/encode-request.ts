import { createHash } from "node:crypto";
import type { ChatRequest } from "../model/chat-request.ts";
import { saysJson } from "../model/says-json.ts";
import { noteCacheMarks, noteForeignFields } from "../note-losses.ts";
import type { EncodedRequest, EncodeTarget } from "../protocol-contract.ts";
import { keepStrict } from "../tools/strict-schema.ts";
import { createToolNames } from "../tools/tool-names.ts";
import { profileForModel, type VendorProfile } from "../vendors/profile.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { encodeInput } from "./encode-input.ts";
import { encodeReasoning, mayThink } from "./encode-reasoning.ts";
import { encodeTools, mannerOf } from "./encode-tools.ts";
import { nameForm } from "./tool-names.ts";

export const encryptedReasoning = "reasoning.encrypted_content";

/** "Expected a value >= 16": the least limit of an answer. */
export const leastOutputTokens = 16;

/** `safety_identifier` and `prompt_cache_key` may have 64 characters: a digest identifies as well. */
const maxIdLength = 64;

/** What the gateway has put in its place or decides itself. */
export const heldFields: ReadonlySet<string> = new Set(["previous_response_id", "conversation", "store", "include"]);

/**
 * Writes the body of POST /responses. Nothing is left at the provider unless the client asked for it, so that its thoughts
 * have to travel with the conversation, encrypted. The same conversation gives the same bytes.
 * @throws RequestError for more tools than the vendor takes
 */
export function encodeRequest(request: ChatRequest, target: EncodeTarget): EncodedRequest {
  const profile = refineProfile(request, target);
  const names = createToolNames(nameForm, target.receipt);
  const manner = mannerOf(request, profile, names, target.receipt);
  const body: WireObject = { model: target.upstreamModel };
  const text: WireObject = {};
  const note = encodeFormat(request, profile, target, text);
  Object.assign(body, encodeInput(request, note === undefined ? [] : [note], manner, { ...target, profile }));
  encodeTools(request, manner, body);
  encodeLimits(request, target, body);
  encodeSampling(request, profile, target, body);
  encodeReasoning(request, profile, target, body);
  encodeUser(request, profile, target, body);
  if (request.stream) body.stream = true;
  const own = request.extensions["openai-responses"];
  body.store = own?.store === true;
  const include = encodeInclude(own?.include, profile);
  if (include.length > 0) body.include = include;
  encodeExtensions(request, target, body, text);
  noteForeignFields(request, "openai-responses", target.receipt);
  noteCacheMarks(request, target.receipt);
  if (Object.keys(text).length > 0) body.text = text;
  if (profile.extensionFields?.includes("prompt_cache_key") !== false) {
    body.prompt_cache_key ??= inferCacheKey(request);
  }
  dropRefused(own, profile, target, body);
  return names.origins.size > 0 ? { body, tools: names.origins } : { body };
}

/** The profile as it holds for this request: some fields are fixed only while the model thinks. */
export function refineProfile({ reasoning }: ChatRequest, { profile, upstreamModel }: EncodeTarget): VendorProfile {
  const refined = profileForModel(profile, upstreamModel, "openai-responses");
  const thinks = !refined.thinkingCanBeOff || (mayThink(refined) && reasoning?.mode !== "off");
  return thinks && refined.whenThinking !== undefined ? { ...refined, ...refined.whenThinking } : refined;
}

function encodeInclude(wanted: unknown, profile: VendorProfile): unknown[] {
  const include: unknown[] = Array.isArray(wanted) ? [...(wanted as unknown[])] : [];
  // "Encrypted content is not supported with this model": models that do not think refuse it.
  if (mayThink(profile) && !include.includes(encryptedReasoning)) include.push(encryptedReasoning);
  return include;
}

function encodeFormat(
  { outputFormat: format, messages }: ChatRequest,
  profile: VendorProfile,
  { receipt }: EncodeTarget,
  text: WireObject,
): string | undefined {
  if (format === undefined) return undefined;
  // The word has to be in the input: instructions do not count.
  const isUnsaid = format.type === "json-object" && format.unsaid === true && !saysJson([], messages);
  if (format.type === "json-object" && profile.structuredOutput !== "none" && !isUnsaid) {
    text.format = { type: "json_object" };
    return undefined;
  }
  if (format.type === "json-schema" && profile.structuredOutput === "json-schema") {
    const { name, schema, strict, description } = format;
    text.format = {
      type: "json_schema",
      name,
      ...(description === undefined ? {} : { description }),
      schema,
      ...(strict === undefined ? {} : { strict: keepStrict(strict, schema, "text.format.strict", profile, receipt) }),
    };
    return undefined;
  }
  receipt.note("emulated", "response_format", "the upstream takes no such field here: the instructions ask for it");
  if (format.type === "json-object") return "Answer with one JSON object and nothing else.";
  if (profile.structuredOutput === "json-object") text.format = { type: "json_object" };
  return `Answer with one JSON object and nothing else. It must be valid against this JSON Schema:\n${JSON.stringify(format.schema)}`;
}

function encodeLimits(
  { maxOutputTokens: wanted }: ChatRequest,
  { maxOutputTokens: limit, receipt }: EncodeTarget,
  body: WireObject,
): void {
  if (wanted === undefined) return;
  if (limit !== undefined && wanted > limit) {
    receipt.note("approximated", "max_tokens", `the endpoint answers with ${limit} tokens at most`);
    body.max_output_tokens = limit;
  } else if (wanted < leastOutputTokens) {
    receipt.note("approximated", "max_tokens", `the upstream answers with ${leastOutputTokens} tokens at least`);
    body.max_output_tokens = leastOutputTokens;
  } else body.max_output_tokens = wanted;
}

function encodeSampling(
  request: ChatRequest,
  profile: VendorProfile,
  { receipt }: EncodeTarget,
  body: WireObject,
): void {
  const { sampling, stopSequences } = request;
  for (const [field, value] of [
    ["temperature", sampling.temperature],
    ["top_p", sampling.topP],
  ] as const) {
    if (value === undefined) continue;
    if (profile.fixedSampling.includes(field)) receipt.note("dropped", field, `${profile.name} fixes it`);
    else body[field] = value;
  }
  for (const [field, value] of [
    ["top_k", sampling.topK],
    ["frequency_penalty", sampling.frequencyPenalty],
    ["presence_penalty", sampling.presencePenalty],
    ["seed", sampling.seed],
    ["stop", stopSequences === undefined || stopSequences.length === 0 ? undefined : stopSequences],
  ] as const) {
    if (value !== undefined) receipt.note("dropped", field, "the Responses protocol has no such field");
  }
}

function encodeUser(
  { userId }: ChatRequest,
  profile: VendorProfile,
  { receipt }: EncodeTarget,
  body: WireObject,
): void {
  if (userId === undefined) return;
  if (profile.userField !== "user" && profile.userField !== "safety_identifier") {
    receipt.note("dropped", "user", `${profile.name} takes no user id`);
  } else if (userId.length > maxIdLength) {
    receipt.note("approximated", "user", "a long user id is sent as its digest");
    body[profile.userField] = digest(userId);
  } else body[profile.userField] = userId;
}

// A client's own words for this protocol, except where something else has been decided.
function encodeExtensions(
  { extensions }: ChatRequest,
  { receipt }: EncodeTarget,
  body: WireObject,
  text: WireObject,
): void {
  for (const [field, value] of Object.entries(extensions["openai-responses"] ?? {})) {
    if (field === "text" && isObject(value)) Object.assign(text, { ...value, ...text });
    else if (field === "user" && field in body) receipt.note("dropped", field, "`safety_identifier` stands for it");
    else if (!(field in body) && !heldFields.has(field) && field !== "tool_choice" && field !== "reasoning") {
      body[field] = value;
    }
  }
  for (const [protocol, foreign] of Object.entries(extensions)) {
    if (protocol === "openai-responses") continue;
    for (const field in foreign) receipt.note("dropped", field, `a field of ${protocol} only`);
  }
}

/** What the client has not asked for is no loss. */
function dropRefused(
  own: WireObject | undefined,
  { name, refusedFields = [] }: VendorProfile,
  { receipt }: EncodeTarget,
  body: WireObject,
): void {
  for (const field of refusedFields) {
    if (own?.[field] !== undefined) receipt.note("dropped", field, `${name} has no such field`);
    delete body[field];
  }
}

/**
 * Requests with the same key go to the same machine, where their prefix is cached
 * (https://platform.openai.com/docs/guides/prompt-caching). A conversation keeps its beginning; Claude Code's user id names
 * its session.
 */
function inferCacheKey({ userId, system, messages }: ChatRequest): string {
  if (userId !== undefined) return digest(userId);
  let beginning = "";
  for (const part of system) beginning += part.text;
  for (const part of messages[0]?.content ?? []) if (part.type === "text") beginning += part.text;
  return digest(beginning);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
