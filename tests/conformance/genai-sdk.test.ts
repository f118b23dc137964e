import { afterAll, expect } from "vitest";
import { genaiSdk } from "./sdks/genai-sdk.ts";
import { describeSdk } from "./specs/describe-sdk.ts";
import { startStand } from "./stand/start-stand.ts";

const strict = await startStand();
afterAll(() => strict.close());

const kind = "ApiError";

describeSdk(
  genaiSdk,
  "/v1",
  { strict },
  {
    unauthorized: { kind, code: "UNAUTHENTICATED" },
    unknownModel: { kind, code: "NOT_FOUND" },
    badRequest: { kind, code: "INVALID_ARGUMENT" },
    tooLarge: { kind, code: "INVALID_ARGUMENT" },
    tooLong: {
      kind,
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("exceeds the maximum number of tokens"),
    },
    // The SDK does not tell headers.
    rateLimited: { kind, code: "RESOURCE_EXHAUSTED", retryAfter: undefined },
    upstreamDown: { kind, code: "UNAVAILABLE" },
  },
);
