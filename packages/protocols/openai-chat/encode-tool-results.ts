import type { ImagePart, ToolResultPart } from "../model/content.ts";
import type { Receipt } from "../receipt.ts";
import { describeLoaded } from "../tools/order-tools.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { encodeCacheMark, encodePart } from "./encode-content.ts";
import { noteCacheMark } from "./note-losses.ts";
import type { SentCall } from "./encode-assistant.ts";
import type { WireMessage, WirePart } from "./wire.ts";

const noResult = "No result was returned.";

/**
 * Writes the tool messages that answer a turn's calls, in the order of the calls, every call answered once, followed by a
 * user message with the images they returned: OpenAI takes text only in tool messages.
 */
export function encodeToolResults(
  calls: readonly SentCall[],
  results: ReadonlyMap<SentCall, ToolResultPart>,
  profile: VendorProfile,
  receipt: Receipt,
): WireMessage[] {
  const messages: WireMessage[] = [];
  const images: WirePart[] = [];
  for (const call of calls) {
    const result = results.get(call);
    if (result === undefined) receipt.note("repaired", "messages.tool_result", "a call without a result was given one");
    const content = result === undefined ? noResult : encodeResult(result, call, images, profile, receipt);
    messages.push({ role: "tool", tool_call_id: call.wireId, content });
  }
  if (images.length > 0) messages.push({ role: "user", content: images });
  return messages;
}

function encodeResult(
  result: ToolResultPart,
  call: SentCall,
  images: WirePart[],
  profile: VendorProfile,
  receipt: Receipt,
): string | WirePart[] {
  const texts: string[] = [];
  noteCacheMark(result, profile, receipt);
  for (const part of result.content) {
    if (part.type === "tool-reference") texts.push(describeLoaded(part.name));
    else if (part.type === "image") texts.push(moveImage(part, call, images, profile, receipt));
    else {
      const wirePart = encodePart(part, profile, receipt);
      if (wirePart === undefined) continue;
      if (wirePart.type === "text") texts.push(String(wirePart.text));
      else images.push(wirePart);
    }
  }
  let text = texts.join("\n\n");
  if (result.isError === true) {
    receipt.note(
      "approximated",
      "messages.tool_result.is_error",
      "the upstream has no word for a failed tool: the text says so",
    );
    if (!text.startsWith("Error")) text = `Error: ${text}`;
  }
  if (!profile.cacheControl || text === "") return text;
  const part: WirePart = { type: "text", text };
  if (result.cache !== undefined) part.cache_control = encodeCacheMark(result.cache, profile, receipt);
  return [part];
}

function moveImage(
  image: ImagePart,
  call: SentCall,
  images: WirePart[],
  profile: VendorProfile,
  receipt: Receipt,
): string {
  const wirePart = encodePart(image, profile, receipt);
  if (wirePart === undefined || wirePart.type === "text") return "[image omitted]";
  receipt.note("approximated", "messages.tool_result.image", "images of a tool result follow it in a user message");
  images.push({ type: "text", text: `Image returned by ${call.name} (${call.wireId}):` }, wirePart);
  return "[image: see the message after the tool results]";
}
