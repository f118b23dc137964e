import { RequestError, type ChatRequest, type ClientProtocol } from "@onerouter/protocols";
import { anthropicMessages } from "@onerouter/protocols/anthropic-messages/index";
import { gemini } from "@onerouter/protocols/gemini/index";
import { openaiResponses } from "@onerouter/protocols/openai-responses/index";
import type { Exchange } from "../downstream.ts";
import type { InferenceContext } from "../inference-context.ts";
import { createResponsesClient } from "../responses/responses-client.ts";
import { splitGatewayFields } from "../fields/read-gateway-fields.ts";

/** How the clients of a protocol ask how long a prompt is, and are told. */
export interface CountDialect {
  protocol: ClientProtocol;
  /** @throws RequestError naming the field */
  decode(exchange: Exchange): ChatRequest;
  encode(tokens: number): Record<string, unknown>;
}

/** `POST /v1/messages/count_tokens`: a request without what only an answer has a use for. */
export const countMessages: CountDialect = {
  protocol: anthropicMessages,
  decode: ({ body, headers }) => {
    const wire = parse(body);
    const whole = isObject(wire) ? { max_tokens: 1, ...wire } : wire;
    return anthropicMessages.decodeRequest(splitGatewayFields(whole, headers).body);
  },
  encode: (tokens) => ({ input_tokens: tokens }),
};

/** `POST /v1beta/models/{model}:countTokens`: bare contents, or a whole request (https://ai.google.dev/api/tokens). */
export const countGemini: CountDialect = {
  protocol: gemini,
  decode: ({ body, headers, path }) => {
    const wire = parse(body);
    const inner = isObject(wire) ? (wire.generateContentRequest ?? wire.generate_content_request) : undefined;
    const whole = isObject(inner) ? inner : wire;
    return gemini.decodeRequest(splitGatewayFields(whole, headers).body, path);
  },
  encode: (tokens) => ({ totalTokens: tokens, promptTokensDetails: [{ modality: "TEXT", tokenCount: tokens }] }),
};

/** `POST /v1/responses/input_tokens` (https://platform.openai.com/docs/api-reference/responses/input-tokens). */
export function countResponses(context: InferenceContext): CountDialect {
  return {
    protocol: openaiResponses,
    decode: (exchange) => {
      const { protocol } = createResponsesClient("count", exchange, context);
      return protocol.decodeRequest(splitGatewayFields(parse(exchange.body), exchange.headers).body);
    },
    encode: (tokens) => ({ object: "response.input_tokens", input_tokens: tokens }),
  };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new RequestError({ code: "invalid_json", message: "the request body is not valid JSON" });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
