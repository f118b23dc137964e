import { createHash } from "node:crypto";
import { unnamedFormat, type ChatRequest, type OutputFormat } from "../model/chat-request.ts";
import { withoutBillingLine } from "../wire/billing-line.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { noteForeignFields } from "../note-losses.ts";
import type { EncodedRequest, EncodeTarget } from "../protocol-contract.ts";
import type { Receipt } from "../receipt.ts";
import { createToolNames } from "../tools/tool-names.ts";
import { profileForModel, type VendorProfile } from "../vendors/profile.ts";
import { claudeTraits } from "./claude-models.ts";
import { encodeTextPart, isBlank } from "./encode-content.ts";
import { encodeMessages } from "./encode-messages.ts";
import { encodeSampling } from "./encode-sampling.ts";
import { encodeThinking } from "./encode-thinking.ts";
import { encodeToolChoice, encodeTools } from "./encode-tools.ts";
import { finishPrefill } from "./finish-prefill.ts";
import { toGrammarSchema } from "./grammar-schema.ts";
import { inferCacheMarks } from "./infer-cache-marks.ts";
import { limitCacheMarks } from "./limit-cache-marks.ts";
import { anthropicNames, careful } from "./tool-names.ts";

/** What Messages demands and other protocols leave out; Claude Code's own default. */
const defaultMaxTokens = 32_000;

/** `tool_choice` of the models that no tool can be forced upon. */
const unforced: VendorProfile["toolChoices"] = ["auto", "none"];

/** Fields that exist only together with a beta header. */
const betaFields: ReadonlySet<string> = new Set(
  "context_management compaction mcp_servers container fallbacks speed diagnostics billing_policy".split(" "),
);

/**
 * Writes the body of POST /v1/messages for an upstream that speaks it. The same conversation gives the same bytes, and a
 * longer one bytes that go on where the shorter one ended, so that the upstream's prompt cache holds.
 * @throws RequestError for more tools than the vendor takes, and for a conversation without content
 */
export function encodeRequest(request: ChatRequest, given: EncodeTarget): EncodedRequest {
  const profile = profileForModel(given.profile, given.upstreamModel, "anthropic-messages");
  const target: EncodeTarget = { ...given, profile };
  const names = createToolNames(profile.verifiesSignatures ? anthropicNames : careful, target.receipt);
  const tools = encodeTools(request, target, names);
  const { messages, needsSystemBeta, thoughtMissing } = encodeMessages(request, target, names);
  const maxTokens = clampMaxTokens(request, target);
  const thinking = encodeThinking(request, profile, target, maxTokens, thoughtMissing);
  const traits = claudeTraits(target.upstreamModel);
  finishPrefill(messages, traits === undefined || (traits.prefill && !thinking.isOn), target.receipt);
  const refined = thinking.isOn ? { ...profile, ...profile.whenThinking } : profile;

  const body: WireObject = { model: target.upstreamModel, max_tokens: maxTokens };
  const system = encodeSystem(request, target);
  if (system.length > 0) body.system = system;
  body.messages = messages;
  if (tools.length > 0) body.tools = tools;
  const chosen = traits?.forcedTools === false ? { ...refined, toolChoices: unforced } : refined;
  encodeToolChoice(request, chosen, target, names, body);
  encodeStopSequences(request, target, body);
  if (thinking.thinking !== undefined) body.thinking = thinking.thinking;
  encodeSampling(request, refined, target, thinking.isOn, body);
  encodeOutputConfig(request, target, thinking.effort, body);
  if (request.userId !== undefined) body.metadata = { user_id: takenUserId(request.userId, target.receipt) };
  if (request.stream) body.stream = true;
  spreadExtensions(request, target, body);
  noteForeignFields(request, "anthropic-messages", target.receipt);
  const isMarked = limitCacheMarks(body, target.receipt);
  if (!isMarked && target.inferCacheMarks === true && profile.cacheControl) inferCacheMarks(body);

  const betas: string[] = [];
  if (needsSystemBeta) betas.push("mid-conversation-system-2026-04-07");
  if (tools.some((tool) => tool.defer_loading === true)) betas.push("advanced-tool-use-2025-11-20");
  const encoded: EncodedRequest = { body };
  if (betas.length > 0) encoded.headers = { "anthropic-beta": betas.join(",") };
  if (names.origins.size > 0) encoded.tools = names.origins;
  return encoded;
}

