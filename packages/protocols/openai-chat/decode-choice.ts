import type { EmitEvent } from "../model/chat-event.ts";
import type { DecodeAnswerContext } from "../protocol-contract.ts";
import type { AnswerAssembler } from "./assemble-answer.ts";
import type { ToolCallCollector } from "./collect-tool-calls.ts";
import { createThoughtReader } from "./read-thought.ts";
import { isObject, type WireObject } from "../wire/json-object.ts";

/** Fields of a delta that only this protocol knows. */
const opaqueFields = ["annotations", "audio", "images"] as const;

/** Reads the deltas of one answer, or its whole message. */
export interface DeltaReader {
  /** Hands on everything that one delta holds: thought, text, refusal, calls, in this order. */
  take(delta: WireObject): void;
}

export function createDeltaReader(
  { profile }: DecodeAnswerContext,
  assembler: AnswerAssembler,
  calls: ToolCallCollector,
  emit: EmitEvent,
): DeltaReader {
  const thoughts = createThoughtReader(profile, assembler);

  return {
    take(delta) {
      thoughts.take(delta);
      const { content, refusal, tool_calls: toolCalls, function_call: legacyCall } = delta;
      if (typeof content === "string") assembler.text("text", content);
      else if (Array.isArray(content)) takeParts(content, assembler);
      if (typeof refusal === "string") assembler.text("refusal", refusal);
      if (Array.isArray(toolCalls)) calls.take(toolCalls);
      if (isObject(legacyCall)) calls.take([legacyCall]);
      for (const field of opaqueFields) {
        const value = delta[field];
        if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue;
        emit({ type: "opaque-event", protocol: "openai-chat", value: { delta: { [field]: value } } });
      }
    },
  };
}

// Mistral's form: parts, of which some are thoughts.
function takeParts(parts: readonly unknown[], assembler: AnswerAssembler): void {
  for (const part of parts) {
    if (!isObject(part)) continue;
    if (part.type === "text" && typeof part.text === "string") assembler.text("text", part.text);
    if (part.type !== "thinking") continue;
    const thoughts: unknown[] = Array.isArray(part.thinking) ? part.thinking : [{ text: part.thinking }];
    for (const thought of thoughts) {
      if (isObject(thought) && typeof thought.text === "string") assembler.text("reasoning", thought.text);
    }
  }
}
