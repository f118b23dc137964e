import type { ToolResultPart } from "../model/content.ts";
import { refuseField } from "../model/error.ts";
import type { CallIds } from "./call-ids.ts";
import { checkDepth, readArray, readName, readObject, readOptionalString, readString } from "../wire/read-field.ts";
import type { WireObject } from "../wire/json-object.ts";
import { withCamelKeys } from "./camel-keys.ts";
import { decodeMedia } from "./decode-media.ts";

/**
 * Reads a `functionResponse`. Google's documents name `output` for what a function gave and `error` for why it failed; any
 * other object is the result as it stands, and goes back to this protocol unchanged.
 */
export function decodeFunctionResponse(value: unknown, callIds: CallIds, path: string): ToolResultPart {
  const given = withCamelKeys(readObject(value, path));
  const name = readName(given.name, `${path}.name`);
  const callId = callIds.ofResult(readOptionalString(given.id, `${path}.id`) || undefined, name);
  if (callId === undefined) refuseField(`${path}.name`, "no function call of this name precedes this response");
  const result: ToolResultPart = { type: "tool-result", callId, content: [] };
  const { id: _id, name: _name, response, parts, ...others } = given;
  readResponse(result, name, response, others, `${path}.response`);
  if (parts !== undefined && parts !== null) readParts(result, parts, `${path}.parts`);
  if (Object.keys(others).length > 0) {
    checkDepth(others, path);
    result.extensions = { gemini: others };
  }
  return result;
}

function readResponse(result: ToolResultPart, name: string, value: unknown, others: WireObject, path: string): void {
  if (value === undefined || value === null) return;
  const response = readObject(value, path);
  checkDepth(response, path);
  // The AI SDK says the name once more, beside the content.
  const fields = Object.keys(response).filter((field) => field !== "name" || response.name !== name);
  const only = fields.length === 1 ? fields[0] : undefined;
  let text: string;
  if (only !== undefined && typeof response[only] === "string" && /^(?:output|error|result|content)$/.test(only)) {
    text = readString(response[only], `${path}.${only}`);
    if (only === "error") result.isError = true;
    if (only !== "error" && only !== "output") others.response = response;
  } else {
    text = fields.length === 0 ? "" : JSON.stringify(response);
    if (text !== "") others.response = response;
  }
  if (text !== "") result.content.push({ type: "text", text });
}

function readParts(result: ToolResultPart, value: unknown, path: string): void {
  for (const [at, item] of readArray(value, path).entries()) {
    const part = withCamelKeys(readObject(item, `${path}[${at}]`));
    if (part.inlineData === undefined && part.fileData === undefined) {
      refuseField(`${path}[${at}]`, "expected inlineData or fileData");
    }
    result.content.push(decodeMedia(part, `${path}[${at}]`));
  }
}
