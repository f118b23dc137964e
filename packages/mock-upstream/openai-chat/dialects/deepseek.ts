import { invalidRequest, Refusal } from "../../answer.ts";
import type { Exchange } from "../../exchange.ts";
import { asObject } from "../../json-object.ts";
import type { JsonObject } from "../../json-object.ts";
import { checkReplayedReasoning } from "../check-reasoning.ts";
import type { ChatDialect } from "./dialect.ts";
import { genericDialect } from "./generic.ts";

const requestFields = [
  ..."model messages thinking reasoning_effort max_tokens response_format stop stream stream_options".split(" "),
  ..."temperature top_p tools tool_choice logprobs top_logprobs presence_penalty frequency_penalty".split(" "),
  // Not documented, but let pass by the real one.
  ..."parallel_tool_calls prompt_cache_key user user_id seed n".split(" "),
];

/** api.deepseek.com (api-docs.deepseek.com, guides/thinking_mode). */
export const deepseekDialect: ChatDialect = {
  ...genericDialect,
  name: "deepseek",
  models: ["deepseek-v4-flash", "deepseek-v4-pro", "deepseek-chat", "deepseek-reasoner"],
  knowsModel: (model) => model.startsWith("deepseek-"),
  unknownModel: () => invalidRequest("Model Not Exist", undefined, "invalid_request_error"),
  contextWindow: (model) => (/v[4-9]/.test(model) ? 1_000_000 : 131_072),
  overflow: (_model, tokens, limit) =>
    invalidRequest(
      `This model's maximum context length is ${limit} tokens. However, you requested ${tokens} tokens (${tokens} in the ` +
        "messages, 0 in the completion). Please reduce the length of the messages or completion.",
      undefined,
      "invalid_request_error",
    ),
  requestFields: new Set(requestFields),
  unknownField: (field) => invalidRequest(`unknown field \`${field}\``, undefined, "invalid_request_error"),
  messageFields: new Set(["role", "content", "name", "tool_calls", "tool_call_id", "reasoning_content", "prefix"]),
  partTypes: new Set(["text"]),
  invalidPart: (at, _role, type) =>
    invalidRequest(
      `Failed to deserialize the JSON body into the target type: messages[${at}]: unknown variant \`${type}\`, expected \`text\``,
      undefined,
      "invalid_request_error",
    ),
  orphanResult: () =>
    invalidRequest(
      "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'",
      undefined,
      "invalid_request_error",
    ),
  unansweredCalls: () =>
    invalidRequest(
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
        "(insufficient tool messages following tool_calls message)",
      undefined,
      "invalid_request_error",
    ),
  thinks: (model, body) => model !== "deepseek-chat" && asObject(body.thinking).type !== "disabled",
  callId: (index, _name, randomId) => `call_${String(index % 100).padStart(2, "0")}_${randomId(24)}`,
  usage: (usage): JsonObject => ({
    prompt_tokens: usage.prompt,
    completion_tokens: usage.completion,
    total_tokens: usage.prompt + usage.completion,
    prompt_tokens_details: { cached_tokens: usage.cached },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
    prompt_cache_hit_tokens: usage.cached,
    prompt_cache_miss_tokens: usage.prompt - usage.cached,
  }),
  unauthorized: (apiKey) =>
    new Refusal(401, `Authentication Fails, Your api key: ****${apiKey.slice(-4)} is invalid`, {
      type: "authentication_error",
      code: "invalid_request_error",
    }),
  checkRules,
};

function checkRules(exchange: Exchange): void {
  const { body, model } = exchange;
  if (asObject(body.thinking).type === "disabled" && body.reasoning_effort !== undefined) {
    throw invalidRequest(
      "reasoning_effort cannot be set when thinking is disabled",
      undefined,
      "invalid_request_error",
    );
  }
  if (!deepseekDialect.thinks(model, body)) return;
  checkReplayedReasoning(exchange, () =>
    invalidRequest(
      "The `reasoning_content` in the thinking mode must be passed back to the API.",
      undefined,
      "invalid_request_error",
    ),
  );
}
