import type { ChatRequest } from "../model/chat-request.ts";
import type { TextPart } from "../model/content.ts";
import { refuseField } from "../model/error.ts";
import type { RequestPath } from "../protocol-contract.ts";
import { readArray, readName, readObject, readString } from "../wire/read-field.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";
import { pickOthers } from "../wire/pick-others.ts";
import { withCamelKeys } from "./camel-keys.ts";
import { decodeConfig } from "./decode-config.ts";
import { decodeContents } from "./decode-contents.ts";
import { decodeToolConfig, decodeTools } from "./decode-tools.ts";

/** Fields with a place in the hub; everything else is an extension. */
const knownFields: ReadonlySet<string> = new Set([
  "model",
  "contents",
  "systemInstruction",
  "tools",
  "toolConfig",
  "generationConfig",
]);

/**
 * Reads the body of :generateContent and :streamGenerateContent.
 * @param path names the model and whether to stream; without one the body has to name the model
 * @throws RequestError naming the field that is wrong
 */
export function decodeRequest(value: unknown, path?: RequestPath): ChatRequest {
  const body = withCamelKeys(readObject(value, "body"));
  const request: ChatRequest = {
    model: path?.model ?? readName(body.model, "model"),
    system: decodeSystem(body.systemInstruction),
    messages: decodeContents(body.contents),
    tools: decodeTools(body.tools),
    sampling: {},
    stream: path?.stream ?? false,
    extensions: {},
  };
  const { toolChoice, rest: toolConfig } = decodeToolConfig(body.toolConfig);
  if (toolChoice !== undefined) request.toolChoice = toolChoice;
  const generationConfig = decodeConfig(body.generationConfig, request);
  const extensions = collectExtensions(body);
  if (toolConfig !== undefined) extensions.toolConfig = toolConfig;
  if (generationConfig !== undefined) extensions.generationConfig = generationConfig;
  if (Object.keys(extensions).length > 0) request.extensions.gemini = extensions;
  return request;
}

/** What answers have to know of the request: whether the client is shown what the model thinks. */
export function echo({ reasoning }: ChatRequest): Record<string, unknown> {
  return { includeThoughts: reasoning !== undefined && reasoning.mode !== "off" && reasoning.display !== "omitted" };
}

/** A content without a role; some clients send its text only. */
function decodeSystem(value: unknown): TextPart[] {
  if (value === undefined || value === null) return [];
  if (typeof value === "string") return textsOf([{ text: value }], "systemInstruction");
  const content = readObject(value, "systemInstruction");
  const parts = isObject(content.parts) ? [content.parts] : (content.parts ?? [content]);
  return textsOf(readArray(parts, "systemInstruction.parts"), "systemInstruction.parts");
}

function textsOf(parts: readonly unknown[], path: string): TextPart[] {
  const texts: TextPart[] = [];
  for (const [at, item] of parts.entries()) {
    const { text } = readObject(item, `${path}[${at}]`);
    if (text === undefined) refuseField(`${path}[${at}].text`, "a system instruction is text only");
    if (text !== "") texts.push({ type: "text", text: readString(text, `${path}[${at}].text`) });
  }
  return texts;
}

function collectExtensions(body: WireObject): WireObject {
  return pickOthers(body, "", (field) => knownFields.has(field)) ?? {};
}
