import { invalidRequest } from "../../answer.ts";
import { asArray, asObject } from "../../json-object.ts";
import { checkReplayedReasoning } from "../check-reasoning.ts";
import type { ChatDialect } from "./dialect.ts";
import { genericDialect } from "./generic.ts";

const requestFields = [
  ..."model messages temperature top_p n stream stream_options stop max_tokens max_completion_tokens seed".split(" "),
  ..."user response_format tools tool_choice parallel_tool_calls reasoning_effort reasoning_format".split(" "),
  ..."include_reasoning service_tier documents search_settings compound_custom citation_options metadata store".split(
    " ",
  ),
  ..."presence_penalty frequency_penalty logit_bias logprobs top_logprobs disable_tool_validation".split(" "),
];

/** api.groq.com/openai (console.groq.com/docs/openai, docs/reasoning). */
export const groqDialect: ChatDialect = {
  ...genericDialect,
  name: "groq",
  models: ["openai/gpt-oss-120b", "qwen/qwen3-32b", "moonshotai/kimi-k2-instruct-0905"],
  contextWindow: () => 131_072,
  overflow: () =>
    invalidRequest("Please reduce the length of the messages or completion.", "messages", "context_length_exceeded"),
  requestFields: new Set(requestFields),
  unknownField: (field) => invalidRequest(`property '${field}' is unsupported`),
  // `name` and `reasoning_content` are refused: "property 'reasoning_content' is unsupported".
  messageFields: new Set(["role", "content", "tool_calls", "tool_call_id", "reasoning"]),
  partTypes: new Set(["text", "image_url", "document"]),
  thinks: (model, { reasoning_effort: effort }) => /gpt-oss|qwen3|deepseek|magistral/.test(model) && effort !== "none",
  reasoningForm: ({ reasoning_format: format, include_reasoning: include }) =>
    format === "hidden" || include === false ? "hidden" : format === "raw" ? "think-tags" : "reasoning",
  callId: (_index, _name, randomId) => `call_${randomId(24)}`,
  wholeCalls: true,
  errorBody: ({ message, details }) => ({
    error: { message, type: details.type ?? "invalid_request_error", ...(details.code ? { code: details.code } : {}) },
  }),
  checkRules: (exchange) => {
    const { body, model } = exchange;
    const isReasoning = /gpt-oss|qwen3|deepseek|magistral/.test(model);
    for (const field of ["logprobs", "logit_bias", "top_logprobs"]) {
      if (body[field] !== undefined) throw invalidRequest(`property '${field}' is unsupported`);
    }
    const efforts = /qwen3/.test(model) ? ["none", "default"] : ["low", "medium", "high"];
    const { reasoning_effort: effort } = body;
    if (effort !== undefined && !isReasoning) {
      throw invalidRequest("reasoning_effort is not supported with this model");
    }
    if (effort !== undefined && !efforts.includes(String(effort))) {
      throw invalidRequest(`\`reasoning_effort\` must be one of ${efforts.map((one) => `\`${one}\``).join(", ")}`);
    }
    const isJsonOrTools = body.tools !== undefined || asObject(body.response_format).type === "json_object";
    if (body.reasoning_format === "raw" && isJsonOrTools) {
      throw invalidRequest(
        "`reasoning_format` must be set to either `parsed` or `hidden` when using tools or JSON mode",
      );
    }
    for (const [at, message] of asArray(body.messages).map(asObject).entries()) {
      if (message.reasoning === undefined || isReasoning) continue;
      throw invalidRequest(`messages[${at}].reasoning: reasoning is not supported with this model`);
    }
    checkReplayedReasoning(exchange, undefined);
  },
};
