import type { ChatEvent } from "./chat-event.ts";
import type { AnswerPart, Extensions } from "./content.ts";
import type { ChatError } from "./error.ts";
import type { FinishReason } from "./finish-reason.ts";
import type { ProtocolName } from "./protocol.ts";
import { noUsage, type Usage } from "./usage.ts";

/** A whole answer: what a stream adds up to. */
export interface ChatAnswer {
  id: string;
  model: string;
  parts: AnswerPart[];
  finishReason: FinishReason;
  stopSequence?: string;
  usage: Usage;
  error?: ChatError;
  /** Fields of the whole that only one protocol knows. */
  extensions?: Extensions;
  /** Events that only one protocol knows, in order, each with the number of the part that was the latest then. */
  opaqueEvents?: OpaqueEvent[];
}

export interface OpaqueEvent {
  part: number;
  protocol: ProtocolName;
  value: Record<string, unknown>;
}

/** Folds events into an answer; a JSON answer is nothing else. */
export interface AnswerAccumulator {
  add(event: ChatEvent): void;
  answer(): ChatAnswer;
}

export function createAnswerAccumulator(): AnswerAccumulator {
  const answer: ChatAnswer = { id: "", model: "", parts: [], finishReason: "stop", usage: noUsage };
  let open: AnswerPart | undefined;
  return {
    add(event) {
      switch (event.type) {
        case "start":
          answer.id = event.id;
          answer.model = event.model;
          if (event.usage !== undefined) answer.usage = event.usage;
          break;
        case "block-start":
          open = openPart(event.block);
          answer.parts.push(open);
          break;
        case "block-delta":
          if (open?.type === "tool-call") open.arguments += event.text;
          else if (open !== undefined && "text" in open) open.text += event.text;
          break;
        case "block-stop":
          if (open?.type === "reasoning" && event.signature !== undefined) open.signature = event.signature;
          open = undefined;
          break;
        case "usage":
          answer.usage = event.usage;
          break;
        case "finish":
          answer.finishReason = event.reason;
          answer.usage = event.usage;
          if (event.stopSequence !== undefined) answer.stopSequence = event.stopSequence;
          if (event.extensions !== undefined) answer.extensions = event.extensions;
          break;
        case "error":
          answer.finishReason = "error";
          answer.error = event.error;
          break;
        case "opaque-event":
          (answer.opaqueEvents ??= []).push({
            part: answer.parts.length - 1,
            protocol: event.protocol,
            value: event.value,
          });
          break;
      }
    },
    answer: () => answer,
  };
}

function openPart(block: Extract<ChatEvent, { type: "block-start" }>["block"]): AnswerPart {
  switch (block.type) {
    case "text":
      return { type: "text", text: "" };
    case "refusal":
      return { type: "refusal", text: "" };
    case "reasoning":
      return block.redacted === undefined
        ? { type: "reasoning", text: "" }
        : { type: "reasoning", text: "", redacted: block.redacted };
    case "tool-call":
      return { ...block, type: "tool-call", arguments: "" };
    case "web-search":
    case "tool-search":
    case "opaque":
      return { ...block };
  }
}
