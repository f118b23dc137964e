import { serveBedrock } from "./bedrock/serve-bedrock.ts";
import { answerEstimate } from "./openai-chat/estimate-token-count.ts";
import { answerCompletions } from "./openai-completions/answer-completions.ts";
import { answerEmbeddings } from "./openai-embeddings/answer-embeddings.ts";
import { serveVertex } from "./vertex/serve-vertex.ts";
import { serveMessages } from "./anthropic-messages/serve-messages.ts";
import { answerGeminiEmbeddings } from "./gemini/answer-embeddings.ts";
import { serveGemini } from "./gemini/serve-gemini.ts";
import { serveChat } from "./openai-chat/serve-chat.ts";
import { serveResponses } from "./openai-responses/serve-responses.ts";
import type { ProtocolServer } from "./protocol-server.ts";
import type { RecordedRequest } from "./request-log.ts";
import type { Operation } from "./route-request.ts";

/** The protocol, in the dialect of the path, that serves a request. */
export function findProtocol(
  route: { operation: Operation; dialect: string },
  record: RecordedRequest,
): ProtocolServer {
  const { operation, dialect } = route;
  switch (operation) {
    case "messages":
    case "count-tokens":
      return serveMessages(dialect, operation === "count-tokens");
    case "responses":
    case "input-tokens":
      return serveResponses(dialect, operation === "input-tokens");
    case "gemini":
      return serveGemini("whole");
    case "gemini-stream":
      return serveGemini(/[?&](?:alt|%24alt)=sse\b/.test(record.path) ? "sse" : "json-array");
    case "gemini-count":
      return serveGemini("count");
    case "bedrock":
    case "bedrock-stream":
      return serveBedrock(operation === "bedrock-stream");
    case "vertex":
      return serveVertex();
    case "completions":
      return { ...serveChat(dialect), answer: answerCompletions };
    case "embeddings":
      return { ...serveChat(dialect), answer: answerEmbeddings };
    case "estimate-tokens":
      return { ...serveChat(dialect), answer: answerEstimate };
    case "gemini-embed":
    case "gemini-embed-batch":
      return {
        ...serveGemini("whole"),
        answer: (exchange) => answerGeminiEmbeddings(exchange, operation === "gemini-embed-batch"),
      };
    case "models":
      return listingProtocol(dialect, record);
    case "chat":
      return serveChat(dialect);
  }
}

// All protocols list their models under the same path. Anthropic's clients always name its version, Google's its own.
function listingProtocol(dialect: string, { headers, path }: RecordedRequest): ProtocolServer {
  if (dialect === "anthropic" || headers["anthropic-version"] !== undefined) return serveMessages(dialect, false);
  if (dialect === "google" || headers["x-goog-api-key"] !== undefined || path.includes("/v1beta/models")) {
    return serveGemini("whole");
  }
  return serveChat(dialect);
}
