import { invalidRequest, Refusal } from "../../answer.ts";
import { checkReplayedReasoning } from "../check-reasoning.ts";
import type { ChatDialect } from "./dialect.ts";
import { genericDialect } from "./generic.ts";

const requestFields = [
  ..."model messages tools tool_choice parallel_tool_calls max_tokens max_completion_tokens temperature top_p".split(
    " ",
  ),
  ..."top_k min_p typical_p frequency_penalty presence_penalty repetition_penalty n stop stream stream_options".split(
    " ",
  ),
  ..."response_format reasoning_effort reasoning_history thinking context_length_exceeded_behavior user seed".split(
    " ",
  ),
  ..."prompt_truncate_len logprobs top_logprobs logit_bias echo echo_last ignore_eos mirostat_lr".split(" "),
  ..."mirostat_target raw_output perf_metrics_in_response metadata prompt_cache_key prompt_cache_isolation_key".split(
    " ",
  ),
  ..."service_tier speculation prediction return_token_ids safe_tokenization".split(" "),
];

/** api.fireworks.ai/inference (docs.fireworks.ai/api-reference/post-chatcompletions). Refuses every field it does not know. */
export const fireworksDialect: ChatDialect = {
  ...genericDialect,
  name: "fireworks",
  models: ["accounts/fireworks/models/kimi-k2-thinking", "accounts/fireworks/models/glm-5"],
  knowsModel: (model) => model.startsWith("accounts/") || model.startsWith("fireworks/"),
  unknownModel: () =>
    new Refusal(404, "Model not found, inaccessible, and/or not deployed", { type: "error", code: "NOT_FOUND" }),
  contextWindow: () => 262_144,
  overflow: (_model, tokens, limit) =>
    invalidRequest(`The prompt is too long: ${tokens}, model maximum context length: ${limit - 1}`),
  requestFields: new Set(requestFields),
  unknownField: (field) => invalidRequest(`Extra inputs are not permitted, field: '${field}'`),
  // `reasoning` is refused as an extra input (earendil-works/pi#4514).
  messageFields: new Set("role content name tool_calls tool_call_id reasoning_content".split(" ")),
  partTypes: new Set(["text", "image_url", "video_url"]),
  reasoningForm: () => "reasoning_content",
  callId: (_index, _name, randomId) => `call_${randomId(22)}`,
  usageInLast: true,
  errorBody: ({ message, details }) => ({
    error: {
      object: "error",
      type: details.type ?? "invalid_request_error",
      code: details.code ?? "invalid_request_error",
      message,
    },
  }),
  checkRules: (exchange) => checkReplayedReasoning(exchange, undefined),
};
