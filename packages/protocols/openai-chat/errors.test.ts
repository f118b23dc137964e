import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../model/error.ts";
import { decodeError, encodeError } from "./errors.ts";

const openai = (message: string, type = "invalid_request_error", code: string | null = null) => ({
  error: { message, type, param: null, code },
});

// Word for word what users of these vendors have quoted.
test.each<[string, number, unknown, { actual: number; maximum: number } | undefined]>([
  [
    "OpenAI",
    400,
    openai(
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130512 tokens. Please reduce the length of the messages.",
      "invalid_request_error",
      "context_length_exceeded",
    ),
    { actual: 130_512, maximum: 128_000 },
  ],
  [
    "OpenAI, with the answer",
    400,
    openai(
      "This model's maximum context length is 4097 tokens. However, you requested 4203 tokens (3703 in the messages, 500 in the completion). Please reduce the length of the messages or completion.",
    ),
    { actual: 4203, maximum: 4097 },
  ],
  [
    "OpenAI, newer",
    400,
    openai(
      "Your input exceeds the context window of this model. Please adjust your input and try again.",
      "invalid_request_error",
      "context_length_exceeded",
    ),
    undefined,
  ],
  [
    "Moonshot",
    400,
    {
      error: {
        message: "Invalid request: Your request exceeded model token limit: 262144 (requested: 291351)",
        type: "invalid_request_error",
      },
    },
    { actual: 291_351, maximum: 262_144 },
  ],
  [
    "Moonshot, wrapped",
    400,
    {
      error: {
        message: "Your request exceeded model token limit: 262144 (re quested: 269030)",
        type: "invalid_request_error",
      },
    },
    { actual: 269_030, maximum: 262_144 },
  ],
  [
    "DeepSeek",
    400,
    openai(
      "This model's maximum context length is 131072 tokens. However, you requested 140000 tokens (132000 in the messages, 8000 in the completion). Please reduce the length of the messages or completion.",
      "invalid_request_error",
      "invalid_request_error",
    ),
    { actual: 132_000, maximum: 131_072 },
  ],
  ["Z.ai", 400, { error: { code: "1261", message: "Prompt exceeds max length" } }, undefined],
  [
    "vLLM, older",
    400,
    {
      object: "error",
      message:
        "This model's maximum context length is 16384 tokens. However, you requested 122946 tokens (112946 in the messages, 10000 in the completion). Please reduce the length of the messages or completion.",
      type: "BadRequestError",
      param: null,
      code: 400,
    },
    { actual: 112_946, maximum: 16_384 },
  ],
  [
    "vLLM",
    400,
    openai(
      "This model's maximum context length is 262144 tokens. However, you requested 0 output tokens and your prompt contains at least 262145 input tokens, for a total of at least 262145 tokens. Please reduce the length of the input prompt or the number of requested output tokens. (parameter=input_tokens, value=262145)",
      "BadRequestError",
    ),
    { actual: 262_145, maximum: 262_144 },
  ],
  [
    "SGLang",
    400,
    openai("Input length (265330) exceeds model's maximum context length (262144)."),
    { actual: 265_330, maximum: 262_144 },
  ],
  [
    "llama.cpp",
    400,
    openai(
      "request (66202 tokens) exceeds the available context size (65536 tokens), try increasing it",
      "exceed_context_size_error",
    ),
    { actual: 66_202, maximum: 65_536 },
  ],
  ["llama.cpp, older", 400, openai("the request exceeds the available context size, try increasing it"), undefined],
  [
    "Mistral",
    400,
    {
      object: "error",
      message:
        "Prompt contains 300000 tokens and 0 draft tokens, too large for model with 131072 maximum context length",
      type: "invalid_request_prompt",
      code: "3051",
    },
    { actual: 300_000, maximum: 131_072 },
  ],
  [
    "Together",
    422,
    openai("The input (265330 tokens) is longer than the model's context length (262144 tokens)."),
    { actual: 265_330, maximum: 262_144 },
  ],
  [
    "Groq",
    400,
    openai(
      "Please reduce the length of the messages or completion.",
      "invalid_request_error",
      "context_length_exceeded",
    ),
    undefined,
  ],
  [
    "xAI",
    400,
    {
      code: "Client specified an invalid argument",
      error: "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
    },
    { actual: 537_812, maximum: 131_072 },
  ],
  [
    "OpenRouter",
    400,
    {
      error: {
        code: 400,
        message:
          "This endpoint's maximum context length is 131072 tokens. However, you requested about 537812 tokens (505812 of text input, 32000 in the output).",
      },
    },
    { actual: 537_812, maximum: 131_072 },
  ],
  [
    "OpenRouter, passing on",
    400,
    {
      error: {
        code: 400,
        message: "Provider returned error",
        metadata: { raw: '{"error":{"message":"prompt is too long: 213462 tokens > 200000 maximum"}}' },
      },
    },
    { actual: 213_462, maximum: 200_000 },
  ],
  ["MiniMax", 400, openai("invalid params, context window exceeds limit"), undefined],
  ["DashScope", 400, openai("Range of input length should be [1, 129024]"), undefined],
  [
    "inside a stream",
    200,
    { error: { message: "Your request exceeded model token limit: 262144 (requested: 291351)" } },
    { actual: 291_351, maximum: 262_144 },
  ],
])("an overlong prompt in the words of %s", (_, status, body, tokens) => {
  const error = decodeError(status, body, {});
  expect(error.code).toBe("context_length_exceeded");
  expect(error.tokens).toEqual(tokens);
  const encoded = encodeError(error, "req_1");
  expect(encoded.status).toBe(400);
  expect(encoded.body).toMatchObject({ error: { code: "context_length_exceeded", type: "invalid_request_error" } });
  if (tokens !== undefined) {
    expect(encoded.body).toMatchObject({
      error: {
        message: `This model's maximum context length is ${tokens.maximum} tokens. However, your messages resulted in ${tokens.actual} tokens. Please reduce the length of the messages.`,
      },
    });
  }
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
  expect(decodeError(status, body, {}).code).toBe(code);
});

