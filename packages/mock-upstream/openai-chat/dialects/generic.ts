import { invalidRequest, Refusal } from "../../answer.ts";
import type { JsonObject } from "../../json-object.ts";
import type { ChatDialect, ChatUsage } from "./dialect.ts";

const openAiFields = [
  ..."model messages max_tokens max_completion_tokens temperature top_p n stream stream_options stop".split(" "),
  ..."presence_penalty frequency_penalty logit_bias logprobs top_logprobs user seed tools tool_choice".split(" "),
  ..."parallel_tool_calls response_format reasoning_effort verbosity service_tier store metadata modalities".split(" "),
  ..."audio prediction web_search_options prompt_cache_key prompt_cache_retention safety_identifier".split(" "),
];

/** The usage object of the OpenAI reference (platform.openai.com/docs/api-reference/chat/object). */
export function openAiUsage(usage: ChatUsage): JsonObject {
  return {
    prompt_tokens: usage.prompt,
    completion_tokens: usage.completion,
    total_tokens: usage.prompt + usage.completion,
    prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: usage.reasoning, audio_tokens: 0 },
  };
}

/** OpenAI's error body. */
export function openAiError(refusal: Refusal): JsonObject {
  const { type = "invalid_request_error", param = null, code = null } = refusal.details;
  return { error: { message: refusal.message, type, param, code } };
}

/** An OpenAI-compatible provider of no particular make: takes any model, shows reasoning where the model's name says so. */
export const genericDialect: ChatDialect = {
  name: "generic",
  models: ["mock-chat", "mock-thinking", "kimi-k2-thinking", "deepseek-v4-pro", "glm-5.2"],
  knowsModel: () => true,
  unknownModel: (model) => modelNotFound(model),
  contextWindow: () => 1_000_000,
  overflow: (_model, tokens, limit) => contextLengthExceeded(tokens, limit),
  requestFields: new Set(openAiFields),
  unknownField: (field) => invalidRequest(`Unrecognized request argument supplied: ${field}`),
  messageFields: new Set([
    "role",
    "content",
    "name",
    "tool_calls",
    "tool_call_id",
    "refusal",
    "audio",
    "reasoning_content",
  ]),
  partTypes: new Set(["text", "image_url", "input_audio", "file", "refusal"]),
  invalidPart: (at, _role, type) =>
    invalidRequest(
      `Invalid value: '${type}'. Supported values are: 'text', 'image_url', 'input_audio', 'refusal', and 'file'.`,
      `messages[${at}].content[0].type`,
      "invalid_value",
    ),
  orphanResult: () =>
    invalidRequest(
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
      "messages",
    ),
  unansweredCalls: (ids) =>
    invalidRequest(
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
        `The following tool_call_ids did not have response messages: ${ids.join(", ")}`,
      "messages",
    ),
  thinks: (model, body) =>
    body.reasoning_effort !== "none" &&
    (/think|reason|kimi-k[3-9]|deepseek-v[4-9]|glm/i.test(model) || body.reasoning_effort !== undefined),
  reasoningForm: () => "reasoning_content",
  callId: (_index, _name, randomId) => `call_${randomId(24)}`,
  errorBody: openAiError,
  usage: openAiUsage,
  usageInChoice: false,
  repeatsRole: false,
  unauthorized: (apiKey) =>
    apiKey === ""
      ? new Refusal(401, "You didn't provide an API key. Provide it in an Authorization header using Bearer auth.", {
          type: "invalid_request_error",
        })
      : new Refusal(401, `Incorrect API key provided: ${maskKey(apiKey)}.`, {
          type: "invalid_request_error",
          code: "invalid_api_key",
        }),
  checkRules: () => undefined,
};

function contextLengthExceeded(tokens: number, limit: number): Refusal {
  return invalidRequest(
    `This model's maximum context length is ${limit} tokens. However, your messages resulted in ${tokens} tokens. ` +
      "Please reduce the length of the messages.",
    "messages",
    "context_length_exceeded",
  );
}

function modelNotFound(model: string): Refusal {
  return new Refusal(404, `The model \`${model}\` does not exist or you do not have access to it.`, {
    type: "invalid_request_error",
    code: "model_not_found",
  });
}

function maskKey(apiKey: string): string {
  return `${"*".repeat(8)}${apiKey.slice(-4)}`;
}
