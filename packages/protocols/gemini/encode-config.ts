import { unnamedFormat, type ChatRequest } from "../model/chat-request.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { encodeSchema } from "./encode-schema.ts";
import { encodeThinking } from "./encode-thinking.ts";

export interface EncodedConfig {
  config: WireObject;
  /** What the system text has to say because no field can. */
  instruction?: string;
}

/** Writes `generationConfig`. */
export function encodeConfig(
  request: ChatRequest,
  profile: VendorProfile,
  target: EncodeTarget,
  hasFunctions: boolean,
): EncodedConfig {
  const kept = request.extensions.gemini?.generationConfig;
  const config: WireObject = isObject(kept) ? { ...kept } : {};
  encodeLimits(request, profile, target, config);
  encodeSampling(request, profile, target, config);
  const thinkingConfig = encodeThinking(request, profile, target);
  if (thinkingConfig !== undefined && Object.keys(thinkingConfig).length > 0) config.thinkingConfig = thinkingConfig;
  const instruction = encodeFormat(request, profile, target, hasFunctions, config);
  return instruction === undefined ? { config } : { config, instruction };
}

function encodeLimits(request: ChatRequest, profile: VendorProfile, target: EncodeTarget, config: WireObject): void {
  const { receipt, maxOutputTokens: limit } = target;
  const wanted = request.maxOutputTokens;
  if (wanted !== undefined) {
    const clamped = limit !== undefined && wanted > limit;
    if (clamped) receipt.note("approximated", "max_tokens", `the endpoint answers with ${limit} tokens at most`);
    if (wanted === 0) receipt.note("approximated", "max_tokens", "the upstream answers with one token at least");
    config.maxOutputTokens = clamped ? limit : Math.max(1, wanted);
  }
  const stop = request.stopSequences;
  if (stop === undefined || stop.length === 0) return;
  const most = profile.maxStopSequences ?? Number.POSITIVE_INFINITY;
  if (stop.length > most) receipt.note("dropped", "stop", `${profile.name} takes ${most} stop sequences at most`);
  config.stopSequences = stop.slice(0, most);
}

function encodeSampling(request: ChatRequest, profile: VendorProfile, target: EncodeTarget, config: WireObject): void {
  const fields = [
    ["temperature", "temperature"],
    ["top_p", "topP"],
    ["top_k", "topK"],
    ["frequency_penalty", "frequencyPenalty"],
    ["presence_penalty", "presencePenalty"],
    ["seed", "seed"],
  ] as const;
  for (const [field, key] of fields) {
    const value = request.sampling[key];
    if (value === undefined) continue;
    if (profile.fixedSampling.includes(field)) {
      target.receipt.note("dropped", field, `${profile.name} fixes it or does not know it`);
    } else config[key] = value;
  }
}

function encodeFormat(
  { outputFormat: format }: ChatRequest,
  profile: VendorProfile,
  { receipt }: EncodeTarget,
  hasFunctions: boolean,
  config: WireObject,
): string | undefined {
  if (format === undefined) return undefined;
  const possible =
    profile.structuredOutput !== "none" && !(hasFunctions && profile.structuredOutputWithTools === false);
  if (!possible) {
    receipt.note("emulated", "response_format", "not possible here beside tools: the system text asks for it");
    const only = "Answer with one JSON object and nothing else.";
    return format.type === "json-object"
      ? only
      : `${only} It must be valid against this JSON Schema:\n${JSON.stringify(format.schema)}`;
  }
  config.responseMimeType = "application/json";
  if (format.type === "json-object") return undefined;
  const { $schema: _, ...rest } = format.schema;
  const schema = {
    ...(format.name === unnamedFormat ? {} : { title: format.name }),
    ...(format.description === undefined ? {} : { description: format.description }),
    ...rest,
  };
  if (profile.toolSchemas !== "openapi") config.responseJsonSchema = schema;
  else {
    config.responseSchema = encodeSchema(schema, (keyword) => {
      receipt.note("approximated", `response_format.schema.${keyword}`, "the upstream's schemas have no such word");
    });
  }
  return undefined;
}
