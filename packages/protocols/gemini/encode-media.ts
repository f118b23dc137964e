import type { DocumentPart, ImagePart } from "../model/content.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import type { WireObject } from "../wire/json-object.ts";

/** Types by the end of a URL's path, for URLs that came without one. */
const mediaTypes: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  heic: "image/heic",
  pdf: "application/pdf",
};

/** Writes an image or document as `inlineData` or `fileData`; text where the upstream cannot take it. */
export function encodeMedia(part: ImagePart | DocumentPart, target: EncodeTarget): WireObject {
  const { profile, receipt } = target;
  const { mimeType, displayName, ...others } = part.extensions?.gemini ?? {};
  if (part.type === "image" && part.detail !== undefined) {
    receipt.note("dropped", "messages.image.detail", "the upstream has another measure of detail");
  }
  if (part.type === "image" && !profile.images) {
    receipt.note("dropped", "messages.image", "the upstream cannot see this image");
    return { text: "[image omitted]" };
  }
  const { source } = part;
  const title = part.type === "document" ? part.title : displayName;
  const named = title === undefined ? {} : { displayName: title };
  switch (source.kind) {
    case "base64":
      return { inlineData: { mimeType: source.mediaType, data: source.data, ...named }, ...others };
    case "text":
      if (mimeType === undefined) {
        receipt.note("approximated", "messages.document", "a text document is sent as text");
        const attribute = title === undefined ? "" : ` title=${JSON.stringify(title)}`;
        return { text: `<document${attribute}>\n${source.text}\n</document>` };
      }
      return {
        inlineData: { mimeType, data: Buffer.from(source.text, "utf8").toString("base64"), ...named },
        ...others,
      };
    case "url": {
      const guessed = mediaTypes[/\.([a-z]+)(?:[?#]|$)/i.exec(source.url)?.[1]?.toLowerCase() ?? ""];
      const mediaType = source.mediaType ?? guessed;
      if (profile.imageUrls === false) return omit(part, target, "the upstream fetches nothing: send the bytes");
      return {
        fileData: { ...(mediaType === undefined ? {} : { mimeType: mediaType }), fileUri: source.url, ...named },
        ...others,
      };
    }
    case "file":
      // Files lie at the provider that took them; those at Google have a URI.
      if (!/^(?:https|gs):/.test(source.fileId)) return omit(part, target, "a file that lies at another provider");
      return {
        fileData: { ...(mimeType === undefined ? {} : { mimeType }), fileUri: source.fileId, ...named },
        ...others,
      };
  }
}

function omit(part: ImagePart | DocumentPart, { receipt }: EncodeTarget, reason: string): WireObject {
  receipt.note("dropped", `messages.${part.type}`, reason);
  return { text: `[${part.type} omitted]` };
}
