import type { ChatRequest } from "../model/chat-request.ts";
import type { EncodeTarget, ExpressLane } from "../protocol-contract.ts";
import { spliceModel } from "../express/splice-model.ts";
import { gatewayFields } from "./gateway-fields.ts";
import { createScanner } from "./scan-stream.ts";

/** The lane between a chat client and an upstream without a dialect of its own. */
export const express: ExpressLane = {
  rewriteRequest(text, request, target) {
    if (mustBeWrittenAnew(request, target)) return undefined;
    const named = spliceModel(text, target.upstreamModel);
    if (named === undefined || !request.stream || !target.profile.streamOptions || request.includeUsage === true)
      return named;
    // The gateway accounts for every answer, so it asks for the usage chunk and keeps it from a client that did not.
    if (named.includes('"stream_options"')) return undefined;
    return named.replace("{", '{"stream_options":{"include_usage":true},');
  },
  rewriteResponse(body, context) {
    body.model = context.requestedModel;
  },
  createScanner,
};

function mustBeWrittenAnew(request: ChatRequest, { profile, maxOutputTokens }: EncodeTarget): boolean {
  const extensions = request.extensions["openai-chat"] ?? {};
  for (const field in extensions) {
    if (gatewayFields.has(field)) return true;
    if (profile.extensionFields !== undefined && !profile.extensionFields.includes(field)) return true;
  }
  // OpenRouter's `usage: {include: true}` and our own reasoning_details are nothing a provider knows.
  if (request.includeUsage === true && !request.stream) return true;
  if (request.reasoning !== undefined) return true;
  if (
    request.maxOutputTokens !== undefined &&
    maxOutputTokens !== undefined &&
    request.maxOutputTokens > maxOutputTokens
  ) {
    return true;
  }
  return request.messages.some((message) => message.content.some((part) => part.type === "reasoning"));
}
