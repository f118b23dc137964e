import type { CacheMark, ContentPart, DocumentPart, ImagePart, MediaSource, TextPart } from "../model/content.ts";
import { noteOpaque } from "../note-losses.ts";
import type { Receipt } from "../receipt.ts";
import type { VendorProfile } from "../vendors/profile.ts";
import { describeLoaded } from "../tools/order-tools.ts";
import type { WireObject } from "../wire/json-object.ts";
import { addOwnFields, noteCacheMark, withoutMarks } from "./note-losses.ts";
import type { WirePart } from "./wire.ts";

/** What stands between the texts of one message when they become one string. */
const separator = "\n\n";

/**
 * Writes the content of a system or user message: one string where it can be, because clients write the same old turn
 * once as a string and once as parts, and move their cache marks, and the bytes must not change with that. Where marks are
 * taken it is always parts: a string would have no place for one.
 */
export function encodeContent(
  parts: readonly ContentPart[],
  profile: VendorProfile,
  receipt: Receipt,
): string | WirePart[] {
  const encoded: WirePart[] = [];
  let onlyText = true;
  for (const part of parts) {
    const wirePart = encodePart(part, profile, receipt);
    if (wirePart === undefined) continue;
    if (!isPlainText(wirePart)) onlyText = false;
    encoded.push(wirePart);
  }
  return onlyText && !profile.cacheControl ? encoded.map((part) => part.text).join(separator) : encoded;
}

/** Text that says nothing but itself, and may become a part of a string. */
export function isPlainText(part: WirePart): boolean {
  if (part.type !== "text") return false;
  for (const field in part) if (field !== "type" && field !== "text") return false;
  return true;
}

/** Writes one part, or nothing for what the upstream cannot take and for empty text, which Moonshot refuses. */
export function encodePart(part: ContentPart, profile: VendorProfile, receipt: Receipt): WirePart | undefined {
  switch (part.type) {
    case "text":
      return part.text === "" ? undefined : encodeText(part, profile, receipt);
    case "refusal":
      return { type: "text", text: part.text };
    case "image":
      return encodeImage(part, profile, receipt);
    case "document":
      return encodeDocument(part, profile, receipt);
    case "tool-reference":
      return { type: "text", text: describeLoaded(part.name) };
    case "opaque":
      if (part.protocol === "openai-chat") return part.value as WirePart;
      noteOpaque(part, receipt);
      return undefined;
    case "web-search":
    case "tool-search":
      receipt.note("dropped", `messages.${part.type}`, "made by another provider");
      return undefined;
    case "reasoning":
    case "tool-call":
    case "tool-result":
      return undefined;
  }
}

function encodeText(part: TextPart, profile: VendorProfile, receipt: Receipt): WirePart {
  const text = encodePlainText(part, profile, receipt);
  if (part.extensions !== undefined) addOwnFields(text, part, "messages.text", profile, receipt);
  return text;
}

function encodePlainText(part: TextPart, profile: VendorProfile, receipt: Receipt): WirePart {
  noteCacheMark(part, profile, receipt);
  if (part.cache === undefined || !profile.cacheControl) return { type: "text", text: part.text };
  return { type: "text", text: part.text, cache_control: encodeCacheMark(part.cache, profile, receipt) };
}

export function encodeCacheMark({ ttl }: CacheMark, profile: VendorProfile, receipt: Receipt): WireObject {
  if (ttl === "5m") return { type: "ephemeral" };
  if (profile.cacheTtl !== false) return { type: "ephemeral", ttl };
  receipt.note("approximated", "cache_control.ttl", "the upstream keeps its cache for five minutes");
  return { type: "ephemeral" };
}

function encodeImage(part: ImagePart, profile: VendorProfile, receipt: Receipt): WirePart {
  const url = profile.images ? mediaUrl(part.source, profile) : undefined;
  if (url === undefined) {
    receipt.note("dropped", "messages.image", "the upstream cannot see this image");
    return { type: "text", text: "[image omitted]" };
  }
  noteCacheMark(part, withoutMarks, receipt);
  const wire: WirePart = {
    type: "image_url",
    image_url: part.detail === undefined ? { url } : { url, detail: part.detail },
  };
  addOwnFields(wire, part, "messages.image", profile, receipt);
  return wire;
}

function encodeDocument(part: DocumentPart, profile: VendorProfile, receipt: Receipt): WirePart {
  noteCacheMark(part, withoutMarks, receipt);
  const { source, title } = part;
  if (source.kind === "text") {
    receipt.note("approximated", "messages.document", "a text document is sent as text");
    return {
      type: "text",
      text: `<document${title === undefined ? "" : ` title=${JSON.stringify(title)}`}>\n${source.text}\n</document>`,
    };
  }
  const name = title === undefined ? {} : { filename: title };
  if (profile.documents === true && source.kind === "file") {
    return { type: "file", file: { file_id: source.fileId, ...name } };
  }
  const url = profile.documents === true ? mediaUrl(source, profile) : undefined;
  if (url === undefined) {
    receipt.note("dropped", "messages.document", "the upstream takes no documents");
    return { type: "text", text: "[document omitted]" };
  }
  return { type: "file", file: { filename: "document.pdf", ...name, file_data: url } };
}

function mediaUrl(source: MediaSource, profile: VendorProfile): string | undefined {
  switch (source.kind) {
    case "base64":
      return `data:${source.mediaType};base64,${source.data}`;
    case "url":
      return profile.imageUrls === false ? undefined : source.url;
    case "file":
      // Files lie at the provider that took them.
      return undefined;
  }
}
