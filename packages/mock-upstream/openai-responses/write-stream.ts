import type { WireEvent } from "../answer.ts";
import type { Fault } from "../faults/fault.ts";
import { layOutTurn } from "../faults/lay-out-turn.ts";
import type { Stroke } from "../faults/lay-out-turn.ts";
import type { JsonObject } from "../json-object.ts";
import { finishStatus, writeHead, writeItem, writeResponse, writeText, writeUsage } from "./write-response.ts";
import type { ResponsesReply } from "./write-response.ts";

type Unnumbered = { type: string; fields: JsonObject; content?: boolean };

/** Writes a reply as the events of a response stream (platform.openai.com/docs/api-reference/responses-streaming). */
export function writeResponseStream(reply: ResponsesReply, fault: Fault): WireEvent[] {
  const head = writeHead(reply);
  const early = fault.usage === "early" ? { usage: writeUsage(reply.usage) } : {};
  const opening: Unnumbered[] = [
    { type: "response.created", fields: { response: head } },
    { type: "response.in_progress", fields: { response: { ...head, ...early } } },
  ];
  const body = layOutTurn(reply.turn, fault).flatMap((stroke) => writeStroke(stroke, reply, fault));
  // A second opening, as some hosts send when they retry inside.
  if (fault.role) body.splice(Math.floor(body.length / 2), 0, ...opening);
  const end: Unnumbered = {
    type: `response.${finishStatus(reply.turn, fault)}`,
    fields: { response: writeResponse(reply, fault) },
  };
  const twice = fault.usage === "twice" ? [end] : [];
  const late = fault.after ? writeAfterthought(reply) : [];
  return [...opening, ...body, end, ...twice, ...late].map(({ type, fields, content = false }, number) => ({
    event: type,
    data: JSON.stringify({ type, sequence_number: number, ...fields }),
    content,
  }));
}

function writeStroke(stroke: Stroke, reply: ResponsesReply, fault: Fault): Unnumbered[] {
  const index = stroke.part;
  const part = reply.turn.parts[index];
  const mark = reply.marks[index];
  const at = { item_id: mark?.id, output_index: index };
  const added: Unnumbered = {
    type: "response.output_item.added",
    fields: { output_index: index, item: writeItem(reply, index, "in_progress", fault) },
  };
  const isCut = index === reply.turn.parts.length - 1 && finishStatus(reply.turn, fault) === "incomplete";
  const done: Unnumbered = {
    type: "response.output_item.done",
    fields: { output_index: index, item: writeItem(reply, index, isCut ? "incomplete" : "completed", fault) },
  };
  const event = (type: string, fields: JsonObject, content = false): Unnumbered => ({
    type: `response.${type}`,
    fields: { ...at, ...fields },
    content,
  });
  switch (part?.type) {
    case "reasoning": {
      if (!reply.showsSummary) return stroke.type === "open" ? [added] : stroke.type === "close" ? [done] : [];
      const summary = { summary_index: 0 };
      const empty = { ...summary, part: { type: "summary_text", text: "" } };
      if (stroke.type === "open") return [added, event("reasoning_summary_part.added", empty)];
      if (stroke.type === "grow")
        return [event("reasoning_summary_text.delta", { ...summary, delta: stroke.text }, true)];
      return [
        event("reasoning_summary_text.done", { ...summary, text: part.text }),
        event("reasoning_summary_part.done", { ...summary, part: { type: "summary_text", text: part.text } }),
        done,
      ];
    }
    case "search":
      if (stroke.type === "open") {
        return [added, ...["in_progress", "searching"].map((state) => event(`web_search_call.${state}`, {}))];
      }
      return stroke.type === "close" ? [event("web_search_call.completed", {}), done] : [];
    case "call": {
      if (part.kind === "tool-search") return stroke.type === "open" ? [added] : stroke.type === "close" ? [done] : [];
      const [name, field] =
        part.kind === "custom" ? ["custom_tool_call_input", "input"] : ["function_call_arguments", "arguments"];
      if (stroke.type === "open") return [added];
      if (stroke.type === "grow") return [event(`${name}.delta`, { delta: stroke.text }, true)];
      return [event(`${name}.done`, { [field]: part.argumentsText }), done];
    }
    default:
      return writeMessageStroke(stroke, reply, added, done, event);
  }
}

function writeMessageStroke(
  stroke: Stroke,
  reply: ResponsesReply,
  added: Unnumbered,
  done: Unnumbered,
  event: (type: string, fields: JsonObject, content?: boolean) => Unnumbered,
): Unnumbered[] {
  const content = { content_index: 0 };
  if (stroke.type === "open") {
    const part = { type: "output_text", text: "", annotations: [], logprobs: [] };
    return [added, event("content_part.added", { ...content, part })];
  }
  if (stroke.type === "grow") {
    return [event("output_text.delta", { ...content, delta: stroke.text, logprobs: [] }, true)];
  }
  const whole = writeText(reply, stroke.part);
  const annotations = Array.isArray(whole.annotations) ? whole.annotations : [];
  return [
    ...annotations.map((annotation, at) =>
      event("output_text.annotation.added", { ...content, annotation_index: at, annotation }),
    ),
    event("output_text.done", { ...content, text: whole.text, logprobs: [] }),
    event("content_part.done", { ...content, part: whole }),
    done,
  ];
}

function writeAfterthought(reply: ResponsesReply): Unnumbered[] {
  const at = { item_id: "msg_afterthought", output_index: reply.turn.parts.length, content_index: 0 };
  return [
    { type: "response.output_text.delta", fields: { ...at, delta: " One more thing.", logprobs: [] }, content: true },
  ];
}
