import { afterAll, expect } from "vitest";
import { aiSdk, aiSdkNames, type AiSdkName } from "./sdks/ai-sdk.ts";
import type { Kinds } from "./specs/describe-failures.ts";
import { describeSdk } from "./specs/describe-sdk.ts";
import { startStand } from "./stand/start-stand.ts";

const strict = await startStand();
const loose = await startStand({ verifyReasoning: false });
afterAll(() => Promise.all([strict.close(), loose.close()]));

const kind = "AI_APICallError";
const openais: Kinds = {
  unauthorized: { kind, code: "invalid_api_key" },
  unknownModel: { kind, code: "model_not_found", param: "model" },
  badRequest: { kind, param: "model" },
  tooLarge: { kind, code: "request_too_large" },
  tooLong: { kind, code: "context_length_exceeded", message: expect.stringContaining("maximum context length") },
  rateLimited: { kind, code: "rate_limit_exceeded" },
  upstreamDown: { kind, code: "upstream_error" },
};
const anthropics: Kinds = {
  unauthorized: { kind, code: "authentication_error" },
  unknownModel: { kind, code: "not_found_error" },
  badRequest: { kind, code: "invalid_request_error" },
  tooLarge: { kind, code: "request_too_large" },
  tooLong: { kind, message: expect.stringContaining("prompt is too long") },
  rateLimited: { kind, code: "rate_limit_error" },
  upstreamDown: { kind, code: "api_error" },
};
const openrouters: Kinds = {
  unauthorized: { kind, code: 401 },
  unknownModel: { kind, code: 404, param: "model" },
  badRequest: { kind, code: 400, param: "model" },
  tooLarge: { kind, code: 413 },
  tooLong: { kind, code: 400, message: expect.stringContaining("maximum context length") },
  rateLimited: { kind, code: 429 },
  upstreamDown: { kind, code: expect.any(Number) },
};

const googles: Kinds = {
  unauthorized: { kind, code: "UNAUTHENTICATED" },
  unknownModel: { kind, code: "NOT_FOUND" },
  badRequest: { kind, code: "INVALID_ARGUMENT" },
  tooLarge: { kind, code: "INVALID_ARGUMENT" },
  tooLong: { kind, message: expect.stringContaining("exceeds the maximum number of tokens") },
  rateLimited: { kind, code: "RESOURCE_EXHAUSTED" },
  upstreamDown: { kind, code: "UNAVAILABLE" },
};
const kindsOf: Partial<Record<AiSdkName, Kinds>> = {
  "@openrouter/ai-sdk-provider": openrouters,
  "@ai-sdk/anthropic": anthropics,
  "@ai-sdk/google": googles,
};

for (const name of aiSdkNames) {
  const isOpenrouter = name === "@openrouter/ai-sdk-provider";
  const stands = name === "@ai-sdk/openai (chat)" ? { strict, loops: loose } : { strict };
  describeSdk((access) => aiSdk(name, access), isOpenrouter ? "/api/v1" : "/v1", stands, kindsOf[name] ?? openais);
}
