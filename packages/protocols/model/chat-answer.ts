import type { ChatEvent } from "./chat-event.ts";
import type { AnswerPart } from "./content.ts";
import type { ChatError } from "./error.ts";
import type { FinishReason } from "./finish-reason.ts";
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
          break;
        case "error":
          answer.finishReason = "error";
          answer.error = event.error;
          break;
        case "opaque-event":
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
    case "opaque":
      return { type: "opaque", protocol: block.protocol, value: block.value };
  }
}
