import { afterAll, expect } from "vitest";
import { anthropicSdk } from "./sdks/anthropic-sdk.ts";
import { describeSdk } from "./specs/describe-sdk.ts";
import { startStand } from "./stand/start-stand.ts";

const strict = await startStand();
afterAll(() => strict.close());

describeSdk(
  anthropicSdk,
  "/v1",
  { strict },
  {
    unauthorized: { kind: "AuthenticationError", code: "authentication_error" },
    unknownModel: { kind: "NotFoundError", code: "not_found_error" },
    badRequest: { kind: "BadRequestError", code: "invalid_request_error" },
    tooLarge: { kind: "ContentTooLargeError", code: "request_too_large" },
    tooLong: { kind: "BadRequestError", message: expect.stringContaining("prompt is too long") },
    rateLimited: { kind: "RateLimitError", code: "rate_limit_error" },
    upstreamDown: { kind: "InternalServerError", code: "api_error" },
  },
);
