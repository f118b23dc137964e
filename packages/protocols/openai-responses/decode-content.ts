import type { ContentPart, DocumentPart, Extensions, ImagePart, MediaSource, TextPart } from "../model/content.ts";
import { refuseField } from "../model/error.ts";
import { decodeMediaUrl } from "../wire/decode-media-url.ts";
import { checkDepth, readObject, readOptionalString, readString } from "../wire/read-field.ts";
import type { WireObject } from "../wire/json-object.ts";
import { pickOthers } from "../wire/pick-others.ts";

const textFields: ReadonlySet<string> = new Set(["type", "text", "logprobs"]);
const imageFields: ReadonlySet<string> = new Set(["type", "image_url", "file_id", "detail"]);
const fileFields: ReadonlySet<string> = new Set(["type", "file_data", "file_url", "file_id", "filename"]);

/** Reads the content of a message or of a tool's output: a string or parts. */
export function decodeContent(content: unknown, path: string): ContentPart[] {
  if (typeof content === "string") return [{ type: "text", text: readString(content, path) }];
  if (!Array.isArray(content)) refuseField(path, "expected a string or an array of content parts");
  return content.map((part, index) => decodePart(part, `${path}[${index}]`));
}

/** Reads content that can only be text: of system and developer messages. */
export function decodeTextContent(content: unknown, path: string): TextPart[] {
  return decodeContent(content, path).map((part, index) =>
    part.type === "text" ? part : refuseField(`${path}[${index}].type`, "only text is possible here"),
  );
}

/** Reads one part. A kind that the hub does not know stays as it is, for upstreams of this protocol. */
function decodePart(value: unknown, path: string): ContentPart {
  const part = readObject(value, path);
  switch (part.type) {
    case "input_text":
    case "output_text":
    case "text":
      return decodeText(part, path);
    case "refusal":
      return { type: "refusal", text: readString(part.refusal, `${path}.refusal`) };
    case "input_image":
      return decodeImage(part, path);
    case "input_file":
      return decodeFile(part, path);
    default:
      if (typeof part.type !== "string") refuseField(`${path}.type`, "expected a string");
      checkDepth(part, path);
      return { type: "opaque", protocol: "openai-responses", value: part };
  }
}

function decodeText(part: WireObject, path: string): TextPart {
  const text: TextPart = { type: "text", text: readString(part.text, `${path}.text`) };
  return withOthers(text, part, textFields, path);
}

function decodeImage(part: WireObject, path: string): ImagePart {
  const url = readOptionalString(part.image_url, `${path}.image_url`);
  const fileId = readOptionalString(part.file_id, `${path}.file_id`);
  let source: MediaSource;
  if (url !== undefined) source = decodeMediaUrl(url, `${path}.image_url`);
  else if (fileId !== undefined) source = { kind: "file", fileId };
  else refuseField(path, "needs image_url or file_id");
  const image: ImagePart = { type: "image", source };
  const detail = readOptionalString(part.detail, `${path}.detail`);
  // `auto` is what no word at all means; the SDKs always send one.
  if (detail !== undefined && detail !== "auto") image.detail = detail;
  return withOthers(image, part, imageFields, path);
}

function decodeFile(part: WireObject, path: string): DocumentPart {
  const data = readOptionalString(part.file_data, `${path}.file_data`);
  const url = readOptionalString(part.file_url, `${path}.file_url`);
  const fileId = readOptionalString(part.file_id, `${path}.file_id`);
  let source: MediaSource;
  if (data !== undefined) source = decodeMediaUrl(data, `${path}.file_data`);
  else if (url !== undefined) source = decodeMediaUrl(url, `${path}.file_url`);
  else if (fileId !== undefined) source = { kind: "file", fileId };
  else refuseField(path, "needs file_data, file_url or file_id");
  const document: DocumentPart = { type: "document", source };
  const title = readOptionalString(part.filename, `${path}.filename`);
  if (title !== undefined) document.title = title;
  return withOthers(document, part, fileFields, path);
}

/**
 * What the stream helpers of OpenAI's own SDKs add to the items that they give out, and OpenAI refuses when they come back:
 * the same as what is there already, as an object.
 */
export const helperFields: ReadonlySet<string> = new Set(["parsed", "parsed_arguments"]);

/** Keeps fields that the hub has no word for. Empty lists (`annotations` of every output_text) say nothing. */
export function withOthers<Part extends { extensions?: Extensions }>(
  result: Part,
  wire: WireObject,
  known: ReadonlySet<string>,
  path: string,
): Part {
  const others = readOthers(wire, known, path);
  if (others !== undefined) result.extensions = { "openai-responses": others };
  return result;
}

export function readOthers(wire: WireObject, known: ReadonlySet<string>, path: string): WireObject | undefined {
  return pickOthers(
    wire,
    path,
    (field, value) => known.has(field) || helperFields.has(field) || (Array.isArray(value) && value.length === 0),
  );
}
