import { Refusal } from "../answer.ts";
import type { ProtocolServer } from "../protocol-server.ts";
import { answerCount, answerMessages } from "./answer-messages.ts";
import { findProfile } from "./profile.ts";

// docs.claude.com/en/api/errors
const statusErrors: Record<number, [type: string, message: string]> = {
  400: ["invalid_request_error", "mock fault"],
  401: ["authentication_error", "invalid x-api-key"],
  402: ["billing_error", "Your credit balance is too low to access the Anthropic API."],
  403: ["permission_error", "Your API key does not have permission to use the specified resource."],
  404: ["not_found_error", "The requested resource could not be found."],
  408: ["timeout_error", "Request timed out."],
  409: ["conflict_error", "The request conflicts with another one."],
  413: ["request_too_large", "Request exceeds the maximum allowed number of bytes."],
  429: ["rate_limit_error", "This request would exceed your account's rate limit. Please try again later."],
  500: ["api_error", "Internal server error"],
  503: ["api_error", "Service unavailable"],
  529: ["overloaded_error", "Overloaded"],
};

/** The anthropic-messages protocol as one provider serves it. */
export function serveMessages(dialect: string, isCount: boolean): ProtocolServer {
  const profile = findProfile(dialect);
  return {
    readKey: (headers) => {
      const key = headers["x-api-key"];
      if (typeof key === "string" && key !== "") return key;
      return /^Bearer\s+(.+)$/i.exec(headers.authorization ?? "")?.[1]?.trim() ?? "";
    },
    unauthorized: (apiKey) =>
      new Refusal(401, apiKey === "" ? "x-api-key header is required" : "invalid x-api-key", {
        type: "authentication_error",
      }),
    answer: (exchange) => (isCount ? answerCount(exchange, profile) : answerMessages(exchange, profile)),
    listModels: () => ({
      data: profile.models.map((id) => ({
        type: "model",
        id,
        display_name: `${id} (mock)`,
        created_at: "2026-01-01T00:00:00Z",
      })),
      has_more: false,
      first_id: profile.models[0],
      last_id: profile.models.at(-1),
    }),
    errorBody: (refusal, requestId) => ({
      type: "error",
      error: { type: refusal.details.type ?? "api_error", message: refusal.message },
      request_id: requestId,
    }),
    statusRefusal: (status) => {
      const [type, message] = statusErrors[status] ?? ["api_error", `Mock fault with status ${status}`];
      return new Refusal(status, message, { type });
    },
    errorEvent: (type) => ({
      event: "error",
      data: JSON.stringify({
        type: "error",
        error: { type, message: type === "overloaded_error" ? "Overloaded" : "Internal server error" },
      }),
      content: false,
    }),
    headers: (requestId) => ({ "request-id": requestId }),
  };
}
