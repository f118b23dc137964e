import Type, { type TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { Check } from "./chat-schema.ts";

/*
 * What OpenAI documents of the answers of POST /v1/responses (https://platform.openai.com/docs/api-reference/responses), as
 * far as text models give it. Closed: a field that is not here is an error.
 */

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const id = Type.String({ minLength: 1 });
const callId = Type.String({ minLength: 1, maxLength: 64 });
const status = Type.Enum(["in_progress", "completed", "incomplete"]);

function nullable(schema: TSchema): TSchema {
  return Type.Union([schema, Type.Null()]);
}

function object(fields: Record<string, TSchema>): TSchema {
  return Type.Object(fields, closed);
}

const annotation = object({
  type: Type.Literal("url_citation"),
  url: Type.String(),
  start_index: count,
  end_index: count,
  title: Type.String(),
});
const logprobs = Type.Array(Type.Object({}));
const outputText = object({
  type: Type.Literal("output_text"),
  text: Type.String(),
  annotations: Type.Array(annotation),
  logprobs,
});
const refusal = object({ type: Type.Literal("refusal"), refusal: Type.String() });
const summaryText = object({ type: Type.Literal("summary_text"), text: Type.String() });

const item = Type.Union([
  object({
    type: Type.Literal("message"),
    id,
    role: Type.Literal("assistant"),
    status,
    content: Type.Array(Type.Union([outputText, refusal])),
    phase: Type.Optional(nullable(Type.Enum(["commentary", "final_answer"]))),
  }),
  object({
    type: Type.Literal("reasoning"),
    id,
    summary: Type.Array(summaryText),
    encrypted_content: Type.Optional(nullable(Type.String({ minLength: 1 }))),
    status: Type.Optional(status),
  }),
  object({
    type: Type.Literal("function_call"),
    id,
    call_id: callId,
    name: Type.String({ minLength: 1 }),
    namespace: Type.Optional(Type.String({ minLength: 1 })),
    arguments: Type.String(),
    status,
  }),
  object({
    type: Type.Literal("custom_tool_call"),
    id,
    call_id: callId,
    name: Type.String({ minLength: 1 }),
    namespace: Type.Optional(Type.String({ minLength: 1 })),
    input: Type.String(),
    // Not in the document of the item, but in every one that OpenAI sends.
    status: Type.Optional(status),
  }),
  object({
    type: Type.Literal("web_search_call"),
    id,
    status: Type.Enum(["in_progress", "searching", "completed", "failed"]),
    action: object({
      type: Type.Literal("search"),
      query: Type.Optional(Type.String()),
      queries: Type.Optional(Type.Array(Type.String())),
      sources: Type.Optional(Type.Array(object({ type: Type.Literal("url"), url: Type.String() }))),
    }),
  }),
  object({
    type: Type.Literal("tool_search_call"),
    id,
    call_id: nullable(callId),
    execution: Type.Enum(["client", "server"]),
    arguments: Type.Object({}),
    status,
  }),
  object({
    type: Type.Literal("tool_search_output"),
    id,
    call_id: nullable(callId),
    execution: Type.Enum(["client", "server"]),
    tools: Type.Array(Type.Object({ type: Type.String() })),
    status,
  }),
]);

const usage = object({
  input_tokens: count,
  input_tokens_details: object({ cached_tokens: count, cache_write_tokens: count }),
  output_tokens: count,
  output_tokens_details: object({ reasoning_tokens: count }),
  total_tokens: count,
});

const responseError = object({ code: Type.String({ minLength: 1 }), message: Type.String({ minLength: 1 }) });
const tool = Type.Object({ type: Type.String({ minLength: 1 }) });

const response = object({
  id,
  object: Type.Literal("response"),
  created_at: Type.Integer({ minimum: 1 }),
  completed_at: Type.Optional(nullable(Type.Integer({ minimum: 1 }))),
  status: Type.Enum(["completed", "failed", "in_progress", "incomplete"]),
  background: Type.Optional(nullable(Type.Boolean())),
  error: nullable(responseError),
  incomplete_details: nullable(object({ reason: Type.Enum(["max_output_tokens", "content_filter"]) })),
  instructions: nullable(Type.String()),
  max_output_tokens: Type.Optional(nullable(count)),
  max_tool_calls: Type.Optional(nullable(count)),
  model: Type.String({ minLength: 1 }),
  output: Type.Array(item),
  parallel_tool_calls: Type.Boolean(),
  previous_response_id: Type.Optional(nullable(Type.String())),
  prompt_cache_key: Type.Optional(nullable(Type.String())),
  reasoning: Type.Optional(
    nullable(
      object({ effort: nullable(Type.String()), summary: nullable(Type.Enum(["auto", "concise", "detailed"])) }),
    ),
  ),
  safety_identifier: Type.Optional(nullable(Type.String())),
  service_tier: Type.Optional(
    nullable(Type.Enum(["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"])),
  ),
  store: Type.Optional(Type.Boolean()),
  temperature: nullable(Type.Number()),
  text: Type.Optional(
    object({
      format: Type.Optional(Type.Object({ type: Type.Enum(["text", "json_object", "json_schema"]) })),
      verbosity: Type.Optional(nullable(Type.Enum(["low", "medium", "high"]))),
    }),
  ),
  tool_choice: Type.Union([Type.Enum(["auto", "none", "required"]), tool]),
  tools: Type.Array(tool),
  top_logprobs: Type.Optional(nullable(count)),
  top_p: nullable(Type.Number()),
  truncation: Type.Optional(nullable(Type.Enum(["auto", "disabled"]))),
  usage: Type.Optional(usage),
  user: Type.Optional(Type.String()),
  metadata: nullable(Type.Record(Type.String(), Type.String())),
});

function event(type: string, fields: Record<string, TSchema>): TSchema {
  return object({ type: Type.Literal(type), sequence_number: count, ...fields });
}

const place = { output_index: count, item_id: id };
const contentPlace = { ...place, content_index: count };
const summaryPlace = { ...place, summary_index: count };
const part = Type.Union([outputText, refusal]);
const piece = Type.String({ minLength: 1 });

const streamEvent = Type.Union([
  ...["created", "in_progress", "completed", "incomplete", "failed"].map((name) =>
    event(`response.${name}`, { response }),
  ),
  event("response.output_item.added", { output_index: count, item }),
  event("response.output_item.done", { output_index: count, item }),
  event("response.content_part.added", { ...contentPlace, part }),
  event("response.content_part.done", { ...contentPlace, part }),
  event("response.output_text.delta", { ...contentPlace, delta: piece, logprobs }),
  event("response.output_text.done", { ...contentPlace, text: Type.String(), logprobs }),
  event("response.output_text.annotation.added", { ...contentPlace, annotation_index: count, annotation }),
  event("response.refusal.delta", { ...contentPlace, delta: piece }),
  event("response.refusal.done", { ...contentPlace, refusal: Type.String() }),
  event("response.reasoning_summary_part.added", { ...summaryPlace, part: summaryText }),
  event("response.reasoning_summary_part.done", { ...summaryPlace, part: summaryText }),
  event("response.reasoning_summary_text.delta", { ...summaryPlace, delta: piece }),
  event("response.reasoning_summary_text.done", { ...summaryPlace, text: Type.String() }),
  event("response.function_call_arguments.delta", { ...place, delta: piece }),
  event("response.function_call_arguments.done", { ...place, name: Type.String(), arguments: Type.String() }),
  event("response.custom_tool_call_input.delta", { ...place, delta: piece }),
  event("response.custom_tool_call_input.done", { ...place, input: Type.String() }),
  ...["in_progress", "searching", "completed"].map((step) => event(`response.web_search_call.${step}`, place)),
]);

export const checkResponse = createCheck(response);
export const checkResponseEvent = createCheck(streamEvent);

function createCheck(schema: TSchema): Check {
  const validator = Compile(schema);
  return (value) => {
    if (validator.Check(value)) return [];
    const faults = validator.Errors(value).map(({ instancePath, message }) => `${instancePath}: ${message}`);
    return [`${faults.join("; ")} in ${JSON.stringify(value)}`];
  };
}
