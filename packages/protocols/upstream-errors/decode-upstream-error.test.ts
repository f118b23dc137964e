import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../model/error.ts";
import { decodeUpstreamError } from "./decode-upstream-error.ts";

const openai = (message: string, type = "invalid_request_error", code: string | null = null) => ({
  error: { message, type, param: null, code },
});

test.each<[string, number, unknown, ErrorCode]>([
  ["a plain 400", 400, openai("temperature must be between 0 and 2"), "invalid_request"],
  [
    "a tool whose name sounds like trouble",
    400,
    openai("Invalid schema for function 'billing_moderation': recharge is not of type string"),
    "invalid_request",
  ],
  ["FastAPI's 422", 422, { detail: [{ loc: ["body"], msg: "field required" }] }, "invalid_request"],
  [
    "OpenAI's wrong key",
    401,
    openai("Incorrect API key provided: sk-abc123def456.", "invalid_request_error", "invalid_api_key"),
    "upstream_authentication",
  ],
  [
    "Moonshot's wrong key",
    401,
    { error: { message: "Invalid Authentication", type: "invalid_authentication_error" } },
    "upstream_authentication",
  ],
  [
    "Z.ai's wrong key",
    401,
    { error: { code: "1001", message: "token expired or incorrect" } },
    "upstream_authentication",
  ],
  ["DeepSeek without credit", 402, openai("Insufficient Balance"), "upstream_authentication"],
  [
    "OpenAI without credit",
    429,
    openai(
      "You exceeded your current quota, please check your plan and billing details.",
      "insufficient_quota",
      "insufficient_quota",
    ),
    "upstream_authentication",
  ],
  [
    "Moonshot without credit",
    403,
    {
      error: {
        message: "Your account org-x<ak-y> is not active, organization <org-x> exceeded current quota",
        type: "exceeded_current_quota_error",
      },
    },
    "upstream_authentication",
  ],
  [
    "Z.ai without credit",
    429,
    { error: { code: "1113", message: "Insufficient balance or no resource package. Please recharge." } },
    "upstream_authentication",
  ],
  [
    "a country that may not",
    403,
    openai("Country, region, or territory not supported", "request_forbidden", "unsupported_country_region_territory"),
    "upstream_authentication",
  ],
  [
    "an unknown model",
    404,
    openai("The model `x` does not exist or you do not have access to it.", "invalid_request_error", "model_not_found"),
    "model_not_found",
  ],
  [
    "Moonshot's unknown model",
    404,
    { error: { message: "Not found the model kimi-k9 or Permission denied", type: "resource_not_found_error" } },
    "model_not_found",
  ],
  ["DeepSeek's unknown model", 400, openai("Model Not Exist"), "model_not_found"],
  [
    "Z.ai's unknown model",
    400,
    { error: { code: "1211", message: "Unknown Model, please check the model code." } },
    "model_not_found",
  ],
  ["a wrong address", 404, "<html><head><title>404 Not Found</title></head></html>", "upstream_error"],
  ["too large a body", 413, "", "request_too_large"],
  [
    "Groq's tokens per minute, as 413",
    413,
    openai(
      "Request too large for model on tokens per minute (TPM): Limit 10000, Requested 21247, please reduce your message size and try again.",
    ),
    "upstream_rate_limited",
  ],
  [
    "OpenAI's rate limit",
    429,
    openai(
      "Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000. Please try again in 1.5s.",
      "tokens",
      "rate_limit_exceeded",
    ),
    "upstream_rate_limited",
  ],
  ["Bedrock's throttling", 429, openai("Too many tokens, please wait before trying again."), "upstream_rate_limited"],
  [
    "Moonshot overloaded",
    429,
    {
      error: { message: "The engine is currently overloaded, please try again later", type: "engine_overloaded_error" },
    },
    "upstream_overloaded",
  ],
  ["Z.ai's concurrency", 429, { error: { code: "1302", message: "High concurrency" } }, "upstream_rate_limited"],
  [
    "a filter at OpenAI",
    400,
    openai("rejected by our safety system", "image_generation_user_error", "content_policy_violation"),
    "content_filtered",
  ],
  [
    "a filter at Moonshot",
    400,
    { error: { message: "The request was rejected because it was considered high risk", type: "content_filter" } },
    "content_filtered",
  ],
  ["a filter at DeepSeek", 400, openai("Content Exists Risk"), "content_filtered"],
  [
    "MiniMax without credit, under a 200",
    200,
    { base_resp: { status_code: 1008, status_msg: "insufficient balance" } },
    "upstream_authentication",
  ],
  [
    "MiniMax's rate limit",
    200,
    { choices: null, base_resp: { status_code: 1002, status_msg: "rate limit exceeded(RPM)" } },
    "upstream_rate_limited",
  ],
  [
    "MiniMax's filter",
    200,
    { base_resp: { status_code: 1027, status_msg: "output new_sensitive" } },
    "content_filtered",
  ],
  ["MiniMax in trouble", 200, { base_resp: { status_code: 1000, status_msg: "unknown error" } }, "upstream_error"],
  [
    "MiniMax in its Messages form",
    529,
    { type: "error", error: { type: "overloaded_error", message: "High load", http_code: 529 }, request_id: "r" },
    "upstream_overloaded",
  ],
  [
    "Mistral's role order",
    400,
    {
      object: "error",
      message: "Unexpected role 'user' after role 'tool'",
      type: "invalid_request_message_order",
      param: null,
      code: "3230",
    },
    "invalid_request",
  ],
  [
    "Mistral's unknown field",
    422,
    { object: "error", message: { detail: [{ type: "extra_forbidden", loc: ["body", "user"], msg: "Extra inputs" }] } },
    "invalid_request",
  ],
  ["Mistral's wrong key", 401, { detail: "Unauthorized" }, "upstream_authentication"],
  [
    "Mistral too busy",
    429,
    {
      object: "error",
      message: "Service tier capacity exceeded for this model.",
      type: "service_tier_capacity_exceeded",
    },
    "upstream_rate_limited",
  ],
  [
    "xAI's wrong key",
    400,
    { code: "Client specified an invalid argument", error: "Incorrect API key provided: xa***ey." },
    "upstream_authentication",
  ],
  [
    "xAI's unknown argument",
    400,
    {
      code: "Client specified an invalid argument",
      error: "Model grok-4 does not support parameter presencePenalty.",
    },
    "invalid_request",
  ],
  [
    "Groq's failed call",
    400,
    {
      error: {
        message: "Failed to call a function. Please adjust your prompt.",
        type: "invalid_request_error",
        code: "tool_use_failed",
        failed_generation: "<function=look>",
      },
    },
    "invalid_request",
  ],
  [
    "Qwen's arrears",
    400,
    { error: { message: "Access denied, please make sure your account is in good standing.", code: "Arrearage" } },
    "upstream_authentication",
  ],
  [
    "Qwen's filter",
    400,
    { error: { message: "Input data may contain inappropriate content.", code: "data_inspection_failed" } },
    "content_filtered",
  ],
  [
    "Qwen's quota of requests",
    429,
    { error: { message: "You exceeded your current requests list.", type: "limit_requests", code: "limit_requests" } },
    "upstream_rate_limited",
  ],
  [
    "Qwen, whose thinking model answers in streams only",
    400,
    {
      error: {
        message: "parameter.enable_thinking must be set to false for non-streaming calls",
        code: "invalid_parameter_error",
      },
    },
    "invalid_request",
  ],
  [
    "DeepSeek, whose thinking model is made to call a tool",
    400,
    openai("Thinking mode does not support this tool_choice"),
    "invalid_request",
  ],
  [
    "Fireworks' unknown field",
    400,
    {
      error: {
        object: "error",
        type: "invalid_request_error",
        message: "Extra inputs are not permitted, field: 'user_id'",
      },
    },
    "invalid_request",
  ],
  [
    "Fireworks' unknown model",
    404,
    { error: { message: "Model not found, inaccessible, and/or not deployed", code: "NOT_FOUND" } },
    "model_not_found",
  ],
  [
    "Together's overload",
    503,
    { error: { message: "The server is overloaded", type: "service_unavailable" } },
    "upstream_overloaded",
  ],
  [
    "vLLM's overflow",
    400,
    {
      object: "error",
      message:
        "This model's maximum context length is 32768 tokens. However, you requested 40000 tokens in the messages",
      type: "BadRequestError",
      code: 400,
    },
    "context_length_exceeded",
  ],
  [
    "llama.cpp's overflow",
    400,
    {
      error: {
        code: 400,
        message:
          "the request exceeds the available context size. try increasing the context size or enable context shift",
        type: "exceed_context_size_error",
        n_prompt_tokens: 20_000,
        n_ctx: 16_384,
      },
    },
    "context_length_exceeded",
  ],
  [
    "llama.cpp, which still loads",
    503,
    { error: { code: 503, message: "Loading model", type: "unavailable_error" } },
    "upstream_overloaded",
  ],
  [
    "Ollama's model that is not there",
    404,
    { error: { message: 'model "qwen3" not found, try pulling it first', type: "api_error" } },
    "model_not_found",
  ],
  [
    "Ollama's model that does not think",
    400,
    { error: { message: '"llama3.2" does not support thinking', type: "invalid_request_error" } },
    "invalid_request",
  ],
  ["a server error", 500, openai("The server had an error", "server_error"), "upstream_error"],
  [
    "a bad gateway's page",
    502,
    "<!DOCTYPE html><html><title>502 Bad Gateway</title>cloudflare</html>",
    "upstream_error",
  ],
  ["unavailable", 503, openai("Service unavailable"), "upstream_overloaded"],
  ["overloaded", 529, {}, "upstream_overloaded"],
  ["a gateway timeout", 504, "", "upstream_timeout"],
  ["Cloudflare's timeout", 524, "", "upstream_timeout"],
  [
    "an error in a list",
    400,
    [{ error: { code: 400, message: "bad", status: "INVALID_ARGUMENT" } }],
    "invalid_request",
  ],
  ["in a stream, with a status as code", 200, { error: { code: 429, message: "slow down" } }, "upstream_rate_limited"],
  ["in a stream, without any", 200, { error: { message: "something broke" } }, "upstream_error"],
])("%s", (_, status, body, code) => {
  expect(decodeUpstreamError(status, body, {}).code).toBe(code);
});

