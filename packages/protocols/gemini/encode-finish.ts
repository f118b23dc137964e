import type { FinishReason } from "../model/finish-reason.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/** `finishReason` in Google's words. */
export function encodeFinishReason(reason: FinishReason): string {
  switch (reason) {
    case "stop":
    case "stop-sequence":
    case "tool-calls":
    case "pause":
      return "STOP";
    case "length":
    case "context-window":
      return "MAX_TOKENS";
    case "refusal":
    case "content-filter":
      return "SAFETY";
    case "error":
      return "OTHER";
  }
}

/** Fields of the end that only this protocol knows, as decode-chunk.ts keeps them. */
export interface EndFields {
  candidate: WireObject;
  usageMetadata: WireObject;
  promptFeedback?: WireObject;
}

export function readEndFields(extensions: WireObject | undefined): EndFields {
  const { candidate, usageMetadata, promptFeedback } = extensions ?? {};
  const fields: EndFields = {
    candidate: isObject(candidate) ? candidate : {},
    usageMetadata: isObject(usageMetadata) ? usageMetadata : {},
  };
  if (isObject(promptFeedback)) fields.promptFeedback = promptFeedback;
  return fields;
}
