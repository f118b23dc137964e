import type { ChatRequest, Message } from "../model/chat-request.ts";
import type { ContentPart, ToolResultPart } from "../model/content.ts";
import { RequestError } from "../model/error.ts";
import { noteOpaque } from "../note-losses.ts";
import type { EncodeTarget } from "../protocol-contract.ts";
import { describeLoaded } from "../tools/order-tools.ts";
import type { ToolNames } from "../tools/tool-names.ts";
import type { WireObject } from "../wire/json-object.ts";
import { encodeFunctionResponses, unfoldOrphan, type SentCall } from "./encode-function-responses.ts";
import { encodeMedia } from "./encode-media.ts";
import { createModelTurn, type ModelTurn } from "./encode-model-turn.ts";

interface WireContent {
  role: "user" | "model";
  parts: WireObject[];
}

/** A step of the model that has called functions, until all of its calls are answered. */
interface OpenStep {
  calls: readonly SentCall[];
  results: Map<SentCall, ToolResultPart>;
  /** What was said before the results were complete: it has to follow them. */
  held: WireObject[];
}

/**
 * Writes `contents`: the roles alternate, and the responses to all calls of a step stand together right after it. The bytes of
 * a conversation are a prefix of the same conversation one turn later, so nothing here looks at what comes later, except for
 * the results of calls, which stand next to their calls anyway.
 */
export function encodeContents(request: ChatRequest, target: EncodeTarget, names: ToolNames): WireContent[] {
  const contents: WireContent[] = [];
  let turn: ModelTurn | undefined;
  let step: OpenStep | undefined;

  function push(role: WireContent["role"], parts: WireObject[]): void {
    if (parts.length === 0) return;
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else contents.push({ role, parts });
  }

  function endTurn(): void {
    if (turn === undefined) return;
    turn.end();
    const { parts, calls } = turn;
    turn = undefined;
    if (parts.some((part) => part.thought !== true)) {
      push("model", parts);
      if (calls.length > 0) step = { calls, results: new Map(), held: [] };
    } else target.receipt.note("repaired", "messages.assistant", "a message of the model without content was left out");
  }

  /** Ends the open step: its responses in the order of the calls, then what had to wait. */
  function settle(): void {
    if (step === undefined) return;
    push("user", [...encodeFunctionResponses(step.calls, step.results, target), ...step.held]);
    step = undefined;
  }

  function takeUser(message: Message): void {
    endTurn();
    const rest = step === undefined ? message.content : takeResults(message.content, step);
    const parts = rest.flatMap((part) => encodeUserPart(part, target));
    if (step !== undefined) {
      step.held.push(...parts);
      if (step.results.size === step.calls.length) settle();
    } else push("user", parts);
  }

  for (const message of request.messages) {
    switch (message.role) {
      case "assistant":
        if (turn === undefined) {
          settle();
          turn = createModelTurn(target, names);
        }
        turn.take(message.content);
        break;
      case "user":
        takeUser(message);
        break;
      case "system":
        endTurn();
        takeUser({ role: "user", content: message.content.flatMap((part) => fold(part, target)) });
        break;
    }
  }
  endTurn();
  settle();
  beginWithUser(contents, target);
  return contents;
}

function takeResults(content: readonly ContentPart[], step: OpenStep): ContentPart[] {
  const rest: ContentPart[] = [];
  for (const part of content) {
    const call =
      part.type === "tool-result"
        ? step.calls.find((one) => one.id === part.callId && !step.results.has(one))
        : undefined;
    if (call !== undefined && part.type === "tool-result") step.results.set(call, part);
    else rest.push(part);
  }
  return rest;
}

function encodeUserPart(part: ContentPart, target: EncodeTarget): WireObject[] {
  switch (part.type) {
    case "text":
      return part.text === "" ? [] : [{ text: part.text }];
    case "refusal":
      return part.text === "" ? [] : [{ text: part.text }];
    case "image":
    case "document":
      return [encodeMedia(part, target)];
    case "tool-result":
      return unfoldOrphan(part, target).flatMap((piece) => encodeUserPart(piece, target));
    case "tool-reference":
      return [{ text: describeLoaded(part.name) }];
    case "opaque":
      if (part.protocol === "gemini") return [part.value];
      noteOpaque(part, target.receipt);
      return [];
    case "web-search":
    case "tool-search":
      target.receipt.note("dropped", `messages.${part.type}`, "made by another provider");
      return [];
    case "reasoning":
    case "tool-call":
      return [];
  }
}

/** There is one instruction of the system, in front: later ones are told in the user's name. */
function fold(part: ContentPart, { receipt }: EncodeTarget): ContentPart[] {
  if (part.type !== "text") return [part];
  if (part.text.trim() === "") return [];
  receipt.note("approximated", "messages.system", "instructions within the conversation are told in the user's name");
  return [{ ...part, text: `<system-reminder>\n${part.text}\n</system-reminder>` }];
}

/** A step with function calls has to follow a turn of the user. */
function beginWithUser(contents: WireContent[], { receipt }: EncodeTarget): void {
  if (contents.length === 0) {
    throw new RequestError({ code: "invalid_request", message: "messages: no message has content", param: "messages" });
  }
  if (contents[0]?.role === "user") return;
  receipt.note("repaired", "messages", "a conversation must begin with the user");
  contents.unshift({ role: "user", parts: [{ text: "(the conversation begins)" }] });
}
