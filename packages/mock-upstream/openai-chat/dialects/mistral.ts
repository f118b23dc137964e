import { invalidRequest, Refusal } from "../../answer.ts";
import type { Exchange } from "../../exchange.ts";
import { asArray, asObject } from "../../json-object.ts";
import { checkReplayedReasoning } from "../check-reasoning.ts";
import type { ChatDialect } from "./dialect.ts";
import { genericDialect } from "./generic.ts";

const requestFields = [
  ..."model messages temperature top_p max_tokens stream stop random_seed metadata response_format tools".split(" "),
  ..."tool_choice presence_penalty frequency_penalty n prediction parallel_tool_calls prompt_mode".split(" "),
  ..."reasoning_effort safe_prompt guardrails prompt_cache_key".split(" "),
];

/** api.mistral.ai (docs.mistral.ai/api/endpoint/chat; the orders of roles are mistral-common's). */
export const mistralDialect: ChatDialect = {
  ...genericDialect,
  name: "mistral",
  models: ["mistral-large-latest", "mistral-medium-latest", "magistral-medium-latest", "devstral-latest"],
  knowsModel: (model) => /^(?:open-)?(?:mistral|magistral|devstral|ministral|codestral|pixtral)/.test(model),
  unknownModel: (model) => new Refusal(400, `Invalid model: ${model}`, { type: "invalid_model", code: "1500" }),
  contextWindow: () => 262_144,
  overflow: (model, tokens, limit) =>
    new Refusal(
      400,
      `Prompt contains ${tokens} tokens and 0 draft tokens, too large for model ${model} with ${limit} maximum context length`,
      { type: "invalid_request_error", code: "3051" },
    ),
  requestFields: new Set(requestFields),
  unknownField: (field) => extraForbidden(`'body', '${field}'`),
  messageFields: new Set(["role", "content", "name", "tool_calls", "tool_call_id", "prefix"]),
  toolChoiceWords: ["any"],
  partTypes: new Set(["text", "image_url", "document_url", "input_audio", "thinking", "reference", "file"]),
  invalidPart: (at, role, type) => extraForbidden(`'body', 'messages', ${at}, '${role}', 'content', '${type}'`),
  orphanResult: () => wrongOrder("Unexpected tool call id in tool results"),
  unansweredCalls: () => wrongOrder("Not the same number of function calls and responses"),
  thinks: (model, { prompt_mode: mode, reasoning_effort: effort }) =>
    model.startsWith("magistral") || mode === "reasoning" || (typeof effort === "string" && effort !== "none"),
  reasoningForm: () => "thinking-parts",
  callId: (_index, _name, randomId) => randomId(9),
  errorBody: ({ message, details }) => ({
    object: "error",
    message,
    type: details.type ?? "invalid_request_error",
    param: null,
    code: details.code ?? null,
  }),
  usage: (usage) => ({
    prompt_tokens: usage.prompt,
    completion_tokens: usage.completion,
    total_tokens: usage.prompt + usage.completion,
    ...(usage.cached > 0 ? { num_cached_tokens: usage.cached } : {}),
  }),
  usageInLast: true,
  wholeCalls: true,
  unauthorized: () => new Refusal(401, "Unauthorized", { type: "unauthorized" }),
  checkRules,
};

function checkRules(exchange: Exchange): void {
  const messages = asArray(exchange.body.messages).map(asObject);
  for (const message of messages) {
    if (message.role === "developer") throw extraForbidden("'body', 'messages', 'role'");
    for (const call of asArray(message.tool_calls).map(asObject)) checkId(call.id);
    if (message.role === "tool") checkId(message.tool_call_id);
    const isEmpty = message.content == null || message.content === "";
    if (message.role === "assistant" && isEmpty && asArray(message.tool_calls).length === 0) {
      throw invalidRequest("Assistant message must have either content or tool_calls, but not none.");
    }
  }
  for (const [at, message] of messages.entries()) {
    const before = messages[at - 1]?.role;
    if (before === "tool" && message.role !== "tool" && message.role !== "assistant") {
      throw wrongOrder(`Unexpected role '${String(message.role)}' after role 'tool'`);
    }
  }
  const last = messages.at(-1);
  if (last?.role !== "user" && last?.role !== "tool" && last?.prefix !== true) {
    throw wrongOrder(
      `Expected last role User or Tool (or Assistant with prefix True) for serving but got ${String(last?.role)}`,
    );
  }
  checkReplayedReasoning(exchange, undefined);
}

function checkId(id: unknown): void {
  if (/^[a-zA-Z0-9]{9}$/.test(String(id))) return;
  throw new Refusal(400, `Tool call id was ${String(id)} but must be a-z, A-Z, 0-9, with a length of 9.`, {
    type: "invalid_function_call",
    code: "3280",
  });
}

function extraForbidden(place: string): Refusal {
  return new Refusal(422, `[{'type': 'extra_forbidden', 'loc': (${place}), 'msg': 'Extra inputs are not permitted'}]`, {
    type: "invalid_request_error",
  });
}

function wrongOrder(message: string): Refusal {
  return new Refusal(400, message, { type: "invalid_request_message_order", code: "3230" });
}