function clampMaxTokens(request: ChatRequest, target: EncodeTarget): number {
  const limit = target.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  const wanted = request.maxOutputTokens;
  if (wanted === undefined) return Math.min(defaultMaxTokens, limit);
  if (wanted > limit)
    target.receipt.note("approximated", "max_tokens", `this endpoint answers at most ${limit} tokens`);
  return Math.min(wanted, limit);
}

function encodeSystem(request: ChatRequest, target: EncodeTarget): WireObject[] {
  const { anthropicBetas } = target.profile;
  return request.system.flatMap((part) => {
    const text = anthropicBetas ? part.text : withoutBillingLine(part.text, target.receipt);
    return isBlank(text) ? [] : [encodeTextPart({ ...part, text }, target)];
  });
}

function encodeStopSequences(request: ChatRequest, { profile, receipt }: EncodeTarget, body: WireObject): void {
  const wanted = request.stopSequences ?? [];
  // "each stop sequence must contain non-whitespace"
  const possible = wanted.filter((sequence) => !isBlank(sequence)).slice(0, profile.maxStopSequences);
  if (possible.length < wanted.length) {
    receipt.note("dropped", "stop_sequences", "blank ones, and those beyond the number this upstream takes");
  }
  if (possible.length > 0) body.stop_sequences = possible;
}

function encodeOutputConfig(
  request: ChatRequest,
  { receipt, profile }: EncodeTarget,
  effort: string | undefined,
  body: WireObject,
): void {
  const config: WireObject = {};
  if (effort !== undefined) config.effort = effort;
  const format = request.outputFormat;
  const enforced =
    format?.type === "json-schema" && profile.structuredOutput === "json-schema"
      ? enforcedSchema(describeSchema(format), profile, receipt)
      : undefined;
  if (enforced !== undefined) config.format = { type: "json_schema", schema: enforced };
  else if (format !== undefined) {
    receipt.note("emulated", "response_format", "the upstream takes no such schema: the system prompt asks for it");
    const schema =
      format.type === "json-schema" ? ` It must match this JSON Schema:\n${JSON.stringify(format.schema)}` : "";
    const text = `Answer with a single JSON object and nothing else: no prose, no code fences.${schema}`;
    body.system = [...(Array.isArray(body.system) ? (body.system as unknown[]) : []), { type: "text", text }];
  }
  if (Object.keys(config).length > 0) body.output_config = config;
}

/**
 * "String should have at most 256 characters", and "user_id appears to contain an email address" (BerriAI/litellm#10106): a
 * digest identifies as well.
 */
function takenUserId(userId: string, receipt: Receipt): string {
  const isTaken = userId.length <= 256 && !/\S@\S+\.\S/.test(userId);
  if (isTaken) return userId;
  receipt.note("approximated", "user", "a long user id, or one that names a person, is sent as its digest");
  return createHash("sha256").update(userId).digest("hex");
}

/** The schema as the upstream enforces it. @returns undefined for one that it would refuse */
function enforcedSchema(schema: WireObject, profile: VendorProfile, receipt: Receipt): WireObject | undefined {
  if (profile.toolSchemas !== "anthropic") return schema;
  const grammar = toGrammarSchema(schema);
  if (grammar?.isWhole === false) {
    receipt.note("emulated", "response_format", "what the upstream's schemas cannot say is told in words, and checked");
  }
  if (grammar?.isClosed === true) {
    receipt.note("approximated", "response_format.schema", "the upstream's schemas allow no further properties");
  }
  return grammar?.schema;
}

/** Messages have no place for a schema's name and description but the schema itself. */
function describeSchema({ name, description, schema }: Extract<OutputFormat, { type: "json-schema" }>): WireObject {
  return {
    ...(name === unnamedFormat ? {} : { title: name }),
    ...(description === undefined ? {} : { description }),
    ...schema,
  };
}

function spreadExtensions(request: ChatRequest, { receipt, profile }: EncodeTarget, body: WireObject): void {
  for (const [protocol, fields] of Object.entries(request.extensions)) {
    for (const [field, value] of Object.entries(fields)) {
      if (protocol !== "anthropic-messages") {
        receipt.note("dropped", field, `${protocol} only`);
      } else if (!profile.anthropicBetas && (betaFields.has(field) || isObject(value))) {
        receipt.note("dropped", field, "this upstream may not know it");
      } else if (field === "output_config" || field === "metadata") {
        body[field] = { ...(value as WireObject), ...(body[field] as WireObject | undefined) };
      } else if (field !== "thinking") body[field] = value;
    }
  }
}
