import { invalidRequest, Refusal } from "../../answer.ts";
import { asArray, asObject } from "../../json-object.ts";
import { checkReplayedReasoning } from "../check-reasoning.ts";
import type { ChatDialect } from "./dialect.ts";
import { genericDialect } from "./generic.ts";

// Servers people run themselves: any model, no key, and fields they do not know are ignored.
const ownServer: ChatDialect = {
  ...genericDialect,
  keyOptional: true,
  requestFields: undefined,
  messageFields: new Set("role content name tool_calls tool_call_id reasoning reasoning_content".split(" ")),
  partTypes: new Set(["text", "image_url", "input_audio", "video_url"]),
  contextWindow: () => 131_072,
  checkRules: (exchange) => checkReplayedReasoning(exchange, undefined),
};

/** docs.vllm.ai/en/stable/serving/openai_compatible_server: thoughts in `reasoning`, errors with a numeric code. */
export const vllmDialect: ChatDialect = {
  ...ownServer,
  name: "vllm",
  overflow: (_model, tokens, limit) =>
    new Refusal(
      400,
      `This model's maximum context length is ${limit} tokens. However, your request has ${tokens} input tokens. Please reduce the length of the input messages.`,
      { type: "BadRequestError" },
    ),
  thinks: (model, { chat_template_kwargs: template }) => {
    const { thinking, enable_thinking: enabled } = asObject(template);
    return (
      thinking !== false &&
      enabled !== false &&
      /think|reason|kimi-k[3-9]|deepseek-v[4-9]|glm|qwen3|gpt-oss/i.test(model)
    );
  },
  reasoningForm: () => "reasoning",
  callId: (_index, _name, randomId) => `chatcmpl-tool-${randomId(32).toLowerCase()}`,
  errorBody: ({ message, status, details }) => ({
    error: { message, type: details.type ?? "BadRequestError", param: null, code: status },
  }),
};

/** docs.ollama.com/openai: a prompt that is too long is cut at the front without a word. */
export const ollamaDialect: ChatDialect = {
  ...ownServer,
  name: "ollama",
  contextWindow: () => Infinity,
  thinks: (model, { reasoning_effort: effort }) => effort !== "none" && genericDialect.thinks(model, {}),
  reasoningForm: () => "reasoning",
  callId: (_index, _name, randomId) => `call_${randomId(8).toLowerCase()}`,
  wholeCalls: true,
};

/** github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md */
export const llamacppDialect: ChatDialect = {
  ...ownServer,
  name: "llamacpp",
  contextWindow: () => 32_768,
  overflow: () =>
    new Refusal(400, "the request exceeds the available context size, try increasing it", {
      type: "exceed_context_size_error",
    }),
  thinks: (model, { chat_template_kwargs: template }) =>
    asObject(template).enable_thinking !== false && genericDialect.thinks(model, {}),
  reasoningForm: ({ reasoning_format: format }) => (format === "none" ? "think-tags" : "reasoning_content"),
  callId: (_index, _name, randomId) => randomId(32),
  errorBody: ({ message, status, details }) => ({
    error: { code: status, message, type: details.type ?? "invalid_request_error" },
  }),
  checkRules: (exchange) => {
    const messages = asArray(exchange.body.messages).map(asObject);
    const isPrefill = messages.at(-1)?.role === "assistant";
    if (isPrefill && llamacppDialect.thinks(exchange.model, exchange.body)) {
      throw invalidRequest("Assistant response prefill is incompatible with enable_thinking.");
    }
    checkReplayedReasoning(exchange, undefined);
  },
};
