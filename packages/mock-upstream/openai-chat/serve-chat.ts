import { Refusal } from "../answer.ts";
import type { ProtocolServer } from "../protocol-server.ts";
import { answerChat } from "./answer-chat.ts";
import { findChatDialect } from "./dialects/find-dialect.ts";

// The statuses and types of OpenAI's error guide; Moonshot, DeepSeek and Z.ai follow it apart from the body's shape.
const statusErrors: Record<number, [type: string, message: string]> = {
  400: ["invalid_request_error", "Invalid request: mock fault"],
  401: ["invalid_authentication_error", "Invalid Authentication"],
  402: ["insufficient_balance", "Insufficient Balance"],
  403: ["permission_denied_error", "The API you are accessing is not open"],
  404: ["resource_not_found_error", "Not found the model or Permission denied"],
  408: ["timeout_error", "Request timed out"],
  409: ["conflict_error", "The resource was updated by another request"],
  413: ["invalid_request_error", "Request body too large"],
  429: ["rate_limit_reached_error", "Your account reached its max request rate, please try again after 1 seconds"],
  500: ["server_error", "The server had an error while processing your request"],
  503: ["server_error", "The service is temporarily unavailable"],
  529: ["engine_overloaded_error", "The engine is currently overloaded, please try again later"],
};

/** The openai-chat protocol in one vendor's dialect. */
export function serveChat(dialectName: string): ProtocolServer {
  const dialect = findChatDialect(dialectName);
  return {
    readKey: (headers) =>
      /^Bearer\s+(.+)$/i.exec(headers.authorization ?? "")?.[1]?.trim() ?? (dialect.keyOptional ? "none" : ""),
    unauthorized: (apiKey) => dialect.unauthorized(apiKey),
    answer: (exchange) => answerChat(exchange, dialect),
    listModels: (now) => ({
      object: "list",
      data: dialect.models.map((id) => ({
        id,
        object: "model",
        created: Math.floor(now / 1000),
        owned_by: `mock-${dialect.name}`,
        context_length: dialect.contextWindow(id),
      })),
    }),
    errorBody: (refusal) => dialect.errorBody(refusal),
    statusRefusal: (status) => {
      const [type, message] = statusErrors[status] ?? ["server_error", `Mock fault with status ${status}`];
      return new Refusal(status, message, { type });
    },
    errorEvent: (type) => ({
      data: JSON.stringify(
        dialect.errorBody(new Refusal(500, "The engine failed while answering (mock fault)", { type })),
      ),
      content: false,
    }),
    headers: (requestId) => ({ "x-request-id": requestId }),
  };
}
