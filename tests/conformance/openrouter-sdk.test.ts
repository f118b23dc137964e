import { afterAll, expect } from "vitest";
import { openrouterSdk } from "./sdks/openrouter-sdk.ts";
import { describeSdk } from "./specs/describe-sdk.ts";
import { startStand } from "./stand/start-stand.ts";

const strict = await startStand();
afterAll(() => strict.close());

describeSdk(
  openrouterSdk,
  "/api/v1",
  { strict },
  {
    unauthorized: { kind: "UnauthorizedResponseError", code: 401 },
    unknownModel: { kind: "NotFoundResponseError", code: 404 },
    badRequest: { kind: "BadRequestResponseError", code: 400 },
    tooLarge: { kind: "PayloadTooLargeResponseError", code: 413 },
    tooLong: {
      kind: "BadRequestResponseError",
      code: 400,
      message: expect.stringContaining("maximum context length"),
    },
    rateLimited: { kind: "TooManyRequestsResponseError", code: 429 },
    upstreamDown: { kind: expect.stringMatching(/^(BadGateway|InternalServer)ResponseError$/) },
  },
);
