import { expect, test } from "vitest";
import { decodeUpstreamError } from "./decode-upstream-error.ts";
import { isContextOverflow, isThrottling } from "./overflow.ts";

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
  const error = decodeUpstreamError(status, body, {});
  expect(error.code).toBe("context_length_exceeded");
  expect(error.tokens).toEqual(tokens);
});

test.each([
  "Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000. Please reduce the length of the messages.",
  "Too many tokens, please wait before trying again.",
])("%s is throttling and no overlong prompt", (message) => {
  expect(isThrottling(message)).toBe(true);
  expect(isContextOverflow(message)).toBe(false);
});
