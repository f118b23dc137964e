import type { ChatRequest } from "../model/chat-request.ts";
import type { ContentPart } from "../model/content.ts";
import type { Tool } from "../model/tool.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { fitsObject } from "../tools/object-schema.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { isCompaction } from "./compaction.ts";
import { mayThink } from "./encode-reasoning.ts";
import { leastOutputTokens } from "./encode-request.ts";
import { isLegalToolName } from "./tool-names.ts";

/** Fields that say where the conversation lies: the gateway has put it in its place, and the client's text has it not. */
const places: readonly string[] = ["previous_response_id", "conversation"];

/**
 * Whether a client's own words are right for this vendor as they stand: the request has no field and no form that
 * encode-request.ts would write otherwise.
 * @param profile as it holds for this request
 */
export function fitsDialect(text: string, request: ChatRequest, profile: VendorProfile, target: EncodeTarget): boolean {
  const own = request.extensions["openai-responses"];
  return (
    !isCompaction(request) &&
    places.every((field) => own?.[field] === undefined) &&
    fitsLimits(request, target) &&
    fitsFields(text, request, profile) &&
    fitsReasoning(request, profile) &&
    fitsTools(request, profile) &&
    fitsMessages(request, profile)
  );
}

function fitsLimits({ maxOutputTokens: wanted }: ChatRequest, { maxOutputTokens: limit }: EncodeTarget): boolean {
  return wanted === undefined || (wanted >= leastOutputTokens && (limit === undefined || wanted <= limit));
}

function fitsFields(text: string, { sampling, outputFormat, userId }: ChatRequest, profile: VendorProfile): boolean {
  if (sampling.temperature !== undefined && profile.fixedSampling.includes("temperature")) return false;
  if (sampling.topP !== undefined && profile.fixedSampling.includes("top_p")) return false;
  if (outputFormat?.type === "json-schema" && profile.structuredOutput !== "json-schema") return false;
  if (outputFormat !== undefined && profile.structuredOutput === "none") return false;
  return userId === undefined || (userId.length <= 64 && text.includes(`"${profile.userField}"`));
}

function fitsReasoning({ reasoning, extensions }: ChatRequest, profile: VendorProfile): boolean {
  if (reasoning === undefined && extensions["openai-responses"]?.reasoning === undefined) return true;
  if (!mayThink(profile)) return false;
  if (reasoning?.mode === "off") return profile.thinkingCanBeOff && profile.efforts?.none !== undefined;
  const effort = reasoning?.effort;
  return effort === undefined || profile.efforts === undefined || profile.efforts[effort] === effort;
}

function fitsTools(request: ChatRequest, profile: VendorProfile): boolean {
  const { tools, toolChoice, parallelToolCalls } = request;
  if (tools.length === 0) return toolChoice === undefined && parallelToolCalls === undefined;
  if (tools.length > (profile.maxTools ?? Number.POSITIVE_INFINITY)) return false;
  if (parallelToolCalls !== undefined && !profile.parallelToolCallsField) return false;
  if (toolChoice !== undefined && !profile.toolChoices.includes(toolChoice.type)) return false;
  if (request.extensions["openai-responses"]?.tool_choice !== undefined && profile.allowedToolsChoice !== true)
    return false;
  return tools.every((tool) => fitsTool(tool, profile));
}

function fitsTool(tool: Tool, profile: VendorProfile): boolean {
  if (tool.kind === "hosted") {
    return (
      tool.service === undefined || profile.hostedServices?.["openai-responses"]?.includes(tool.service.type) === true
    );
  }
  if (!isLegalToolName(tool.name) || (tool.namespace !== undefined && profile.namespaces !== true)) return false;
  if (tool.deferred === true && profile.hostedServices?.["openai-responses"]?.includes("tool-search") !== true)
    return false;
  if (tool.kind === "custom") return profile.customTools === true;
  if (!fitsObject(tool.parameters, profile)) return false;
  return tool.strict === undefined || profile.strictTools !== false;
}

function fitsMessages({ system, messages }: ChatRequest, profile: VendorProfile): boolean {
  const isDeveloper = system.some((part) => part.extensions?.["openai-responses"]?.role === "developer");
  if (isDeveloper && profile.systemRole !== "developer") return false;
  return messages.every(({ role, content }) => {
    if (role === "system" && profile.midConversationSystem !== "system") return false;
    return content.every((part) => fitsPart(part, profile));
  });
}

function fitsPart(part: ContentPart, profile: VendorProfile): boolean {
  switch (part.type) {
    case "image":
      return profile.images && (part.source.kind !== "url" || profile.imageUrls !== false);
    case "document":
      return profile.documents === true;
    case "tool-call":
      if (part.custom === true && profile.customTools !== true) return false;
      if (part.namespace !== undefined && profile.namespaces !== true) return false;
      return part.id.length <= 64 && isLegalToolName(part.name);
    case "tool-result":
      return part.content.every(
        (one) => (one.type === "text" || profile.mediaInToolResults === true) && fitsPart(one, profile),
      );
    // Found by the gateway: the provider knows nothing of these items.
    case "web-search":
    case "tool-search":
      return false;
    case "opaque":
      return part.value.type !== "item_reference";
    default:
      return true;
  }
}
