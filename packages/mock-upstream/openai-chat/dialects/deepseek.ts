import { invalidRequest, Refusal } from "../../answer.ts";
import type { Exchange } from "../../exchange.ts";
import { asArray, asObject } from "../../json-object.ts";
import type { JsonObject } from "../../json-object.ts";
import { checkReplayedReasoning } from "../check-reasoning.ts";
import { checkSaysJson } from "../check-says-json.ts";
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
  unknownRoles: ["developer"],
  maxStops: 16,
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
  const messages = asArray(body.messages).map(asObject);
  if (messages.some((message) => message.role === "assistant" && isEmpty(message))) {
    throw refusal("Invalid assistant message: content or tool_calls must be set");
  }
  // Its JSON mode knows no schema (https://api-docs.deepseek.com/guides/json_mode).
  if (asObject(body.response_format).type === "json_schema") {
    throw refusal("This response_format type is unavailable now");
  }
  checkSaysJson(
    body,
    "Prompt must contain the word 'json' in some form to use 'response_format' of type 'json_object'.",
    "invalid_request_error",
  );
  if (asObject(body.thinking).type === "disabled" && body.reasoning_effort !== undefined) {
    throw refusal("reasoning_effort cannot be set when thinking is disabled");
  }
  if (!deepseekDialect.thinks(model, body)) return;
  checkBesideThinking(body);
  const missing = () => refusal("The `reasoning_content` in the thinking mode must be passed back to the API.");
  // Where the request has tools, also for turns that called none (MoonshotAI/kimi-cli#2141, bojieli/ai-agent-book#982).
  const isAgent = asArray(body.tools).length > 0;
  const said = messages.filter((message, at) => message.role === "assistant" && at < messages.length - 1);
  if (isAgent && said.some((message) => message.reasoning_content == null)) throw missing();
  checkReplayedReasoning(exchange, missing);
}

function checkBesideThinking(body: JsonObject): void {
  const choice = body.tool_choice;
  // deepseek-ai/DeepSeek-V3#1376
  if (choice === "required" || (typeof choice === "object" && choice !== null)) {
    throw refusal("Thinking mode does not support this tool_choice");
  }
  for (const field of ["logprobs", "top_logprobs"]) {
    if (body[field] != null && body[field] !== false) throw refusal(`Thinking mode does not support ${field}`);
  }
}

function isEmpty(message: JsonObject): boolean {
  return message.content == null && asArray(message.tool_calls).length === 0;
}

function refusal(message: string): Refusal {
  return invalidRequest(message, undefined, "invalid_request_error");
}
