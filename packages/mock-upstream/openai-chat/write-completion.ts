import type { Turn } from "../agent/conversation.ts";
import type { Fault } from "../faults/fault.ts";
import type { JsonObject } from "../json-object.ts";
import type { ChatDialect, ChatUsage } from "./dialects/dialect.ts";
import { writeReasoningWhole } from "./write-reasoning.ts";
import type { ReasoningForm } from "./write-reasoning.ts";

/** A finished reply, before it is written in one of its two forms. */
export type ChatReply = {
  id: string;
  model: string;
  /** Seconds since 1970. */
  created: number;
  turn: Turn;
  /** Ids of the turn's calls, in order. */
  callIds: string[];
  usage: ChatUsage;
  reasoningForm: ReasoningForm;
  /** Signature of the thought, for the forms that have one. */
  seal: string;
};

/** Writes a reply as one chat.completion object. */
export function writeChatCompletion(reply: ChatReply, dialect: ChatDialect, fault: Fault): JsonObject {
  const { parts } = reply.turn;
  const texts = parts.filter((part) => part.type === "text").map((part) => part.text);
  const thoughts = parts.filter((part) => part.type === "reasoning").map((part) => part.text);
  const calls = parts
    .filter((part) => part.type === "call")
    .map((part, index) => ({
      ...(fault.calls === "no-id" ? {} : { id: reply.callIds[index] }),
      type: "function",
      function: { name: part.name, arguments: part.argumentsText },
    }));
  const content = texts.length > 0 ? texts.join("") : calls.length > 0 ? null : "";
  const message: JsonObject = {
    role: "assistant",
    ...(thoughts.length > 0
      ? writeReasoningWhole(thoughts.join(""), content, reply.reasoningForm, reply.seal)
      : { content }),
  };
  if (calls.length > 0) message.tool_calls = calls;
  const completion: JsonObject = {
    id: reply.id,
    object: "chat.completion",
    created: reply.created,
    model: reply.model,
    choices: [{ index: 0, message, finish_reason: finishReason(reply.turn, fault) }],
  };
  if (fault.usage !== "missing") completion.usage = dialect.usage(reply.usage);
  return completion;
}

/** The finish reason in the chat protocol's words. */
export function finishReason(turn: Turn, fault: Fault): string {
  if (fault.finish !== undefined) return fault.finish;
  return turn.finish === "calls" ? "tool_calls" : turn.finish;
}
