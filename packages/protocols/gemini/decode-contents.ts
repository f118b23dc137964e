import type { Message } from "../model/chat-request.ts";
import type { ContentPart, ReasoningPart, ToolCallPart } from "../model/content.ts";
import { refuseField } from "../model/error.ts";
import { checkDepth, readArray, readName, readObject, readOptionalString, readString } from "../wire/read-field.ts";
import type { WireObject } from "../wire/json-object.ts";
import { createCallIds, type CallIds } from "./call-ids.ts";
import { withCamelKeys } from "./camel-keys.ts";
import { signatureOf, unpackThoughts } from "./carried-thoughts.ts";
import { decodeFunctionResponse } from "./decode-function-response.ts";
import { decodeMedia } from "./decode-media.ts";

/** A turn of the model while it is read; SDKs that collect a stream write one of several contents. */
interface ModelTurn {
  content: ContentPart[];
  /** Thoughts since the last visible part. */
  thoughts: ReasoningPart[];
}

/** Reads `contents`. Contents of the model that follow each other are one message, as they were one answer. */
export function decodeContents(value: unknown): Message[] {
  const list = readArray(value, "contents");
  if (list.length === 0) refuseField("contents", "must not be empty");
  const messages: Message[] = [];
  const callIds = createCallIds();
  let turn: ModelTurn | undefined;

  for (const [at, item] of list.entries()) {
    const path = `contents[${at}]`;
    const content = readObject(item, path);
    const parts = readParts(content.parts, `${path}.parts`);
    switch (content.role) {
      case "model":
        if (turn === undefined) {
          turn = { content: [], thoughts: [] };
          messages.push({ role: "assistant", content: turn.content });
          callIds.beginTurn();
        }
        for (const [index, part] of parts.entries()) takeModelPart(turn, part, callIds, `${path}.parts[${index}]`);
        break;
      case undefined:
      case null:
      case "":
      case "user":
      // Results of functions had a role of their own once.
      case "function":
        endTurn(turn);
        turn = undefined;
        messages.push({
          role: "user",
          content: parts.flatMap((part, index) => decodeUserPart(part, callIds, `${path}.parts[${index}]`)),
        });
        break;
      default:
        refuseField(`${path}.role`, "expected user or model");
    }
  }
  endTurn(turn);
  return messages.filter((message) => message.content.length > 0);
}

function readParts(value: unknown, path: string): WireObject[] {
  if (value === undefined || value === null) return [];
  return readArray(value, path).map((part, at) => withCamelKeys(readObject(part, `${path}[${at}]`)));
}

function decodeUserPart(part: WireObject, callIds: CallIds, path: string): ContentPart[] {
  if (typeof part.text === "string") {
    return part.text === "" ? [] : [{ type: "text", text: readString(part.text, `${path}.text`) }];
  }
  if (part.functionResponse !== undefined) {
    return [decodeFunctionResponse(part.functionResponse, callIds, `${path}.functionResponse`)];
  }
  if (part.functionCall !== undefined) refuseField(`${path}.functionCall`, "only the model calls functions");
  return [decodeOtherPart(part, path)];
}

function decodeOtherPart(part: WireObject, path: string): ContentPart {
  if (part.inlineData !== undefined || part.fileData !== undefined) return decodeMedia(part, path);
  if (Object.keys(part).length === 0) refuseField(path, "expected text, inlineData, fileData or another kind of part");
  if (part.text !== undefined) readString(part.text, `${path}.text`);
  checkDepth(part, path);
  return { type: "opaque", protocol: "gemini", value: part };
}

function takeModelPart(turn: ModelTurn, part: WireObject, callIds: CallIds, path: string): void {
  const signature = signatureOf(part);
  const carried = signature === undefined ? undefined : unpackThoughts(signature);
  if (part.thought === true) {
    takeThought(turn, part, carried, signature, path);
    return;
  }
  // What a signature carries is what was thought, exactly; what the client was shown of it says the same again.
  if (carried !== undefined) turn.content.push(...carried);
  else {
    turn.content.push(...turn.thoughts);
    if (signature !== undefined) turn.content.push({ type: "reasoning", text: "", signature });
  }
  turn.thoughts = [];
  if (typeof part.text === "string") {
    takeText(turn, readString(part.text, `${path}.text`));
  } else if (part.functionCall !== undefined) {
    turn.content.push(decodeFunctionCall(part.functionCall, callIds, `${path}.functionCall`));
  } else if (part.functionResponse !== undefined) {
    refuseField(`${path}.functionResponse`, "only the user answers function calls");
  } else {
    const { thoughtSignature: _, ...unsigned } = part;
    turn.content.push(decodeOtherPart(unsigned, path));
  }
}

function takeThought(
  turn: ModelTurn,
  part: WireObject,
  carried: ReasoningPart[] | undefined,
  signature: string | undefined,
  path: string,
): void {
  if (carried !== undefined) {
    turn.thoughts = carried;
    return;
  }
  const text = part.text === undefined ? "" : readString(part.text, `${path}.text`);
  const last = turn.thoughts.at(-1);
  if (last === undefined || last.signature !== undefined || last.redacted !== undefined) {
    turn.thoughts.push(signature === undefined ? { type: "reasoning", text } : { type: "reasoning", text, signature });
  } else {
    last.text += text;
    if (signature !== undefined) last.signature = signature;
  }
}

/** Pieces of a stream become the one text that they were. */
function takeText(turn: ModelTurn, text: string): void {
  if (text === "") return;
  const last = turn.content.at(-1);
  if (last?.type === "text") last.text += text;
  else turn.content.push({ type: "text", text });
}

function endTurn(turn: ModelTurn | undefined): void {
  if (turn !== undefined) turn.content.push(...turn.thoughts);
}

function decodeFunctionCall(value: unknown, callIds: CallIds, path: string): ToolCallPart {
  const call = readObject(value, path);
  const name = readName(call.name, `${path}.name`);
  const id = callIds.ofCall(readOptionalString(call.id, `${path}.id`) || undefined, name);
  const args = call.args === undefined || call.args === null ? {} : readObject(call.args, `${path}.args`);
  checkDepth(args, `${path}.args`);
  return { type: "tool-call", id, name, arguments: JSON.stringify(args) };
}
