import type { ChatRequest } from "../model/chat-request.ts";
import type { ContentPart } from "../model/content.ts";
import type { Tool } from "../model/tool.ts";
import { fitsObject } from "../tools/object-schema.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { isLegalToolName } from "./tool-names.ts";

/**
 * Whether a chat client's own words are right for this vendor as they stand: the request has no field and no form that
 * encode-request.ts would write otherwise. A field is looked for in the text where the hub no longer knows its spelling;
 * that such a word stands in a text of the conversation costs the express lane and nothing else.
 */
export function fitsDialect(text: string, request: ChatRequest, profile: VendorProfile): boolean {
  return (
    fitsFields(text, request, profile) &&
    fitsSampling(request, profile) &&
    fitsTools(request, profile) &&
    fitsMessages(request, profile)
  );
}

function fitsFields(text: string, request: ChatRequest, profile: VendorProfile): boolean {
  const { outputFormat, userId } = request;
  // OpenRouter's `usage: {include: true}` and `include_reasoning` are nothing a provider knows.
  if (names(text, "usage") || names(text, "include_reasoning")) return false;
  const otherLimit = profile.maxTokensField === "max_tokens" ? "max_completion_tokens" : "max_tokens";
  if (names(text, otherLimit)) return false;
  if (profile.systemRole === "system" && names(text, "developer")) return false;
  if (outputFormat?.type === "json-schema" && profile.structuredOutput !== "json-schema") return false;
  if (outputFormat !== undefined && profile.structuredOutput === "none") return false;
  if (request.maxOutputTokens === 0) return false;
  return userId === undefined || (userId.length <= 64 && names(text, profile.userField));
}

function names(text: string, word: string): boolean {
  return text.includes(`"${word}"`);
}

function fitsSampling({ sampling, stopSequences }: ChatRequest, profile: VendorProfile): boolean {
  if (sampling.topK !== undefined && !profile.topK) return false;
  if (stopSequences !== undefined && stopSequences.length > (profile.maxStopSequences ?? Infinity)) return false;
  const given = {
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    seed: sampling.seed,
    n: undefined,
  };
  return profile.fixedSampling.every((field) => given[field] === undefined);
}

function fitsTools(request: ChatRequest, profile: VendorProfile): boolean {
  const { tools, toolChoice, parallelToolCalls } = request;
  if (tools.length === 0) return toolChoice === undefined && parallelToolCalls === undefined;
  if (tools.length > (profile.maxTools ?? Infinity)) return false;
  // Whoever asks for no thoughts in words of his own has left the lane already.
  if ((profile.toolsWhileThinking ?? "yes") !== "yes") return false;
  if (profile.toolSchemas === "moonshot" || (profile.toolStream === true && request.stream)) return false;
  if (parallelToolCalls !== undefined && !profile.parallelToolCallsField) return false;
  if (toolChoice !== undefined && !profile.toolChoices.includes(toolChoice.type)) return false;
  if (request.extensions["openai-chat"]?.tool_choice !== undefined && profile.allowedToolsChoice !== true) return false;
  return tools.every((tool) => fitsTool(tool, profile));
}

function fitsTool(tool: Tool, profile: VendorProfile): boolean {
  switch (tool.kind) {
    case "hosted":
      return true;
    case "custom":
      return profile.customTools === true && isLegalToolName(tool.name);
    case "function":
      if (tool.strict !== undefined && profile.strictTools === false) return false;
      if (tool.cache !== undefined && !profile.cacheControl) return false;
      if (!fitsObject(tool.parameters, profile)) return false;
      return tool.deferred !== true && isLegalToolName(tool.name);
  }
}

function fitsMessages({ system, messages }: ChatRequest, profile: VendorProfile): boolean {
  if (!system.every((part) => fitsPart(part, profile))) return false;
  return messages.every((message) => {
    if (message.role === "system" && profile.midConversationSystem !== "system") return false;
    return message.content.every((part) => fitsPart(part, profile));
  });
}

function fitsPart(part: ContentPart, profile: VendorProfile): boolean {
  if ("cache" in part && part.cache !== undefined && !profile.cacheControl) return false;
  switch (part.type) {
    // The client's form of a thought is ours, not the provider's.
    case "reasoning":
      return false;
    case "image":
      return profile.images && (part.source.kind === "base64" || profile.imageUrls !== false);
    case "document":
      return profile.documents === true;
    case "tool-call":
      if (part.custom === true && profile.customTools !== true) return false;
      return part.id.length <= (profile.toolCallIdMaxLength ?? 64) && isLegalToolName(part.name);
    case "tool-result":
      return (
        part.callId.length <= (profile.toolCallIdMaxLength ?? 64) && part.content.every((one) => fitsPart(one, profile))
      );
    default:
      return true;
  }
}
