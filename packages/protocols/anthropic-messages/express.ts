import type { ChatRequest } from "../model/chat-request.ts";
import type { EncodeTarget, ExpressContext, ExpressLane } from "../protocol-contract.ts";
import { spliceModel } from "../express/splice-model.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { createScanner } from "./scan-stream.ts";

const envelopes = /or1\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/g;

/** The lane between a Messages client and an upstream that speaks Messages natively. */
export const express: ExpressLane = {
  rewriteRequest(text, request, target) {
    const natives = collectNatives(request, target);
    if (natives === undefined) return undefined;
    const named = spliceModel(text, target.upstreamModel);
    if (named === undefined || natives.size === 0) return named;
    return named.replace(envelopes, (envelope) => natives.get(envelope) ?? envelope);
  },
  rewriteResponse(body, context) {
    body.model = context.requestedModel;
    if (Array.isArray(body.content)) for (const block of body.content) if (isObject(block)) sealBlock(block, context);
  },
  createScanner,
};

/**
 * The native signature behind each envelope of the history; undefined when a thought is not this upstream's own, so that the
 * request has to be written anew without it.
 */
function collectNatives(request: ChatRequest, target: EncodeTarget): Map<string, string> | undefined {
  const natives = new Map<string, string>();
  for (const message of request.messages) {
    for (const part of message.content) {
      if (part.type !== "reasoning") continue;
      const envelope = part.redacted ?? part.signature;
      const sealed = target.sealer.open(envelope, part.text);
      if (envelope === undefined || sealed?.origin !== target.origin) return undefined;
      if (sealed.native === "" && target.profile.verifiesSignatures) return undefined;
      natives.set(envelope, sealed.native);
    }
  }
  return natives;
}

function sealBlock(block: WireObject, { origin, sealer }: ExpressContext): void {
  if (block.type === "thinking" && typeof block.thinking === "string") {
    const native = typeof block.signature === "string" ? block.signature : "";
    block.signature = sealer.seal({ origin, native }, block.thinking);
  } else if (block.type === "redacted_thinking" && typeof block.data === "string") {
    block.data = sealer.seal({ origin, native: block.data }, "");
  }
}
