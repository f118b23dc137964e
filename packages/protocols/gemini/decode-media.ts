import type { DocumentPart, ImagePart, MediaSource, OpaquePart } from "../model/content.ts";
import { checkDepth, readName, readObject, readOptionalString, readString } from "../wire/read-field.ts";
import type { WireObject } from "../wire/json-object.ts";
import { withCamelKeys } from "./camel-keys.ts";

/** URIs of what was uploaded to Google: nobody else can read them. */
const stored = /^gs:|^https:\/\/generativelanguage\.googleapis\.com\//;

/**
 * Reads a part with `inlineData` or `fileData`: images and documents have words in the hub, sound and video are known to
 * this protocol only.
 */
export function decodeMedia(part: WireObject, path: string): ImagePart | DocumentPart | OpaquePart {
  const { inlineData, fileData, ...others } = part;
  const field = inlineData === undefined ? "fileData" : "inlineData";
  const data = withCamelKeys(readObject(inlineData ?? fileData, `${path}.${field}`));
  const at = `${path}.${field}`;
  const mediaType =
    inlineData === undefined
      ? readOptionalString(data.mimeType, `${at}.mimeType`)
      : readName(data.mimeType, `${at}.mimeType`);
  const source: MediaSource =
    inlineData === undefined
      ? sourceOf(readName(data.fileUri, `${at}.fileUri`), mediaType)
      : { kind: "base64", mediaType: mediaType ?? "", data: readString(data.data, `${at}.data`) };
  const title = readOptionalString(data.displayName, `${at}.displayName`);
  const result = partOf(source, mediaType, title);
  if (result === undefined) {
    checkDepth(part, path);
    return { type: "opaque", protocol: "gemini", value: { [field]: data, ...others } };
  }
  // What a source has no room for is kept for this protocol.
  const isPlain = result.type === "document" && result.source.kind === "text";
  if ((source.kind === "file" || isPlain) && mediaType !== undefined) others.mimeType = mediaType;
  if (result.type === "image" && title !== undefined) others.displayName = title;
  if (Object.keys(others).length > 0) {
    checkDepth(others, path);
    result.extensions = { gemini: others };
  }
  return result;
}

function sourceOf(url: string, mediaType: string | undefined): MediaSource {
  if (stored.test(url)) return { kind: "file", fileId: url };
  return mediaType === undefined ? { kind: "url", url } : { kind: "url", url, mediaType };
}

function partOf(
  source: MediaSource,
  mediaType: string | undefined,
  title: string | undefined,
): ImagePart | DocumentPart | undefined {
  if (mediaType?.startsWith("image/") === true) return { type: "image", source };
  if (mediaType !== "application/pdf" && mediaType?.startsWith("text/") !== true) return undefined;
  const part: DocumentPart = { type: "document", source };
  if (source.kind === "base64" && mediaType === "text/plain") {
    part.source = { kind: "text", text: Buffer.from(source.data, "base64").toString("utf8") };
  }
  if (title !== undefined) part.title = title;
  return part;
}
