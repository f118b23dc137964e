import type { ChatRequest } from "../model/chat-request.ts";
import type { TextPart } from "../model/content.ts";
import { noteCacheMarks, noteForeignFields } from "../note-losses.ts";
import type { EncodedRequest, EncodeTarget } from "../protocol-contract.ts";
import { createToolNames } from "../tools/tool-names.ts";
import { profileForModel } from "../vendors/profile.ts";
import { withoutBillingLine } from "../wire/billing-line.ts";
import type { WireObject } from "../wire/json-object.ts";
import { encodeConfig } from "./encode-config.ts";
import { encodeContents } from "./encode-contents.ts";
import { encodeTools } from "./encode-tools.ts";
import { nameForm } from "./tool-names.ts";

/**
 * Writes the body of :generateContent and :streamGenerateContent; the model and whether to stream stand in the path. The same
 * conversation gives the same bytes, and a longer one goes on where the shorter one ended, so that Google's implicit cache holds.
 * @throws RequestError for what cannot be expressed at all
 */
export function encodeRequest(request: ChatRequest, given: EncodeTarget): EncodedRequest {
  const target: EncodeTarget = { ...given, profile: profileForModel(given.profile, given.upstreamModel, "gemini") };
  const { profile, receipt } = target;
  const names = createToolNames(nameForm, receipt);
  const { tools, toolConfig, hasFunctions } = encodeTools(request, profile, names, receipt);
  const { config, instruction } = encodeConfig(request, profile, target, hasFunctions);
  const body: WireObject = {};
  const system = encodeSystem(request.system, instruction, target);
  if (system.length > 0) body.systemInstruction = { parts: system };
  body.contents = encodeContents(request, target, names);
  if (tools.length > 0) body.tools = tools;
  if (toolConfig !== undefined) body.toolConfig = toolConfig;
  if (Object.keys(config).length > 0) body.generationConfig = config;
  if (request.userId !== undefined) receipt.note("dropped", "user", `${profile.name} takes no user id`);
  noteCacheMarks(request, receipt);
  noteForeignFields(request, "gemini", receipt);
  encodeExtensions(request, target, body);
  return names.origins.size > 0 ? { body, tools: names.origins } : { body };
}

function encodeSystem(
  system: readonly TextPart[],
  instruction: string | undefined,
  target: EncodeTarget,
): WireObject[] {
  const parts: WireObject[] = [];
  for (const part of system) {
    const text = withoutBillingLine(part.text, target.receipt);
    if (text !== "") parts.push({ text });
  }
  // Last, so that what stands before it stays in the cache.
  if (instruction !== undefined) parts.push({ text: instruction });
  return parts;
}

/** A Gemini client's own words for this protocol; what the hub has read of them is written already. */
function encodeExtensions(request: ChatRequest, { receipt }: EncodeTarget, body: WireObject): void {
  for (const [protocol, fields] of Object.entries(request.extensions)) {
    for (const [field, value] of Object.entries(fields)) {
      if (protocol !== "gemini") receipt.note("dropped", field, `a field of ${protocol} only`);
      else if (field !== "toolConfig" && field !== "generationConfig") body[field] = value;
    }
  }
}
