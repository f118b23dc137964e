import { expect, test } from "vitest";
import type { ChatError } from "../model/error.ts";
import { decodeError, encodeError } from "./errors.ts";

// opencode compacts on the code, older clients on OpenAI's words.
test.each<[string, ChatError, string]>([
  [
    "with numbers",
    { code: "context_length_exceeded", message: "as it was", tokens: { actual: 291_351, maximum: 262_144 } },
    "This model's maximum context length is 262144 tokens. However, your messages resulted in 291351 tokens. Please reduce the length of the messages.",
  ],
  [
    "in words that clients know",
    { code: "context_length_exceeded", message: "Your input exceeds the context window of this model." },
    "Your input exceeds the context window of this model.",
  ],
  [
    "in words that nobody knows",
    { code: "context_length_exceeded", message: "zu lang" },
    "This model's maximum context length is exceeded. Please reduce the length of the messages. (zu lang)",
  ],
])("an overlong prompt %s", (_, error, message) => {
  expect(encodeError(error, "req_1")).toMatchObject({
    status: 400,
    body: { error: { message, code: "context_length_exceeded", type: "invalid_request_error" } },
  });
});

test("an upstream's overlong prompt is told to a chat client with both numbers", () => {
  const upstream = { error: { message: "Your request exceeded model token limit: 262144 (requested: 291351)" } };
  expect(encodeError(decodeError(400, upstream, {}), "r").body).toMatchObject({
    error: { message: expect.stringMatching(/is 262144 tokens.*in 291351 tokens/) },
  });
});

test("429 always says how long to wait, in whole seconds", () => {
  expect(encodeError({ code: "rate_limited", message: "m" }, "req_1")).toEqual({
    status: 429,
    headers: { "content-type": "application/json", "x-request-id": "req_1", "retry-after": "1" },
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
