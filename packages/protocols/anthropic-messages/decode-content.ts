import type {
  CacheMark,
  ContentPart,
  DocumentPart,
  Extensions,
  ImagePart,
  MediaSource,
  OpaquePart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../model/content.ts";
import { refuseField } from "../model/error.ts";
import {
  checkDepth,
  readName,
  readObject,
  readOptionalBoolean,
  readOptionalString,
  readString,
} from "../wire/read-field.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { pickOthers } from "../wire/pick-others.ts";
import { decodeHostedPair } from "./hosted-blocks.ts";

const textFields: ReadonlySet<string> = new Set(["type", "text"]);
const mediaFields: ReadonlySet<string> = new Set(["type", "source", "title"]);
const toolUseFields: ReadonlySet<string> = new Set(["type", "id", "name", "input"]);
const toolResultFields: ReadonlySet<string> = new Set(["type", "tool_use_id", "content", "is_error"]);

/** Reads content that can only be text: a string or text blocks. */
export function decodeTextBlocks(content: unknown, path: string): TextPart[] {
  if (typeof content === "string") return decodeString(content, path);
  if (!Array.isArray(content)) refuseField(path, "expected a string or an array of text blocks");
  return content.map((item, index) => {
    const block = readObject(item, `${path}[${index}]`);
    if (block.type !== "text") refuseField(`${path}[${index}].type`, "only text is possible here");
    return decodeText(block, `${path}[${index}]`);
  });
}

/** Reads the content of a message: a string or blocks. */
export function decodeBlocks(content: unknown, path: string): ContentPart[] {
  if (typeof content === "string") return decodeString(content, path);
  if (!Array.isArray(content)) refuseField(path, "expected a string or an array of content blocks");
  const parts: ContentPart[] = [];
  for (let index = 0; index < content.length; index++) {
    const part = decodeBlock(content[index], path, index);
    if (part.type !== "opaque" || !joinHosted(parts, part)) parts.push(part);
  }
  return parts;
}

/** A result of a search that the gateway made becomes one part with the call before it. */
function joinHosted(parts: ContentPart[], result: OpaquePart): boolean {
  const call = parts.at(-1);
  const joined = call?.type === "opaque" ? decodeHostedPair(call, result) : undefined;
  if (joined !== undefined) parts[parts.length - 1] = joined;
  return joined !== undefined;
}

function decodeString(text: string, path: string): TextPart[] {
  return text === "" ? [] : [{ type: "text", text: readString(text, path) }];
}

// The path of a block is put together only for an error: for a body of 600 messages that is a third of the work.
function decodeBlock(value: unknown, parent: string, index: number): ContentPart {
  if (!isObject(value)) refuseField(`${parent}[${index}]`, "expected an object");
  switch (value.type) {
    case "text":
      return isPlainText(value) ? { type: "text", text: value.text } : decodeText(value, `${parent}[${index}]`);
    case "thinking":
      return decodeThinkingBlock(value, `${parent}[${index}]`);
    case "redacted_thinking":
      return { type: "reasoning", text: "", redacted: readString(value.data, `${parent}[${index}].data`) };
    case "tool_use":
      return decodeToolUse(value, `${parent}[${index}]`);
    case "tool_result":
      return decodeToolResult(value, `${parent}[${index}]`);
    case "image":
      return decodeImage(value, `${parent}[${index}]`);
    case "document":
      return decodeDocument(value, `${parent}[${index}]`);
    case "tool_reference":
      return { type: "tool-reference", name: readName(value.tool_name, `${parent}[${index}].tool_name`) };
    default:
      return keepBlock(value, `${parent}[${index}]`);
  }
}

/** A block that only this protocol knows, for an upstream that speaks it. */
function keepBlock(block: WireObject, path: string): OpaquePart {
  readName(block.type, `${path}.type`);
  checkDepth(block, path);
  return { type: "opaque", protocol: "anthropic-messages", value: block };
}

// Nearly every text of a long history is of this kind.
function isPlainText(block: WireObject): block is { type: "text"; text: string } {
  if (typeof block.text !== "string" || !block.text.isWellFormed()) return false;
  for (const field in block) if (field !== "type" && field !== "text") return false;
  return true;
}

function decodeText(block: WireObject, path: string): TextPart {
  const part: TextPart = { type: "text", text: readString(block.text, `${path}.text`) };
  return withOthers(withCache(part, block), block, textFields, path);
}

function decodeImage(block: WireObject, path: string): ContentPart {
  const source = decodeSource(block.source, `${path}.source`);
  if (source === undefined) return keepBlock(block, path);
  const part: ImagePart = { type: "image", source };
  return withOthers(withCache(part, block), block, mediaFields, path);
}

function decodeThinkingBlock(block: WireObject, path: string): ContentPart {
  const text = readString(block.thinking ?? "", `${path}.thinking`);
  const signature = readOptionalString(block.signature, `${path}.signature`);
  return signature === undefined ? { type: "reasoning", text } : { type: "reasoning", text, signature };
}

function decodeToolUse(block: WireObject, path: string): ContentPart {
  const id = readName(block.id, `${path}.id`);
  const name = readName(block.name, `${path}.name`);
  const input = block.input ?? {};
  if (!isObject(input)) refuseField(`${path}.input`, "expected an object");
  checkDepth(input, `${path}.input`);
  const text = JSON.stringify(input);
  // JSON.stringify writes half a surrogate pair as an escape, which no upstream can take.
  if (text.includes("\\ud") && /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(text)) {
    refuseField(`${path}.input`, "holds half of a UTF-16 surrogate pair");
  }
  const part: ToolCallPart = { type: "tool-call", id, name, arguments: text };
  return withOthers(withCache(part, block), block, toolUseFields, path);
}

const resultRule = "a tool result holds text, images, documents and tool references only";

// Before anything is decoded: results in results, thousands of levels deep, would end in somebody's stack.
function refuseNested(content: unknown, path: string): void {
  if (!Array.isArray(content)) return;
  for (const [index, item] of content.entries()) {
    if (isObject(item) && item.type === "tool_result") refuseField(`${path}[${index}].type`, resultRule);
  }
}

function decodeToolResult(block: WireObject, path: string): ToolResultPart {
  const callId = readName(block.tool_use_id, `${path}.tool_use_id`);
  const content: ToolResultPart["content"] = [];
  if (block.content !== undefined && block.content !== null) {
    refuseNested(block.content, `${path}.content`);
    for (const part of decodeBlocks(block.content, `${path}.content`)) {
      if (!mayBeResult(part)) refuseField(`${path}.content`, resultRule);
      content.push(part);
    }
  }
  const result: ToolResultPart = { type: "tool-result", callId, content };
  if (readOptionalBoolean(block.is_error, `${path}.is_error`) === true) result.isError = true;
  return withOthers(withCache(result, block), block, toolResultFields, path);
}

function mayBeResult(part: ContentPart): part is ToolResultPart["content"][number] {
  return /^(text|image|document|tool-reference|opaque)$/.test(part.type);
}

function decodeDocument(block: WireObject, path: string): ContentPart {
  const wire = readObject(block.source, `${path}.source`);
  const source: DocumentPart["source"] | undefined =
    wire.type === "text"
      ? { kind: "text", text: readString(wire.data, `${path}.source.data`) }
      : decodeSource(wire, `${path}.source`);
  // Documents made of content blocks only their own protocol understands.
  if (source === undefined) return keepBlock(block, path);
  const part: DocumentPart = { type: "document", source };
  const title = readOptionalString(block.title, `${path}.title`);
  if (title !== undefined) part.title = title;
  return withOthers(withCache(part, block), block, mediaFields, path);
}

/** Undefined for a kind of source that is newer than this code. */
function decodeSource(value: unknown, path: string): MediaSource | undefined {
  const source = readObject(value, path);
  switch (source.type) {
    case "base64":
      return {
        kind: "base64",
        mediaType: readName(source.media_type, `${path}.media_type`),
        data: readString(source.data, `${path}.data`),
      };
    case "url":
      return { kind: "url", url: readName(source.url, `${path}.url`) };
    case "file":
      return { kind: "file", fileId: readName(source.file_id, `${path}.file_id`) };
    default:
      if (typeof source.type !== "string") refuseField(`${path}.type`, "expected base64, url or file");
      return undefined;
  }
}

type CacheablePart = TextPart | ImagePart | DocumentPart | ToolCallPart | ToolResultPart;

/** `cache_control` of any block. */
export function decodeCacheMark(value: unknown): CacheMark | undefined {
  if (!isObject(value) || value.type !== "ephemeral") return undefined;
  return { ttl: value.ttl === "1h" ? "1h" : "5m" };
}

function withCache<Part extends CacheablePart>(part: Part, block: WireObject): Part {
  if (block.cache_control === undefined) return part;
  const cache = decodeCacheMark(block.cache_control);
  if (cache !== undefined) part.cache = cache;
  return part;
}

/** Keeps the fields that the hub has no word for, and a cache mark that says more than its lifetime (`scope`). */
export function withOthers<Part extends { extensions?: Extensions }>(
  part: Part,
  block: WireObject,
  known: ReadonlySet<string>,
  path: string,
): Part {
  const others = pickOthers(block, path, (field, value) =>
    field === "cache_control" ? !saysMore(value) : known.has(field),
  );
  if (others !== undefined) part.extensions = { "anthropic-messages": others };
  return part;
}

function saysMore(mark: unknown): boolean {
  return isObject(mark) && Object.keys(mark).some((field) => field !== "type" && field !== "ttl");
}
