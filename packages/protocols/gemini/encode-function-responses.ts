import type { TextPart, ToolResultPart } from "../model/content.ts";
import { noteOpaque } from "../note-losses.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { describeLoaded } from "../tools/order-tools.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { encodeMedia } from "./encode-media.ts";

const noResult = "No result was returned.";

/** A call as the upstream saw it. */
export interface SentCall {
  id: string;
  wireName: string;
}

/**
 * Writes the answers to a turn's calls, in the order of the calls, every call answered once: "the number of function response
 * parts is equal to the number of function call parts of the function call turn". What they cannot hold themselves follows.
 */
export function encodeFunctionResponses(
  calls: readonly SentCall[],
  results: ReadonlyMap<SentCall, ToolResultPart>,
  target: EncodeTarget,
): WireObject[] {
  const responses: WireObject[] = [];
  const media: WireObject[] = [];
  for (const call of calls) {
    const result = results.get(call);
    if (result === undefined) {
      target.receipt.note("repaired", "messages.tool_result", "a call without a result was given one");
      responses.push(nameCall(call, { response: { error: noResult } }, target));
    } else responses.push(encodeResult(call, result, media, target));
  }
  return [...responses, ...media];
}

function nameCall(call: SentCall, fields: WireObject, { profile }: EncodeTarget): WireObject {
  const id = profile.functionCallIds === true ? { id: call.id } : {};
  return { functionResponse: { ...id, name: call.wireName, ...fields } };
}

function encodeResult(call: SentCall, result: ToolResultPart, media: WireObject[], target: EncodeTarget): WireObject {
  const texts: string[] = [];
  const own: WireObject[] = [];
  for (const part of result.content) {
    switch (part.type) {
      case "text":
        if (part.text !== "") texts.push(part.text);
        break;
      case "tool-reference":
        texts.push(describeLoaded(part.name));
        break;
      case "image":
      case "document":
        if (target.profile.mediaInToolResults === true) own.push(encodeMedia(part, target));
        else media.push(...followUp(call, encodeMedia(part, target), target));
        break;
      case "opaque":
        if (part.protocol === "gemini") own.push(part.value);
        else noteOpaque(part, target.receipt);
        break;
    }
  }
  // Only media can stand beside the response; what became text belongs into it.
  const parts = own.filter((part) => part.text === undefined);
  for (const part of own) if (typeof part.text === "string") texts.push(part.text);
  const { response, ...others } = result.extensions?.gemini ?? {};
  const fields: WireObject = {
    response: isObject(response) ? response : { [result.isError === true ? "error" : "output"]: texts.join("\n\n") },
  };
  if (parts.length > 0) fields.parts = parts;
  return nameCall(call, { ...fields, ...others }, target);
}

function followUp(call: SentCall, part: WireObject, { receipt }: EncodeTarget): WireObject[] {
  receipt.note("approximated", "messages.tool_result.image", "images of a tool result follow the results");
  return [{ text: `Returned by ${call.wireName} (${call.id}):` }, part];
}

/** A result whose call is gone (compacted history) would be a 400; what it says may still matter. */
export function unfoldOrphan(
  part: ToolResultPart,
  { receipt }: EncodeTarget,
): Array<TextPart | ToolResultPart["content"][number]> {
  receipt.note("repaired", "messages.tool_result", "a result without its call is sent as text");
  return [{ type: "text", text: "Result of an earlier tool call:" }, ...part.content];
}
