import { afterAll, expect } from "vitest";
import { openaiResponsesSdk } from "./sdks/openai-responses-sdk.ts";
import { openaiSdk } from "./sdks/openai-sdk.ts";
import type { Kinds } from "./specs/describe-failures.ts";
import { describeSdk } from "./specs/describe-sdk.ts";
import { startStand } from "./stand/start-stand.ts";

const strict = await startStand();
afterAll(() => strict.close());

const kinds: Kinds = {
  unauthorized: { kind: "AuthenticationError", code: "invalid_api_key" },
  unknownModel: { kind: "NotFoundError", code: "model_not_found", param: "model" },
  badRequest: { kind: "BadRequestError", param: "model" },
  tooLarge: { kind: "APIError", code: "request_too_large" },
  tooLong: {
    kind: "BadRequestError",
    code: "context_length_exceeded",
    message: expect.stringContaining("maximum context length"),
  },
  rateLimited: { kind: "RateLimitError", code: "rate_limit_exceeded" },
  upstreamDown: { kind: "InternalServerError", code: "upstream_error" },
};

for (const sdk of [openaiSdk, openaiResponsesSdk]) describeSdk(sdk, "/v1", { strict }, kinds);
