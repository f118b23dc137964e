import { asArray, asObject, isObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";
import { invalidArgument, invalidValue, refuseUnknown } from "./refuse.ts";

const dataFields: Record<string, string[]> = {
  text: [],
  inlineData: ["mimeType", "data", "displayName"],
  fileData: ["mimeType", "fileUri", "displayName"],
  functionCall: ["id", "name", "args"],
  functionResponse: ["id", "name", "response", "willContinue", "scheduling", "parts"],
  executableCode: ["id", "language", "code"],
  codeExecutionResult: ["id", "outcome", "output"],
  toolCall: ["id", "toolType", "args"],
  toolResponse: ["id", "toolType", "response"],
};
const besides = ["thought", "thoughtSignature", "partMetadata", "videoMetadata", "mediaResolution"];
const base64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** The form of contents and parts, and which turn may follow which. */
export function checkContents(body: JsonObject): void {
  checkInstruction(body.systemInstruction);
  const { contents } = body;
  if (!Array.isArray(contents) || contents.length === 0) {
    throw invalidArgument("* GenerateContentRequest.contents: contents is not specified\n");
  }
  for (const [at, content] of contents.entries()) {
    if (!isObject(content)) throw invalidValue(`contents[${at}]`, "Content", content);
    checkContent(content, at);
  }
  const sides = contents.map(asObject);
  checkTurns(sides);
  if (sides.length === 1 && sides[0]?.role === "model") {
    throw invalidArgument("Please ensure that single turn requests end with a user role or the role field is empty.");
  }
}

function checkInstruction(instruction: unknown): void {
  if (instruction === undefined) return;
  refuseUnknown(asObject(instruction), ["parts", "role"], "system_instruction");
  for (const [at, raw] of asArray(asObject(instruction).parts).entries()) {
    const part = asObject(raw);
    refuseUnknown(part, ["text", ...besides], `system_instruction.parts[${at}]`);
    if (part.text === "") throw emptyText(`system_instruction.parts[${at}]`);
  }
}

function checkContent(content: JsonObject, at: number): void {
  refuseUnknown(content, ["parts", "role"], `contents[${at}]`);
  if (content.role !== undefined && content.role !== "user" && content.role !== "model") {
    throw invalidArgument("Please use a valid role: user, model.");
  }
  const parts = asArray(content.parts);
  if (parts.length === 0) {
    throw invalidArgument(`* GenerateContentRequest.contents[${at}].parts: contents.parts must not be empty.\n`);
  }
  for (const [index, part] of parts.entries()) checkPart(asObject(part), `contents[${at}].parts[${index}]`, content);
}

function checkPart(part: JsonObject, path: string, content: JsonObject): void {
  refuseUnknown(part, [...Object.keys(dataFields), ...besides], path);
  const kinds = Object.keys(dataFields).filter((kind) => part[kind] !== undefined);
  const [kind] = kinds;
  if (kind === undefined) {
    throw invalidArgument(
      `* GenerateContentRequest.${path}.data: required oneof field 'data' must have one initialized field\n`,
    );
  }
  if (kinds.length > 1) {
    throw invalidArgument(
      `Invalid value at '${path}' (oneof), oneof field 'data' is already set. Cannot set '${kinds[1]}'`,
    );
  }
  if (part.thoughtSignature !== undefined) checkBytes(part.thoughtSignature, `${path}.thought_signature`);
  if (kind === "text") {
    if (typeof part.text !== "string") throw invalidValue(`${path}.text`, "TYPE_STRING", part.text);
    // A signature may hang on an empty text: that is how the model itself sends the last one of a stream.
    if (part.text === "" && part.thoughtSignature === undefined) throw emptyText(path);
    return;
  }
  const value = part[kind];
  const name = kind.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  if (!isObject(value)) throw invalidValue(`${path}.${name}`, kind, value);
  refuseUnknown(value, dataFields[kind] ?? [], `${path}.${name}`);
  switch (kind) {
    case "inlineData":
      if (typeof value.mimeType !== "string" || value.mimeType === "") {
        throw invalidArgument(`Unsupported MIME type: ${String(value.mimeType ?? "")}`);
      }
      return checkBytes(value.data, `${path}.inline_data.data`);
    case "functionCall":
      if (content.role !== "model") {
        throw invalidArgument("Please ensure that function call turns have the role 'model'.");
      }
      checkName(value.name, `${path}.function_call.name`);
      return checkStruct(value.args, `${path}.function_call.args`);
    case "functionResponse":
      if (content.role === "model") {
        throw invalidArgument("Please ensure that function response turns have the role 'user'.");
      }
      checkName(value.name, `${path}.function_response.name`);
      if (value.response === undefined) {
        throw invalidArgument(
          `* GenerateContentRequest.${path}.function_response.response: required field is missing\n`,
        );
      }
      return checkStruct(value.response, `${path}.function_response.response`);
  }
}

function checkName(name: unknown, path: string): void {
  if (typeof name === "string" && name !== "") return;
  throw invalidArgument(`* GenerateContentRequest.${path}: Name cannot be empty.\n`);
}

function checkStruct(value: unknown, path: string): void {
  if (value === undefined || isObject(value)) return;
  throw invalidValue(path, "type.googleapis.com/google.protobuf.Struct", value);
}

function checkBytes(value: unknown, path: string): void {
  if (typeof value === "string" && base64.test(value)) return;
  throw invalidArgument(`Invalid value at '${path}' (TYPE_BYTES), Base64 decoding failed for ${JSON.stringify(value)}`);
}

function emptyText(path: string) {
  return invalidArgument(
    `Unable to submit request because it must have a text parameter. Add a text parameter and try again. (${path})`,
  );
}

/** The calls of a turn. */
export function callsOf(content: JsonObject | undefined): JsonObject[] {
  return asArray(content?.parts)
    .map(asObject)
    .filter((part) => part.functionCall !== undefined);
}

/** The function responses of a turn. */
export function responsesOf(content: JsonObject | undefined): JsonObject[] {
  return asArray(content?.parts)
    .map(asObject)
    .filter((part) => part.functionResponse !== undefined);
}

function checkTurns(contents: JsonObject[]): void {
  for (const [at, content] of contents.entries()) {
    const calls = callsOf(content).map((part) => asObject(part.functionCall));
    const responses = responsesOf(content).map((part) => asObject(part.functionResponse));
    const before = contents[at - 1];
    const asked = callsOf(before).map((part) => asObject(part.functionCall));
    if (responses.length > 0 && asked.length === 0) {
      throw invalidArgument("Please ensure that function response turn comes immediately after a function call turn.");
    }
    if (calls.length > 0 && (before === undefined || before.role === "model")) {
      throw invalidArgument(
        "Please ensure that function call turn comes immediately after a user turn or after a function response turn.",
      );
    }
    if (asked.length > 0 && responses.length !== asked.length) {
      throw invalidArgument(
        "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
      );
    }
    checkAnswers(asked, responses);
  }
  if (callsOf(contents.at(-1)).length > 0) {
    throw invalidArgument(
      "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
    );
  }
}

// Responses are matched by id where the calls have ids (Gemini 3), else by name and order.
function checkAnswers(asked: JsonObject[], responses: JsonObject[]): void {
  const open = [...asked];
  for (const response of responses) {
    const at = open.findIndex((call) => call.name === response.name && (call.id ?? "") === (response.id ?? ""));
    if (at < 0) {
      throw invalidArgument(
        `Function response '${String(response.name)}' (id '${String(response.id ?? "")}') does not match any function call of the turn before.`,
      );
    }
    open.splice(at, 1);
  }
}