describe("what is told to the client", () => {
  test("no keys, no account names, no pages", () => {
    expect(decodeError(401, openai("Incorrect API key provided: sk-abc123def456"), {}).message).not.toContain("sk-");
    expect(decodeError(400, openai("bad key sk-proj-abcdef123456 for org-abcdefghij"), {}).message).toBe(
      "bad key *** for ***",
    );
    expect(decodeError(502, "<html><title>502 Bad Gateway</title></html>", {}).message).toBe(
      "the upstream answered with a web page: 502 Bad Gateway",
    );
    expect(decodeError(500, "x".repeat(100_000), {}).message.length).toBeLessThan(600);
    expect(decodeError(500, undefined, {}).message).toBe("the upstream answered with status 500");
  });

  test("the field at fault", () => {
    expect(decodeError(400, { error: { message: "bad", param: "messages[1].content" } }, {}).param).toBe(
      "messages[1].content",
    );
  });

  test.each<[Record<string, string>, string, number | undefined]>([
    [{ "retry-after": "7" }, "", 7],
    [{ "retry-after-ms": "1500" }, "", 1.5],
    [{ "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", date: "Wed, 21 Oct 2026 07:28:00 GMT" }, "", 30],
    [{}, "Please try again in 1.5s.", 1.5],
    [{}, "Please try again in 20ms.", 0.02],
    [{}, "Please try again in 6m0s.", 360],
    [{}, "please try again after 1 seconds", 1],
    [{}, "slow down", undefined],
  ])("how long to wait: %j %s", (headers, message, seconds) => {
    expect(decodeError(429, openai(message), headers).retryAfterSeconds).toBe(seconds);
  });

  test("429 always says how long to wait, in whole seconds", () => {
    expect(encodeError({ code: "rate_limited", message: "m" }, "req_1")).toEqual({
      status: 429,
      headers: { "x-request-id": "req_1", "retry-after": "1" },
      body: { error: { message: "m", type: "rate_limit_error", param: null, code: "rate_limit_exceeded" } },
    });
    expect(
      encodeError({ code: "upstream_rate_limited", message: "m", retryAfterSeconds: 2.2 }, "r").headers["retry-after"],
    ).toBe("3");
  });

  test("an error of ours keeps its field and its status", () => {
    const encoded = encodeError({ code: "invalid_request", message: "tools: no", param: "tools", status: 422 }, "r");
    expect(encoded.status).toBe(422);
    expect(encoded.body).toEqual({
      error: { message: "tools: no", type: "invalid_request_error", param: "tools", code: null },
    });
  });
});
