import type { Refusal, WireEvent } from "../answer.ts";
import { genericDialect } from "../openai-chat/dialects/generic.ts";
import { serveChat } from "../openai-chat/serve-chat.ts";
import type { ProtocolServer } from "../protocol-server.ts";
import { answerInputTokens, answerResponses } from "./answer-responses.ts";

// The codes of the ResponseError schema, as the error event and response.failed carry them.
const errorCodes: Record<string, string> = {
  overloaded_error: "server_error",
  rate_limit_error: "rate_limit_exceeded",
};

/** The openai-responses protocol. Keys, models and refusals by status are those of OpenAI's chat protocol. */
export function serveResponses(dialect: string, isCount: boolean): ProtocolServer {
  return {
    ...serveChat("openai"),
    unauthorized: (apiKey) => genericDialect.unauthorized(apiKey),
    answer: (exchange) => (isCount ? answerInputTokens(exchange, dialect) : answerResponses(exchange, dialect)),
    errorEvent: (type) => writeErrorEvent(type),
    errorBody: (refusal: Refusal) => genericDialect.errorBody(refusal),
  };
}

// OpenAI reports a failure in either of two ways; the fault `error=N,error` chooses the bare event.
function writeErrorEvent(type: string): WireEvent {
  const message = "The server had an error while processing your request (mock fault)";
  const code = errorCodes[type] ?? type;
  const [name, fields] =
    type === "error"
      ? ["error", { code: "server_error", message, param: null }]
      : [
          "response.failed",
          { response: { id: "resp_failed", object: "response", status: "failed", error: { code, message } } },
        ];
  return { event: name, data: JSON.stringify({ type: name, sequence_number: 0, ...fields }), content: false };
}
