import { invalidRequest, Refusal } from "../../answer.ts";
import { checkReplayedReasoning } from "../check-reasoning.ts";
import type { ChatDialect } from "./dialect.ts";
import { genericDialect } from "./generic.ts";

const requestFields = [
  ..."model messages temperature top_p top_k max_tokens max_completion_tokens n stream stream_options stop".split(" "),
  ..."presence_penalty frequency_penalty repetition_penalty response_format seed tools tool_choice logprobs".split(" "),
  ..."parallel_tool_calls top_logprobs enable_thinking thinking_budget preserve_thinking reasoning_effort".split(" "),
  ..."enable_search search_options modalities audio vl_high_resolution_images translation_options user".split(" "),
  ..."logit_bias metadata tool_stream prompt_cache_key".split(" "),
];

/** Alibaba's compatible mode (alibabacloud.com/help/model-studio: Qwen API reference, deep thinking). */
export const qwenDialect: ChatDialect = {
  ...genericDialect,
  name: "qwen",
  models: ["qwen3-max", "qwen3-coder-plus", "qwen-plus", "qwen3-235b-a22b-thinking-2507"],
  knowsModel: (model) => /^(?:qwen|qwq|qvq|kimi|deepseek|glm)/.test(model),
  unknownModel: (model) =>
    new Refusal(404, `The model \`${model}\` does not exist or you do not have access to it.`, {
      type: "invalid_request_error",
      code: "model_not_found",
    }),
  contextWindow: () => 262_144,
  overflow: (_model, _tokens, limit) =>
    invalidRequest(
      `<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, ${limit}]`,
      undefined,
      "invalid_parameter_error",
    ),
  requestFields: new Set(requestFields),
  messageFields: new Set("role content name tool_calls tool_call_id reasoning_content partial".split(" ")),
  // Marks of the explicit context cache.
  partExtras: new Set(["cache_control"]),
  thinks: (model, { enable_thinking: enabled }) => /thinking|qwq|qvq/.test(model) || enabled === true,
  reasoningForm: () => "reasoning_content",
  checkRules: (exchange) => {
    const { body, model } = exchange;
    const { enable_thinking: enabled, tool_choice: choice } = body;
    if (enabled !== undefined && typeof enabled !== "boolean") {
      throw invalidRequest(
        "The value of the enable_thinking parameter must be a boolean.",
        undefined,
        "invalid_parameter_error",
      );
    }
    if (enabled === false && /thinking|qwq|qvq/.test(model)) {
      throw invalidRequest(
        "The value of the enable_thinking parameter is restricted to True.",
        undefined,
        "invalid_parameter_error",
      );
    }
    if (/^qwen3-\d+b/.test(model) && enabled === true && body.stream !== true) {
      throw invalidRequest(
        "parameter.enable_thinking must be set to false for non-streaming calls",
        undefined,
        "invalid_parameter_error",
      );
    }
    if (choice === "required") {
      throw invalidRequest(
        '<400> InternalError.Algo.InvalidParameter: tool_choice is one of the strings that should be ["none", "auto"]',
        undefined,
        "invalid_parameter_error",
      );
    }
    if (typeof choice === "object" && choice !== null && qwenDialect.thinks(model, body)) {
      throw invalidRequest(
        "<400> InternalError.Algo.InvalidParameter: The tool_choice parameter does not support being set to required or object in thinking mode",
        undefined,
        "invalid_parameter_error",
      );
    }
    checkReplayedReasoning(exchange, undefined);
  },
};
