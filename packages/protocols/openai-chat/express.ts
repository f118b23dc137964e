import { answersEveryCall } from "../express/answers-every-call.ts";
import { spliceModel } from "../express/splice-model.ts";
import type { ChatRequest } from "../model/chat-request.ts";
import type { EncodeTarget, ExpressLane } from "../protocol-contract.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { completeAnswer } from "./complete-answer.ts";
import { dialectFor } from "./dialect-for.ts";
import { fitsDialect } from "./fits-dialect.ts";
import { createScanner } from "./scan-stream.ts";

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
  const profile = dialectFor(request, target);
  const wanted = request.maxOutputTokens ?? 0;
  return (
    request.reasoning !== undefined ||
    (target.maxOutputTokens !== undefined && wanted > target.maxOutputTokens) ||
    hasForeignFields(request, profile) ||
    !answersEveryCall(request) ||
    !fitsDialect(text, request, profile)
  );
}

function hasForeignFields(request: ChatRequest, profile: VendorProfile): boolean {
  for (const field in request.extensions["openai-chat"]) {
    if (profile.extensionFields !== undefined && !profile.extensionFields.includes(field)) return true;
  }
  return false;
}
