import type { IncomingMessage, ServerResponse } from "node:http";
import { RequestError, type ClientProtocol } from "@onerouter/protocols";
import { openaiEmbeddings } from "@onerouter/protocols/embeddings/openai-embeddings";
import { createCompletions } from "@onerouter/protocols/openai-completions/index";
import { authenticate } from "../pipeline/authenticate.ts";
import { countMessages, countResponses, type CountDialect } from "../pipeline/counting/count-dialects.ts";
import { countTokens } from "../pipeline/counting/count-tokens.ts";
import type { Exchange } from "../pipeline/downstream.ts";
import { handleEmbeddings } from "../pipeline/embeddings/handle-embeddings.ts";
import { handleInference, refuse } from "../pipeline/handle-inference.ts";
import { handleResponses } from "../pipeline/responses/handle-responses.ts";
import type { InferenceContext } from "../pipeline/inference-context.ts";
import { acceptedEncodings } from "./decode-body.ts";
import type { OpenExchanges } from "./open-exchanges.ts";
import { findGeminiRoute } from "./find-gemini-route.ts";
import type { InferenceRoute } from "./inference-route.ts";
import { protocolAt } from "./protocol-of-request.ts";
import { readBody } from "./read-body.ts";
import { requestIdOf } from "./send-error.ts";
import { SocketDownstream } from "./socket-downstream.ts";

export interface InferenceFrontOptions {
  bodyLimitBytes: number;
  context: InferenceContext;
  /** False once the gateway is going down. */
  ready(): boolean;
  open: OpenExchanges;
}

/** Takes a request that asks for inference. @returns false for every other one, untouched. */
export type InferenceFront = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * The inference routes, on node's own server in front of Fastify, whose routing, hooks and body parser cost 4 % of a small
 * request's CPU and which inference does not need (docs/adr/0008-inference-in-front-of-fastify.md).
 */
export function createInferenceFront({ bodyLimitBytes, context, ready, open }: InferenceFrontOptions): InferenceFront {
  const routes = listRoutes(context);

  function serve(route: InferenceRoute, request: IncomingMessage, response: ServerResponse): void {
    const downstream = new SocketDownstream(response);
    const id = context.newId();
    const requestId = requestIdOf(id);
    // A body that was not read is thrown away by node, so that the connection can be used again.
    const fail = (error: unknown): void => {
      if (error instanceof RequestError && error.error.status === 415) {
        response.setHeader("accept-encoding", acceptedEncodings);
      }
      refuse(route.protocol, { requestId, downstream }, context, error);
    };
    try {
      if (!ready()) {
        response.setHeader("connection", "close");
        throw goingDown();
      }
      const principal = authenticate(request.headers, context.keyRing, route.queryKey);
      readBody(request, bodyLimitBytes, (body) => {
        if (body instanceof Error) return fail(body);
        const { headers } = request;
        const exchange: Exchange = { id, requestId, receivedAt: context.now(), principal, headers, body, downstream };
        if (route.path !== undefined) exchange.path = route.path;
        open.hold(response, route.handle(exchange).catch(fail));
      });
    } catch (error) {
      fail(error);
    }
  }

  return (request, response) => {
    if (request.method !== "POST") return false;
    const url = request.url ?? "";
    const path = pathOf(url);
    const route = routes.get(path) ?? findGeminiRoute(path, url, context);
    if (route === undefined) return false;
    serve(route, request, response);
    return true;
  };
}

function listRoutes(context: InferenceContext): ReadonlyMap<string, InferenceRoute> {
  const routes = new Map<string, InferenceRoute>();
  for (const prefix of ["/v1", "/api/v1"]) {
    const inference = (path: string, protocol: ClientProtocol): void => {
      routes.set(prefix + path, { protocol, handle: (exchange) => handleInference(protocol, exchange, context) });
    };
    const counting = (path: string, dialect: CountDialect): void => {
      const { protocol } = dialect;
      routes.set(prefix + path, { protocol, handle: (exchange) => countTokens(dialect, exchange, context) });
    };
    const chat = protocolAt(prefix, "openai-chat");
    inference("/messages", protocolAt(prefix, "anthropic-messages"));
    inference("/chat/completions", chat);
    routes.set(`${prefix}/completions`, {
      protocol: chat,
      handle: (exchange) => handleInference(createCompletions(chat), exchange, context),
    });
    routes.set(`${prefix}/embeddings`, {
      protocol: chat,
      handle: (exchange) => handleEmbeddings(openaiEmbeddings, chat, exchange, context),
    });
    counting("/messages/count_tokens", countMessages);
    const responses = protocolAt(prefix, "openai-responses");
    for (const [path, task] of responsesTasks) {
      routes.set(prefix + path, {
        protocol: responses,
        handle: (exchange) => handleResponses(task, exchange, context),
      });
    }
    counting("/responses/input_tokens", countResponses(context));
  }
  return routes;
}

const responsesTasks = [
  ["/responses", "answer"],
  ["/responses/compact", "compact"],
] as const;

/** Claude Code sends `?beta=true`, some clients a double slash after their base URL. */
function pathOf(url: string): string {
  const query = url.indexOf("?");
  const path = query < 0 ? url : url.slice(0, query);
  return path.includes("//") || path.endsWith("/") ? path.replaceAll(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "") : path;
}

/** Whoever comes while the last answers are finished is sent elsewhere, and sent away: all clients try again on a 503. */
export function goingDown(): RequestError {
  return new RequestError({ code: "shutting_down", message: "the gateway is going down", retryAfterSeconds: 1 });
}
