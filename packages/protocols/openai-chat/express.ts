import { answersEveryCall } from "../express/answers-every-call.ts";
import { spliceModel } from "../express/splice-model.ts";
import type { ChatRequest, Message } from "../model/chat-request.ts";
import type { EncodeTarget, ExpressLane } from "../protocol-contract.ts";
import { profileForModel, type VendorProfile } from "../vendors/profile.ts";
import { fitsDialect } from "./fits-dialect.ts";
import { gatewayFields } from "./gateway-fields.ts";
import { createScanner } from "./scan-stream.ts";
import { completeAnswer } from "./show-thought.ts";

/** The lane between a chat client and an upstream without a dialect of its own. */
export const express: ExpressLane = {
  rewriteRequest(text, request, target) {
    if (mustBeWrittenAnew(text, request, target)) return undefined;
    const named = spliceModel(text, target.upstreamModel);
    if (named === undefined || !request.stream || !target.profile.streamOptions) return named;
    // The gateway accounts for every answer, so it asks for the usage chunk and keeps it from a client that did not.
    if (named.includes('"stream_options"')) return request.includeUsage === true ? named : undefined;
    return named.replace("{", '{"stream_options":{"include_usage":true},');
  },
  rewriteResponse(body, context) {
    body.model = context.requestedModel;
    completeAnswer(body);
  },
  createScanner,
};

/** What the long way would change for this upstream, because it would refuse or misread it. */
function mustBeWrittenAnew(text: string, request: ChatRequest, target: EncodeTarget): boolean {
  const profile = profileForModel(target.profile, target.upstreamModel);
  // OpenRouter's `usage: {include: true}` and our own reasoning_details are nothing a provider knows.
  if (request.includeUsage === true && !request.stream) return true;
  if (request.reasoning !== undefined || request.messages.some((message) => !fits(message, profile))) return true;
  return (
    !answersEveryCall(request) ||
    hasForeignFields(request, profile) ||
    hasForeignLimits(text, request, profile, target.maxOutputTokens) ||
    hasForeignTools(request, profile)
  );
}

function fits({ role, content }: Message, profile: VendorProfile): boolean {
  if (role === "system" && profile.midConversationSystem !== "system") return false;
  const longest = profile.toolCallIdMaxLength ?? Number.POSITIVE_INFINITY;
  for (const part of content) {
    if (part.type === "reasoning") return false;
    if (part.type === "tool-call" && part.id.length > longest) return false;
  }
  return true;
}

function hasForeignFields(request: ChatRequest, profile: VendorProfile): boolean {
  for (const field in request.extensions["openai-chat"]) {
    if (gatewayFields.has(field)) return true;
    if (profile.extensionFields !== undefined && !profile.extensionFields.includes(field)) return true;
  }
  const { temperature, topP, topK, frequencyPenalty, presencePenalty, seed } = request.sampling;
  const sampling = {
    temperature,
    top_p: topP,
    frequency_penalty: frequencyPenalty,
    presence_penalty: presencePenalty,
    seed,
  };
  if (topK !== undefined && !profile.topK) return true;
  return profile.fixedSampling.some(
    (field) => field in sampling && sampling[field as keyof typeof sampling] !== undefined,
  );
}

function hasForeignLimits(
  text: string,
  { maxOutputTokens, stopSequences }: ChatRequest,
  profile: VendorProfile,
  limit: number | undefined,
): boolean {
  if (maxOutputTokens !== undefined) {
    if (limit !== undefined && maxOutputTokens > limit) return true;
    // Newer models of OpenAI refuse the older of the two names, older servers ignore the newer.
    if (!text.includes(`"${profile.maxTokensField}"`)) return true;
  }
  return (stopSequences?.length ?? 0) > (profile.maxStopSequences ?? Number.POSITIVE_INFINITY);
}

function hasForeignTools({ tools, extensions }: ChatRequest, profile: VendorProfile): boolean {
  if (tools.length > (profile.maxTools ?? Number.POSITIVE_INFINITY)) return true;
  if (profile.customTools !== true && tools.some((tool) => tool.kind === "custom")) return true;
  return profile.allowedToolsChoice !== true && extensions["openai-chat"]?.tool_choice !== undefined;
}
