import type { CacheMark, DocumentPart, Extensions, ImagePart, MediaSource, TextPart } from "../model/content.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import type { WireObject } from "../wire/json-object.ts";

/** `cache_control` of a breakpoint; five minutes is the default and left out. */
export function cacheControl(cache: CacheMark): WireObject {
  return cache.ttl === "1h" ? { type: "ephemeral", ttl: "1h" } : { type: "ephemeral" };
}

/** "text content blocks must contain non-whitespace text" */
export function isBlank(text: string): boolean {
  return !/\S/.test(text);
}

export function encodeTextPart(part: TextPart, target: EncodeTarget): WireObject {
  return finishBlock({ type: "text", text: part.text }, part, target);
}

export function encodeImage(part: ImagePart, target: EncodeTarget): WireObject {
  if (!target.profile.images) {
    target.receipt.note("dropped", "content.image", "this model does not see images");
    return { type: "text", text: "[an image that this model cannot see]" };
  }
  if (part.detail !== undefined) target.receipt.note("dropped", "content.image.detail", "Messages has no such field");
  return finishBlock({ type: "image", source: encodeSource(part.source) }, part, target);
}

export function encodeDocument(part: DocumentPart, target: EncodeTarget): WireObject {
  const title = part.title === undefined ? {} : { title: part.title };
  return finishBlock({ type: "document", source: encodeDocumentSource(part.source), ...title }, part, target);
}

/** Adds what every block may carry: the fields only this protocol knows, and the cache mark. */
export function finishBlock(
  block: WireObject,
  part: { cache?: CacheMark; extensions?: Extensions },
  { profile, receipt }: EncodeTarget,
): WireObject {
  const others = part.extensions?.["anthropic-messages"];
  if (others !== undefined) {
    if (profile.anthropicBetas) Object.assign(block, others);
    else receipt.note("dropped", `${String(block.type ?? "tools")}.*`, "fields this upstream may not know");
  }
  // A mark that came with more than its lifetime is among the other fields.
  if (part.cache !== undefined) block.cache_control ??= cacheControl(part.cache);
  return block;
}

function encodeDocumentSource(source: DocumentPart["source"]): WireObject {
  if (source.kind === "text") return { type: "text", media_type: "text/plain", data: source.text };
  if (source.kind === "base64" && source.mediaType.startsWith("text/")) {
    // Base64 is for PDFs only (https://platform.claude.com/docs/en/build-with-claude/citations#document-types).
    return { type: "text", media_type: "text/plain", data: Buffer.from(source.data, "base64").toString() };
  }
  return encodeSource(source);
}

function encodeSource(source: MediaSource): WireObject {
  switch (source.kind) {
    case "base64":
      return { type: "base64", media_type: source.mediaType, data: source.data };
    case "url":
      return { type: "url", url: source.url };
    case "file":
      return { type: "file", file_id: source.fileId };
  }
}
