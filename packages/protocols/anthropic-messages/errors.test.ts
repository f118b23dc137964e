import { describe, expect, test } from "vitest";
import type { ChatError } from "../model/error.ts";
import { decodeError, decodeStreamError, encodeError, encodeErrorBody } from "./errors.ts";

const anthropic = (type: string, message: string) => ({ type: "error", error: { type, message }, request_id: "req_1" });

describe("what an upstream says", () => {
  test.each<[string, number, unknown, Partial<ChatError>]>([
    [
      "an overlong prompt",
      400,
      anthropic("invalid_request_error", "prompt is too long: 213462 tokens > 200000 maximum"),
      { code: "context_length_exceeded", tokens: { actual: 213_462, maximum: 200_000 } },
    ],
    [
      "a bad field",
      400,
      anthropic("invalid_request_error", "max_tokens: must be positive"),
      { code: "invalid_request", message: "max_tokens: must be positive" },
    ],
    [
      "its key is wrong",
      401,
      anthropic("authentication_error", "invalid x-api-key"),
      { code: "upstream_authentication" },
    ],
    [
      "its account has no credit",
      400,
      anthropic("invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
      { code: "upstream_authentication" },
    ],
    ["its account may not", 403, anthropic("permission_error", "not allowed"), { code: "upstream_authentication" }],
    ["it is busy", 529, anthropic("overloaded_error", "Overloaded"), { code: "upstream_overloaded" }],
    [
      "its limit is reached",
      429,
      anthropic("rate_limit_error", "Number of request tokens has exceeded your per-minute rate limit"),
      { code: "upstream_rate_limited" },
    ],
    [
      "too large a body",
      413,
      anthropic("request_too_large", "Request exceeds the maximum size"),
      { code: "request_too_large" },
    ],
    ["it failed", 500, anthropic("api_error", "Internal server error"), { code: "upstream_error", status: 500 }],
    ["a page", 502, "<html><title>502 Bad Gateway</title></html>", { code: "upstream_error", status: 502 }],
    ["it took too long", 504, anthropic("timeout_error", "timed out"), { code: "upstream_timeout" }],
    // Another model name at this provider may exist; to the client its own model does.
    ["its model is gone", 404, anthropic("not_found_error", "model: claude-x"), { code: "upstream_error" }],
  ])("%s", (_, status, body, expected) => {
    expect(decodeError(status, body, {})).toMatchObject(expected);
  });

  test("max_tokens that do not fit are told in the words by which Claude Code lowers them", () => {
    const message =
      "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000, decrease input length or `max_tokens` and try again";
    expect(decodeError(400, anthropic("invalid_request_error", message), {})).toEqual({
      code: "invalid_request",
      message,
    });
  });

  test("a wait is read from the headers", () => {
    expect(decodeError(429, anthropic("rate_limit_error", "slow"), { "retry-after": "12" }).retryAfterSeconds).toBe(12);
  });

  test.each([
    ["overloaded_error", "upstream_overloaded"],
    ["rate_limit_error", "upstream_rate_limited"],
    ["authentication_error", "upstream_authentication"],
    ["billing_error", "upstream_authentication"],
    ["permission_error", "upstream_authentication"],
    ["invalid_request_error", "invalid_request"],
    ["not_found_error", "upstream_error"],
    ["request_too_large", "request_too_large"],
    ["timeout_error", "upstream_timeout"],
    ["api_error", "upstream_error"],
    ["news_error", "upstream_error"],
  ])("%s in a stream is %s", (type, code) => {
    expect(decodeStreamError(anthropic(type, "m")).code).toBe(code);
  });
});

describe("what a client is told", () => {
  test("in Anthropic's envelope, with the id of the request", () => {
    expect(encodeError({ code: "invalid_request", message: "tools: no", param: "tools" }, "req_7")).toEqual({
      status: 400,
      headers: { "content-type": "application/json", "request-id": "req_7" },
      body: { type: "error", error: { type: "invalid_request_error", message: "tools: no" }, request_id: "req_7" },
    });
  });

  // Claude Code compacts the conversation when, and only when, it reads these words.
  test.each<[Partial<ChatError>, string]>([
    [
      { tokens: { actual: 250_000, maximum: 200_000 }, message: "as it was" },
      "prompt is too long: 250000 tokens > 200000 maximum",
    ],
    [
      { message: "Your request exceeded model token limit: 262144 (requested: 291351)" },
      "prompt is too long: 291351 tokens > 262144 maximum",
    ],
    [{ message: "Prompt is too long" }, "Prompt is too long"],
    [{ message: "zu lang" }, "prompt is too long: zu lang"],
  ])("an overlong prompt %j", (error, message) => {
    const encoded = encodeError({ code: "context_length_exceeded", message: "", ...error }, "r");
    expect(encoded.status).toBe(400);
    expect(encoded.body).toMatchObject({ error: { type: "invalid_request_error", message } });
  });

  test.each([
    [undefined, "1"],
    [0.2, "1"],
    [2.2, "3"],
    [30, "30"],
    // A longer wait makes Claude Code give up at once.
    [3600, "30"],
  ])("429 with a wait of %s seconds says %s", (retryAfterSeconds, header) => {
    expect(
      encodeError({ code: "upstream_rate_limited", message: "m", retryAfterSeconds }, "r").headers["retry-after"],
    ).toBe(header);
  });

  test("an upstream's key trouble is never the client's 401, which Claude Code would repeat for minutes", () => {
    const encoded = encodeError(decodeError(401, anthropic("authentication_error", "invalid x-api-key"), {}), "r");
    expect(encoded.status).toBe(502);
    expect(encoded.body).toMatchObject({ error: { type: "api_error" } });
    expect(JSON.stringify(encoded.body)).not.toContain("x-api-key");
  });

  test("the same words inside a stream", () => {
    expect(encodeErrorBody({ code: "overloaded", message: "later" })).toEqual({
      type: "overloaded_error",
      message: "later",
    });
  });
});