test.each([
  "messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation.",
  "messages.3.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified.",
  "The encrypted content gAAA... could not be verified. Reason: Encrypted content could not be decrypted or parsed.",
  "Unable to submit request because Thought signature is not valid.. Learn more: https://cloud.google.com/",
])("a thought that is refused is told as such: %s", (message) => {
  expect(decodeUpstreamError(400, openai(message), {})).toMatchObject({
    code: "invalid_request",
    refusesThoughts: true,
  });
  expect(decodeUpstreamError(500, openai(message), {})).not.toHaveProperty("refusesThoughts");
  expect(decodeUpstreamError(400, openai("thinking: Field required"), {})).not.toHaveProperty("refusesThoughts");
});

describe("what is told to the client", () => {
  test("no keys, no account names, no pages", () => {
    expect(decodeUpstreamError(401, openai("Incorrect API key provided: sk-abc123def456"), {}).message).not.toContain(
      "sk-",
    );
    expect(decodeUpstreamError(400, openai("bad key sk-proj-abcdef123456 for org-abcdefghij"), {}).message).toBe(
      "bad key *** for ***",
    );
    expect(decodeUpstreamError(502, "<html><title>502 Bad Gateway</title></html>", {}).message).toBe(
      "the upstream answered with a web page: 502 Bad Gateway",
    );
    expect(decodeUpstreamError(500, "x".repeat(100_000), {}).message.length).toBeLessThan(600);
    expect(decodeUpstreamError(500, undefined, {}).message).toBe("the upstream answered with status 500");
  });

  test("the field at fault", () => {
    expect(decodeUpstreamError(400, { error: { message: "bad", param: "messages[1].content" } }, {}).param).toBe(
      "messages[1].content",
    );
  });
  test("a field at fault only where the client can mend it", () => {
    const body = { error: { message: "Incorrect API key", param: "authorization" } };
    expect(decodeUpstreamError(401, body, {}).param).toBeUndefined();
  });
});
