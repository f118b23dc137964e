import type { ContentPart, DocumentPart, ImagePart, MediaSource, TextPart } from "../model/content.ts";
import { noteOpaque } from "../note-losses.ts";
import type { Receipt } from "../receipt.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { describeLoaded } from "../tools/order-tools.ts";
import type { WireObject } from "../wire/json-object.ts";

/** Writes one part of what a user said or a tool gave; nothing for empty text and for what the upstream cannot take. */
export function encodePart(part: ContentPart, profile: VendorProfile, receipt: Receipt): WireObject | undefined {
  switch (part.type) {
    case "text":
      return part.text === "" ? undefined : { type: "input_text", text: part.text, ...ownFields(part) };
    case "refusal":
      return { type: "input_text", text: part.text };
    case "image":
      return encodeImage(part, profile, receipt);
    case "document":
      return encodeDocument(part, profile, receipt);
    case "tool-reference":
      return { type: "input_text", text: describeLoaded(part.name) };
    case "opaque":
      if (part.protocol === "openai-responses") return part.value;
      noteOpaque(part, receipt);
      return undefined;
    default:
      receipt.note("dropped", `messages.${part.type}`, "not possible in this place");
      return undefined;
  }
}

/** Fields of a part that only this protocol knows; `message` is about the item that the part stood in. */
export function ownFields({ extensions }: Pick<TextPart, "extensions">): WireObject {
  const { message: _message, role: _role, ...fields } = extensions?.["openai-responses"] ?? {};
  return fields;
}

function encodeImage(part: ImagePart, profile: VendorProfile, receipt: Receipt): WireObject {
  const source = profile.images ? imageSource(part.source, profile) : undefined;
  if (source === undefined) {
    receipt.note("dropped", "messages.image", "the upstream cannot see this image");
    return { type: "input_text", text: "[image omitted]" };
  }
  return { type: "input_image", ...source, detail: part.detail ?? "auto", ...ownFields(part) };
}

function imageSource(source: MediaSource, profile: VendorProfile): WireObject | undefined {
  switch (source.kind) {
    case "base64":
      return { image_url: dataUrl(source) };
    case "url":
      return profile.imageUrls === false ? undefined : { image_url: source.url };
    case "file":
      return { file_id: source.fileId };
  }
}

function encodeDocument(part: DocumentPart, profile: VendorProfile, receipt: Receipt): WireObject {
  const { source, title } = part;
  if (source.kind === "text") {
    receipt.note("approximated", "messages.document", "a text document is sent as text");
    const named = title === undefined ? "" : ` title=${JSON.stringify(title)}`;
    return { type: "input_text", text: `<document${named}>\n${source.text}\n</document>` };
  }
  if (profile.documents !== true) {
    receipt.note("dropped", "messages.document", "the upstream takes no documents");
    return { type: "input_text", text: "[document omitted]" };
  }
  const name = title === undefined ? {} : { filename: title };
  switch (source.kind) {
    case "base64":
      return { type: "input_file", filename: "document.pdf", ...name, file_data: dataUrl(source), ...ownFields(part) };
    case "url":
      return { type: "input_file", ...name, file_url: source.url, ...ownFields(part) };
    case "file":
      return { type: "input_file", ...name, file_id: source.fileId, ...ownFields(part) };
  }
}

function dataUrl({ mediaType, data }: { mediaType: string; data: string }): string {
  return `data:${mediaType};base64,${data}`;
}
