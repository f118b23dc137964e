import type { SearchPart } from "../agent/conversation.ts";
import type { WireEvent } from "../answer.ts";
import type { Fault } from "../faults/fault.ts";
import { layOutTurn } from "../faults/lay-out-turn.ts";
import type { Stroke } from "../faults/lay-out-turn.ts";
import type { JsonObject } from "../json-object.ts";
import { citationsOf, writeSearchBlocks } from "./web-search.ts";
import { searchId, stopReason, writeBlock, writeUsage } from "./write-message.ts";
import type { MessageReply } from "./write-message.ts";

/** Writes a reply as the events of a message stream (docs.claude.com/en/docs/build-with-claude/streaming). */
export function writeMessageStream(reply: MessageReply, fault: Fault): WireEvent[] {
  const start = event("message_start", { message: writeOpening(reply, fault) });
  const end = event("message_delta", {
    delta: { stop_reason: stopReason(reply.turn, fault), stop_sequence: reply.turn.stoppedAt ?? null },
    ...(fault.usage === "missing" ? {} : { usage: writeUsage(reply, reply.outputTokens) }),
  });
  const told = layOutTurn(reply.turn, fault).flatMap((stroke) => writeStroke(stroke, reply));
  const [opening, ...rest] = told;
  const body = opening ? [opening, event("ping", {}), ...rest] : [event("ping", {})];
  if (fault.role) body.splice(Math.floor(body.length / 2), 0, start);
  const late = fault.after ? writeAfterthought(reply) : [];
  const early = fault.usage === "early" ? [end] : [];
  const twice = fault.usage === "twice" ? [end] : [];
  return [start, ...early, ...body, end, ...twice, ...late, event("message_stop", {})];
}

function writeOpening(reply: MessageReply, fault: Fault): JsonObject {
  return {
    id: reply.id,
    type: "message",
    role: "assistant",
    model: reply.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    ...(fault.usage === "missing" ? {} : { usage: writeUsage(reply, 1) }),
  };
}

function writeStroke(stroke: Stroke, reply: MessageReply): WireEvent[] {
  const part = reply.turn.parts[stroke.part];
  const mark = reply.marks[stroke.part] ?? {};
  const before = reply.turn.parts.slice(0, stroke.part);
  // A search takes two blocks, everything else one.
  const index = stroke.part + before.filter((one) => one.type === "search").length;
  if (part?.type === "search") return stroke.type === "open" ? writeSearch(part, index, stroke.part, reply) : [];
  const delta = (content: JsonObject) => event("content_block_delta", { index, delta: content }, true);
  switch (stroke.type) {
    case "open":
      return [event("content_block_start", { index, content_block: writeBlock(reply, stroke.part, false) })];
    case "grow":
      if (part?.type === "call") return [delta({ type: "input_json_delta", partial_json: stroke.text })];
      if (part?.type === "text") return [delta({ type: "text_delta", text: stroke.text })];
      return mark.redacted === undefined ? [delta({ type: "thinking_delta", thinking: stroke.text })] : [];
    case "close": {
      const isSigned = part?.type === "reasoning" && mark.redacted === undefined;
      const signature = isSigned ? [delta({ type: "signature_delta", signature: mark.signature })] : [];
      const citations = part?.type === "text" ? citationsOf(before.at(-1), reply.seed) : [];
      const cited = citations.map((citation) => delta({ type: "citations_delta", citation }));
      return [...signature, ...cited, event("content_block_stop", { index })];
    }
  }
}

function writeSearch(part: SearchPart, index: number, at: number, reply: MessageReply): WireEvent[] {
  const [call, result] = writeSearchBlocks(part, searchId(reply, at), reply.seed);
  const json = { type: "input_json_delta", partial_json: JSON.stringify(call.input) };
  return [
    event("content_block_start", { index, content_block: { ...call, input: {} } }),
    event("content_block_delta", { index, delta: json }, true),
    event("content_block_stop", { index }),
    event("content_block_start", { index: index + 1, content_block: result }),
    event("content_block_stop", { index: index + 1 }),
  ];
}

function writeAfterthought(reply: MessageReply): WireEvent[] {
  const index = reply.turn.parts.length;
  return [
    event("content_block_start", { index, content_block: { type: "text", text: "" } }),
    event("content_block_delta", { index, delta: { type: "text_delta", text: "One more thing." } }, true),
    event("content_block_stop", { index }),
  ];
}

function event(type: string, fields: JsonObject, content = false): WireEvent {
  return { event: type, data: JSON.stringify({ type, ...fields }), content };
}
