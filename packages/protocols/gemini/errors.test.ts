import { expect, test } from "vitest";
import { decodeError, encodeError } from "./errors.ts";

const quota =
  "You exceeded your current quota, please check your plan and billing details. Quota exceeded for metric: " +
  "generate_content_free_tier_requests, limit: 10, project 12345. Please retry in 34.074824224s.";

test.each<[string, number, object, object]>([
  [
    "a quota that passes, although it sounds like money",
    429,
    {
      code: 429,
      message: quota,
      status: "RESOURCE_EXHAUSTED",
      details: [
        { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [] },
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.074824224s" },
      ],
    },
    { code: "upstream_rate_limited", message: "the upstream's quota is used up for now", retryAfterSeconds: 35 },
  ],
  [
    "a prompt that is too long",
    400,
    {
      code: 400,
      message: "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
      status: "INVALID_ARGUMENT",
    },
    { code: "context_length_exceeded", tokens: { actual: 1_200_000, maximum: 1_048_576 } },
  ],
  [
    "a bad key, which is an invalid argument",
    400,
    {
      code: 400,
      message: "API key not valid. Please pass a valid API key.",
      status: "INVALID_ARGUMENT",
      details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" }],
    },
    {
      code: "upstream_authentication",
      message: "the upstream refused the gateway's credentials or account (status 400)",
    },
  ],
  [
    "overload",
    503,
    { code: 503, message: "The model is overloaded. Please try again later.", status: "UNAVAILABLE" },
    { code: "upstream_overloaded" },
  ],
  [
    "a time-out",
    504,
    { code: 504, message: "Deadline expired before operation could complete.", status: "DEADLINE_EXCEEDED" },
    { code: "upstream_timeout" },
  ],
  [
    "a fault",
    500,
    { code: 500, message: "An internal error has occurred.", status: "INTERNAL" },
    { code: "upstream_error" },
  ],
  [
    "an account that may not",
    403,
    { code: 403, message: "Permission denied: project 12345", status: "PERMISSION_DENIED" },
    {
      code: "upstream_authentication",
      message: "the upstream refused the gateway's credentials or account (status 403)",
    },
  ],
  [
    "a country that is not served",
    400,
    { code: 400, message: "User location is not supported for the API use.", status: "FAILED_PRECONDITION" },
    { code: "upstream_authentication" },
  ],
  [
    "an unknown model",
    404,
    { code: 404, message: "models/gemini-9 is not found for API version v1beta", status: "NOT_FOUND" },
    { code: "model_not_found" },
  ],
  [
    "a bad request",
    400,
    { code: 400, message: "Invalid value at 'contents'", status: "INVALID_ARGUMENT" },
    { code: "invalid_request", message: "Invalid value at 'contents'" },
  ],
])("%s", (_, status, error, expected) => {
  expect(decodeError(status, { error }, {})).toMatchObject(expected);
  // Where a stream was asked for the error stands in an array, and inside a stream the status is 200.
  expect(decodeError(status, [{ error }], {})).toMatchObject(expected);
  expect(decodeError(200, { error }, {}).code).toBe(decodeError(status, { error }, {}).code);
});

test("a page that is no error of Google's is read as any upstream's", () => {
  expect(decodeError(502, "<html><title>Bad Gateway</title></html>", {}).code).toBe("upstream_error");
});

test("an error as Google writes it", () => {
  expect(encodeError({ code: "rate_limited", message: "slow down", retryAfterSeconds: 2.2 }, "req_1")).toEqual({
    status: 429,
    headers: { "content-type": "application/json", "x-request-id": "req_1", "retry-after": "3" },
    body: {
      error: {
        code: 429,
        message: "slow down",
        status: "RESOURCE_EXHAUSTED",
        details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "3s" }],
      },
    },
  });
  expect(encodeError({ code: "invalid_request", message: "contents: bad", param: "contents" }, "r").body).toEqual({
    error: {
      code: 400,
      message: "contents: bad",
      status: "INVALID_ARGUMENT",
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.BadRequest",
          fieldViolations: [{ field: "contents", description: "contents: bad" }],
        },
      ],
    },
  });
});

test.each([
  [{ actual: 12, maximum: 10 }, "The input token count (12) exceeds the maximum number of tokens allowed (10)."],
  [undefined, "The input token count exceeds the maximum number of tokens allowed. (too long)"],
])("an overflow of %j is told in the words that make clients compress", (tokens, message) => {
  const error = {
    code: "context_length_exceeded",
    message: "too long",
    ...(tokens === undefined ? {} : { tokens }),
  } as const;
  expect(encodeError(error, "r").body).toMatchObject({ error: { message, status: "INVALID_ARGUMENT" } });
});
