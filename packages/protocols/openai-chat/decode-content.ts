import type {
  CacheMark,
  ContentPart,
  DocumentPart,
  Extensions,
  ImagePart,
  MediaSource,
  TextPart,
} from "../model/content.ts";
import { refuseField } from "../model/error.ts";
import { decodeMediaUrl } from "../wire/decode-media-url.ts";
import { checkDepth, readObject, readOptionalString, readString } from "../wire/read-field.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { pickOthers } from "../wire/pick-others.ts";

/** Reads the content of a user message: a string or parts. */
export function decodeUserContent(content: unknown, path: string): ContentPart[] {
  if (typeof content === "string") return [{ type: "text", text: readString(content, path) }];
  if (!Array.isArray(content)) refuseField(path, "expected a string or an array of content parts");
  return content.map((part, index) => decodePart(part, `${path}[${index}]`));
}

/** Reads content that can only be text: of system and developer messages. */
export function decodeTextContent(content: unknown, path: string): TextPart[] {
  if (typeof content === "string") return [{ type: "text", text: readString(content, path) }];
  if (!Array.isArray(content)) refuseField(path, "expected a string or an array of text parts");
  return content.map((item, index) => {
    const part = readObject(item, `${path}[${index}]`);
    if (part.type !== "text") refuseField(`${path}[${index}].type`, "only text is possible here");
    return decodeText(part, `${path}[${index}]`);
  });
}

/** Reads one content part. A kind that the hub does not know stays as it is, for upstreams of this protocol. */
export function decodePart(value: unknown, path: string): ContentPart {
  const part = readObject(value, path);
  switch (part.type) {
    case "text":
      return decodeText(part, path);
    case "image_url":
      return decodeImage(part, path);
    case "file":
      return decodeFile(part, path);
    case "refusal":
      return { type: "refusal", text: readString(part.refusal, `${path}.refusal`) };
    default:
      if (typeof part.type !== "string") refuseField(`${path}.type`, "expected a string");
      checkDepth(part, path);
      return { type: "opaque", protocol: "openai-chat", value: part };
  }
}

/** `cache_control`, as OpenRouter takes it on parts and tools: Anthropic's breakpoint. */
export function decodeCacheMark(value: unknown): CacheMark | undefined {
  if (!isObject(value) || value.type !== "ephemeral") return undefined;
  return { ttl: value.ttl === "1h" ? "1h" : "5m" };
}

const textFields: ReadonlySet<string> = new Set(["type", "text", "cache_control"]);
const imageFields: ReadonlySet<string> = new Set(["type", "image_url", "cache_control"]);
const fileFields: ReadonlySet<string> = new Set(["type", "file", "cache_control"]);

/** Keeps the fields that the hub has no word for (`prompt_cache_breakpoint`). */
export function withOthers<Part extends { extensions?: Extensions }>(
  result: Part,
  wire: WireObject,
  known: ReadonlySet<string>,
  path: string,
): Part {
  const others = pickOthers(wire, path, (field) => known.has(field));
  if (others !== undefined) result.extensions = { "openai-chat": others };
  return result;
}

function decodeText(part: WireObject, path: string): TextPart {
  const text: TextPart = { type: "text", text: readString(part.text, `${path}.text`) };
  const cache = decodeCacheMark(part.cache_control);
  if (cache !== undefined) text.cache = cache;
  return withOthers(text, part, textFields, path);
}

function decodeImage(part: WireObject, path: string): ImagePart {
  // Some clients leave the object out and give the address alone.
  const image = typeof part.image_url === "string" ? { url: part.image_url } : part.image_url;
  const { url, detail } = readObject(image, `${path}.image_url`);
  if (typeof url !== "string") refuseField(`${path}.image_url.url`, "expected a string");
  const result: ImagePart = { type: "image", source: decodeMediaUrl(url, `${path}.image_url.url`) };
  const wanted = readOptionalString(detail, `${path}.image_url.detail`);
  if (wanted !== undefined) result.detail = wanted;
  const cache = decodeCacheMark(part.cache_control);
  if (cache !== undefined) result.cache = cache;
  return withOthers(result, part, imageFields, path);
}

function decodeFile(part: WireObject, path: string): DocumentPart {
  const { file_data: data, file_id: fileId, filename } = readObject(part.file, `${path}.file`);
  const result: DocumentPart = { type: "document", source: decodeFileSource(data, fileId, path) };
  const title = readOptionalString(filename, `${path}.file.filename`);
  if (title !== undefined) result.title = title;
  const cache = decodeCacheMark(part.cache_control);
  if (cache !== undefined) result.cache = cache;
  return withOthers(result, part, fileFields, path);
}

function decodeFileSource(data: unknown, fileId: unknown, path: string): MediaSource {
  if (typeof data === "string") return decodeMediaUrl(data, `${path}.file.file_data`);
  if (typeof fileId === "string" && fileId !== "") return { kind: "file", fileId };
  return refuseField(`${path}.file`, "needs file_data or file_id");
}
