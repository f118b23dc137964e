import type { Turn } from "../agent/conversation.ts";
import type { Fault } from "../faults/fault.ts";
import type { JsonObject } from "../json-object.ts";
import type { PromptUsage } from "./prompt-usage.ts";
import { citationsOf, writeSearchBlocks } from "./web-search.ts";

/** What a content block needs beside its text: the id of a call, the signature of a thought. */
export type BlockMark = { id?: string; signature?: string; redacted?: string };

/** A finished reply, before it is written in one of its two forms. `marks` go with the turn's parts. */
export type MessageReply = {
  id: string;
  model: string;
  turn: Turn;
  marks: BlockMark[];
  prompt: PromptUsage;
  outputTokens: number;
  /** Secret of the server: search results are sealed with it. */
  seed: string;
};

/** Writes a reply as one message object (docs.claude.com/en/api/messages). */
export function writeMessage(reply: MessageReply, fault: Fault): JsonObject {
  const { turn } = reply;
  return {
    id: reply.id,
    type: "message",
    role: "assistant",
    model: reply.model,
    content: turn.parts.flatMap((part, index) =>
      part.type === "search"
        ? writeSearchBlocks(part, searchId(reply, index), reply.seed)
        : [writeBlock(reply, index, true)],
    ),
    stop_reason: stopReason(turn, fault),
    stop_sequence: turn.stoppedAt ?? null,
    ...(fault.usage === "missing" ? {} : { usage: writeUsage(reply, reply.outputTokens) }),
  };
}

/** One content block, whole or as the empty shell that opens it in a stream. */
export function writeBlock(reply: MessageReply, index: number, isWhole: boolean): JsonObject {
  const part = reply.turn.parts[index];
  const mark = reply.marks[index] ?? {};
  switch (part?.type) {
    case "call":
      return { type: "tool_use", id: mark.id, name: part.name, input: isWhole ? parseInput(part.argumentsText) : {} };
    case "reasoning":
      if (mark.redacted !== undefined) return { type: "redacted_thinking", data: mark.redacted };
      return { type: "thinking", thinking: isWhole ? part.text : "", signature: isWhole ? mark.signature : "" };
    default:
      return writeText(reply, index, isWhole);
  }
}

function writeText(reply: MessageReply, index: number, isWhole: boolean): JsonObject {
  const part = reply.turn.parts[index];
  const citations = citationsOf(reply.turn.parts[index - 1], reply.seed);
  const cited = citations.length > 0 ? { citations: isWhole ? citations : [] } : {};
  return { type: "text", text: isWhole && part?.type === "text" ? part.text : "", ...cited };
}

/** The id of a search's call. */
export function searchId(reply: MessageReply, index: number): string {
  return reply.marks[index]?.id ?? "";
}

/** The usage object; streams report it twice, with the output so far. */
export function writeUsage(reply: MessageReply, outputTokens: number): JsonObject {
  const { prompt } = reply;
  const searches = reply.turn.parts.filter((part) => part.type === "search").length;
  return {
    input_tokens: prompt.input,
    cache_creation_input_tokens: prompt.cacheWrite,
    cache_read_input_tokens: prompt.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: prompt.lifetime === "5m" ? prompt.cacheWrite : 0,
      ephemeral_1h_input_tokens: prompt.lifetime === "1h" ? prompt.cacheWrite : 0,
    },
    output_tokens: outputTokens,
    ...(searches > 0 ? { server_tool_use: { web_search_requests: searches } } : {}),
    service_tier: "standard",
  };
}

/** The stop reason in Anthropic's words. */
export function stopReason(turn: Turn, fault: Fault): string {
  if (fault.finish !== undefined) return fault.finish;
  if (turn.stoppedAt !== undefined) return "stop_sequence";
  return { calls: "tool_use", stop: "end_turn", length: "max_tokens" }[turn.finish];
}

// Arguments that do not parse have no place in a whole message; a provider would have to send something else.
function parseInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
