import { Refusal } from "../answer.ts";
import type { ProtocolServer } from "../protocol-server.ts";
import { answerGemini, answerGeminiCount } from "./answer-gemini.ts";
import type { GeminiForm } from "./answer-gemini.ts";
import { geminiModels } from "./models.ts";

// ai.google.dev/gemini-api/docs/troubleshooting
const statusErrors: Record<number, [status: string, message: string]> = {
  400: ["INVALID_ARGUMENT", "Request contains an invalid argument. (mock fault)"],
  401: ["UNAUTHENTICATED", "Request had invalid authentication credentials."],
  402: ["FAILED_PRECONDITION", "Please enable billing on your project."],
  403: ["PERMISSION_DENIED", "The caller does not have permission"],
  404: ["NOT_FOUND", "Requested entity was not found."],
  429: ["RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."],
  500: [
    "INTERNAL",
    "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
  ],
  503: ["UNAVAILABLE", "The model is overloaded. Please try again later."],
  504: ["DEADLINE_EXCEEDED", "The request timed out. Please try again."],
};
const codes: Record<string, number> = {
  INVALID_ARGUMENT: 400,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
};
const statuses: Record<string, string> = { overloaded_error: "UNAVAILABLE", rate_limit_error: "RESOURCE_EXHAUSTED" };

/** The gemini protocol (ai.google.dev/api). @param form how answers are sent; "count" for countTokens */
export function serveGemini(form: GeminiForm | "count"): ProtocolServer {
  return {
    readKey: (headers, url) => {
      const query = new URL(url, "http://mock").searchParams.get("key");
      const key = headers["x-goog-api-key"];
      if (typeof key === "string" && key !== "") return key;
      if (query) return query;
      // Vertex AI wants a token instead.
      const bearer = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? "")?.[1]?.trim();
      return url.includes("/projects/") ? (bearer ?? "") : "";
    },
    unauthorized: (apiKey) =>
      apiKey === ""
        ? new Refusal(
            403,
            "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
            { type: "PERMISSION_DENIED" },
          )
        : new Refusal(400, "API key not valid. Please pass a valid API key.", {
            type: "INVALID_ARGUMENT",
            code: "API_KEY_INVALID",
          }),
    answer: (exchange) => (form === "count" ? answerGeminiCount(exchange) : answerGemini(exchange, form)),
    listModels: () => ({
      models: geminiModels.map((id) => ({
        name: `models/${id}`,
        version: "001",
        displayName: `${id} (mock)`,
        inputTokenLimit: 1_048_576,
        outputTokenLimit: 65_536,
        supportedGenerationMethods: ["generateContent", "countTokens"],
        thinking: true,
      })),
    }),
    errorBody: (refusal) => {
      const status = refusal.details.type ?? "INTERNAL";
      const details =
        refusal.details.code === undefined
          ? {}
          : {
              details: [
                {
                  "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                  reason: refusal.details.code,
                  domain: "googleapis.com",
                },
              ],
            };
      return { error: { code: refusal.status, message: refusal.message, status, ...details } };
    },
    statusRefusal: (status) => {
      const [type, message] = statusErrors[status] ?? ["INTERNAL", `Mock fault with status ${status}`];
      return new Refusal(status, message, { type });
    },
    errorEvent: (type) => {
      const status = statuses[type] ?? type.toUpperCase();
      const code = codes[status] ?? 500;
      return {
        data: JSON.stringify({ error: { code, message: "The model failed while answering (mock fault)", status } }),
        content: false,
      };
    },
    headers: () => ({ "x-gemini-service-tier": "standard" }),
  };
}
