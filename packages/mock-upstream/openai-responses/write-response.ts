import type { Turn, TurnPart } from "../agent/conversation.ts";
import type { Fault } from "../faults/fault.ts";
import { asObject } from "../json-object.ts";
import type { JsonObject } from "../json-object.ts";

/** Tokens of one answer. */
export type ResponsesUsage = { input: number; cached: number; output: number; reasoning: number };

/** What an output item needs beside its text: its id, the id of a call, the seal of a thought. */
export type ItemMark = { id: string; callId?: string; encrypted?: string };

/** A finished reply, before it is written in one of its two forms. `marks` go with the turn's parts. */
export type ResponsesReply = {
  id: string;
  model: string;
  /** Seconds since 1970. */
  created: number;
  /** The request, whose settings the response repeats. */
  request: JsonObject;
  turn: Turn;
  marks: ItemMark[];
  /** Whether the thoughts are shown as summaries. */
  showsSummary: boolean;
  usage: ResponsesUsage;
};

/** Writes a reply as one response object (platform.openai.com/docs/api-reference/responses/object). */
export function writeResponse(reply: ResponsesReply, fault: Fault): JsonObject {
  const status = finishStatus(reply.turn, fault);
  return {
    ...writeHead(reply),
    status,
    completed_at: status === "completed" ? reply.created : null,
    incomplete_details: incompleteDetails(status, fault),
    output: writeOutput(reply, fault, status),
    usage: fault.usage === "missing" ? null : writeUsage(reply.usage),
  };
}

/** The response while it is being made: no output and no usage yet. */
export function writeHead({ id, model, created, request }: ResponsesReply): JsonObject {
  const text = asObject(request.text);
  return {
    id,
    object: "response",
    created_at: created,
    status: "in_progress",
    background: false,
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: request.max_tool_calls ?? null,
    model,
    output: [],
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: request.previous_response_id ?? null,
    prompt_cache_key: request.prompt_cache_key ?? null,
    reasoning: { effort: null, summary: null, ...asObject(request.reasoning) },
    safety_identifier: request.safety_identifier ?? null,
    service_tier: "default",
    store: request.store ?? true,
    temperature: request.temperature ?? 1,
    text: { ...text, format: text.format ?? { type: "text" } },
    tool_choice: request.tool_choice ?? "auto",
    tools: request.tools ?? [],
    top_logprobs: request.top_logprobs ?? 0,
    top_p: request.top_p ?? 1,
    truncation: request.truncation ?? "disabled",
    usage: null,
    user: request.user ?? null,
    metadata: request.metadata ?? {},
  };
}

/** The output items; one that `max_output_tokens` broke off is incomplete. */
export function writeOutput(reply: ResponsesReply, fault: Fault, status: string): JsonObject[] {
  const last = reply.turn.parts.length - 1;
  return reply.turn.parts.map((_, index) =>
    writeItem(reply, index, status === "incomplete" && index === last ? "incomplete" : "completed", fault),
  );
}

/** One output item; with status "in_progress" the empty shell that opens it in a stream. */
export function writeItem(reply: ResponsesReply, index: number, status: string, fault: Fault): JsonObject {
  const part = reply.turn.parts[index];
  const { id, callId, encrypted } = reply.marks[index] ?? { id: "" };
  const isWhole = status !== "in_progress";
  const call = fault.calls === "no-id" ? {} : { call_id: callId };
  switch (part?.type) {
    case "reasoning": {
      const summary = isWhole && reply.showsSummary ? [{ type: "summary_text", text: part.text }] : [];
      return { id, type: "reasoning", summary, ...(encrypted === undefined ? {} : { encrypted_content: encrypted }) };
    }
    case "search": {
      const action = {
        type: "search",
        query: part.text,
        sources: part.sources.map(({ url }) => ({ type: "url", url })),
      };
      return { id, type: "web_search_call", status, ...(isWhole ? { action } : {}) };
    }
    case "call": {
      const text = isWhole ? part.argumentsText : "";
      const name = { name: part.name, ...(part.namespace === undefined ? {} : { namespace: part.namespace }) };
      if (part.kind === "custom") return { id, type: "custom_tool_call", status, ...call, ...name, input: text };
      if (part.kind === "tool-search") {
        return {
          id,
          type: "tool_search_call",
          status,
          ...call,
          execution: "client",
          arguments: isWhole ? part.input : {},
        };
      }
      return { id, type: "function_call", status, arguments: text, ...call, ...name };
    }
    default: {
      const content = isWhole ? [writeText(reply, index)] : [];
      return { id, type: "message", status, role: "assistant", content };
    }
  }
}

/** The content part of a message, with citations of a search before it. */
export function writeText(reply: ResponsesReply, index: number): JsonObject {
  const part = reply.turn.parts[index];
  const text = part?.type === "text" ? part.text : "";
  return { type: "output_text", text, annotations: annotate(text, reply.turn.parts[index - 1]), logprobs: [] };
}

function annotate(text: string, before: TurnPart | undefined): JsonObject[] {
  if (before?.type !== "search") return [];
  return before.sources
    .map(({ url, title }) => ({ type: "url_citation", url, title, start_index: text.indexOf(title) }))
    .filter(({ start_index: start }) => start >= 0)
    .map((citation) => ({ ...citation, end_index: citation.start_index + citation.title.length }));
}

/** How the response ended; the fault `finish=REASON` makes it incomplete for that reason. */
export function finishStatus(turn: Turn, fault: Fault): "completed" | "incomplete" {
  if (fault.finish !== undefined) return fault.finish === "completed" ? "completed" : "incomplete";
  return turn.finish === "length" ? "incomplete" : "completed";
}

export function incompleteDetails(status: string, fault: Fault): JsonObject | null {
  return status === "incomplete" ? { reason: fault.finish ?? "max_output_tokens" } : null;
}

export function writeUsage(usage: ResponsesUsage): JsonObject {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
  };
}
