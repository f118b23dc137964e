import type { FinishReason } from "../model/finish-reason.ts";
import type { Usage } from "../model/usage.ts";
import type { EncodeAnswerContext } from "../protocol-contract.ts";
import type { WireObject } from "../wire/json-object.ts";
import { encodeUsage } from "./usage.ts";

/** What is known of an answer at some point of its way. */
export interface ResponseState {
  status: "in_progress" | "completed" | "incomplete" | "failed";
  error?: WireObject;
  incompleteReason?: string;
  usage?: Usage;
  /** Fields that only this protocol knows. */
  others?: WireObject;
}

/** A response without its output, which is the last of its fields. */
export function writeResponse(context: EncodeAnswerContext, state: ResponseState): WireObject {
  const { compaction: _compaction, ...echo } = context.echo ?? {};
  return {
    id: `resp_${context.id}`,
    object: "response",
    created_at: context.created,
    status: state.status,
    background: false,
    error: state.error ?? null,
    incomplete_details: state.incompleteReason === undefined ? null : { reason: state.incompleteReason },
    instructions: null,
    max_output_tokens: null,
    model: context.requestedModel,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: "default",
    store: false,
    temperature: null,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_p: null,
    truncation: "disabled",
    metadata: {},
    ...echo,
    ...state.others,
    ...(state.usage === undefined ? {} : { usage: encodeUsage(state.usage) }),
  };
}

/** How an answer ended, in this protocol's words. */
export function endState(reason: FinishReason, hasRefusal: boolean): ResponseState {
  switch (reason) {
    case "length":
    case "context-window":
      return { status: "incomplete", incompleteReason: "max_output_tokens" };
    case "content-filter":
      return { status: "incomplete", incompleteReason: "content_filter" };
    case "refusal":
      // OpenAI ends a refusal like any answer; without the words of one only this tells the client.
      return hasRefusal ? { status: "completed" } : { status: "incomplete", incompleteReason: "content_filter" };
    case "error":
      return { status: "failed" };
    case "stop":
    case "stop-sequence":
    case "tool-calls":
    case "pause":
      return { status: "completed" };
  }
}
