import type { WireEvent } from "../answer.ts";
import type { Fault } from "../faults/fault.ts";
import { layOutTurn } from "../faults/lay-out-turn.ts";
import type { Stroke } from "../faults/lay-out-turn.ts";
import type { JsonObject } from "../json-object.ts";
import { stopReason, writeBlock, writeUsage } from "./write-message.ts";
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
  const index = stroke.part;
  const part = reply.turn.parts[index];
  const mark = reply.marks[index] ?? {};
  const delta = (content: JsonObject) => event("content_block_delta", { index, delta: content }, true);
  switch (stroke.type) {
    case "open":
      return [event("content_block_start", { index, content_block: writeBlock(reply, index, false) })];
    case "grow":
      if (part?.type === "call") return [delta({ type: "input_json_delta", partial_json: stroke.text })];
      if (part?.type === "text") return [delta({ type: "text_delta", text: stroke.text })];
      return mark.redacted === undefined ? [delta({ type: "thinking_delta", thinking: stroke.text })] : [];
    case "close": {
      const isSigned = part?.type === "reasoning" && mark.redacted === undefined;
      const signature = isSigned ? [delta({ type: "signature_delta", signature: mark.signature })] : [];
      return [...signature, event("content_block_stop", { index })];
    }
  }
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
