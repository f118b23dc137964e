import { answersEveryCall } from "../express/answers-every-call.ts";
import { spliceModel } from "../express/splice-model.ts";
import type { ChatRequest } from "../model/chat-request.ts";
import type { EncodeTarget, ExpressLane } from "../protocol-contract.ts";
import { isObject } from "../wire/json-object.ts";
import { summaryMark } from "./compaction.ts";
import { helperFields } from "./decode-content.ts";
import { mayThink } from "./encode-reasoning.ts";
import { encryptedReasoning, refineProfile } from "./encode-request.ts";
import { openThought } from "./encode-thought.ts";
import { fitsDialect } from "./fits-dialect.ts";
import { createScanner } from "./scan-stream.ts";
import { sealItem } from "./seal-item.ts";

const envelopes = /or1\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/g;

/** The lane between a Responses client and an upstream that speaks Responses natively. */
export const express: ExpressLane = {
  rewriteRequest(text, request, target) {
    const profile = refineProfile(request, target);
    // A profile that knows nothing of its models cannot vouch for the order of their events either, which Codex relies on.
    if (profile.efforts === undefined) return undefined;
    if (text.includes(`"${summaryMark}`)) return undefined;
    for (const field of helperFields) if (text.includes(`"${field}"`)) return undefined;
    if (!answersEveryCall(request) || !fitsDialect(text, request, profile, target)) return undefined;
    const natives = collectNatives(request, target);
    if (natives === undefined) return undefined;
    const added = missingFields(text, request, mayThink(profile));
    const named = added === undefined ? undefined : spliceModel(text, target.upstreamModel);
    if (added === undefined || named === undefined) return undefined;
    const complete = added === "" ? named : named.replace("{", `{${added}`);
    return natives.size === 0 ? complete : complete.replace(envelopes, (envelope) => natives.get(envelope) ?? envelope);
  },
  rewriteResponse(body, context) {
    body.model = context.requestedModel;
    if (Array.isArray(body.output)) for (const item of body.output) if (isObject(item)) sealItem(item, context);
  },
  createScanner,
};

/**
 * What the long way would say beside the client's words: nothing is to be left at the provider unless the client asked for
 * it, so its thoughts have to come back encrypted. Undefined where the text has a field of the name with something else.
 */
function missingFields(text: string, request: ChatRequest, thinks: boolean): string | undefined {
  const own = request.extensions["openai-responses"];
  let added = "";
  if (own?.store === undefined) {
    if (text.includes('"store"')) return undefined;
    added += '"store":false,';
  }
  const include = own?.include;
  if (!thinks || (Array.isArray(include) && include.includes(encryptedReasoning))) return added;
  return text.includes('"include"') ? undefined : `${added}"include":["${encryptedReasoning}"],`;
}

/**
 * The encrypted content behind each envelope of the history; undefined when a thought is not this upstream's own, or would not
 * return under the id it was made for, so that the request has to be written anew.
 */
function collectNatives(request: ChatRequest, target: EncodeTarget): Map<string, string> | undefined {
  const natives = new Map<string, string>();
  for (const message of request.messages) {
    for (const part of message.content) {
      if (part.type !== "reasoning") continue;
      const native = openThought(part, target);
      if (native?.encrypted === undefined || part.signature === undefined) return undefined;
      const id = part.extensions?.["openai-responses"]?.id;
      if (id !== undefined && id !== native.id) return undefined;
      natives.set(part.signature, native.encrypted);
    }
  }
  return natives;
}
