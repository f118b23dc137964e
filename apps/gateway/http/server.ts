import { RequestError, type ProtocolName } from "@onerouter/protocols";
import Fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { countTokens } from "../pipeline/count-tokens.ts";
import { handleInference } from "../pipeline/handle-inference.ts";
import type { InferenceContext } from "../pipeline/inference-context.ts";
import { authenticateRequests } from "./authenticate-requests.ts";
import { allowedMethods } from "./allowed-methods.ts";
import { catalogueRoutes } from "./catalogue-routes.ts";
import { decodeBody } from "./decode-body.ts";
import type { OpenExchanges } from "./open-exchanges.ts";
import { protocolAt, protocolOfRequest } from "./protocol-of-request.ts";
import { readExchange } from "./read-exchange.ts";
import { describeHttpError, refuseConnection, sendError } from "./send-error.ts";

export interface ServerOptions {
  bodyLimitBytes: number;
  context: InferenceContext;
  /** False once the gateway is going down. */
  ready(): boolean;
  open: OpenExchanges;
}

/** The only folder that knows Fastify: routes, body limit, errors before a request is an exchange. */
export function createServer({ bodyLimitBytes, context, ready, open }: ServerOptions): FastifyInstance {
  const server = Fastify({
    bodyLimit: bodyLimitBytes,
    // Claude Code sends `?beta=true`, some clients a double slash after their base URL.
    routerOptions: { ignoreDuplicateSlashes: true, ignoreTrailingSlash: true, maxParamLength: 500 },
    requestTimeout: 0,
    keepAliveTimeout: 75_000,
    forceCloseConnections: "idle",
    // Said by refuseWhenDraining, in the caller's protocol.
    return503OnClosing: false,
    exposeHeadRoutes: true,
    genReqId: context.newId,
    frameworkErrors: (error, request, reply) => sendError(request, reply, describeHttpError(error)),
    clientErrorHandler: refuseConnection,
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>("*", { parseAs: "buffer" }, (request, body, done) => {
    const encoding = request.headers["content-encoding"];
    if (encoding === undefined) done(null, body);
    else decodeBody(body, encoding, bodyLimitBytes).then((decoded) => done(null, decoded), done);
  });

  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = error instanceof RequestError ? error.error : describeHttpError(error);
    if (known.code === "internal") context.logError("request failed", error);
    sendError(request, reply, known);
    if (request.method !== "POST") return;
    const protocol = protocolOfRequest(request.url, request.headers);
    context.metrics.requests.add(1, protocol.name, "", String(reply.statusCode));
  });
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "";
    const methods = allowedMethods(path);
    if (methods === undefined) {
      sendError(request, reply, { code: "not_found", message: `there is nothing at ${request.method} ${path}` });
      return;
    }
    reply.header("allow", methods);
    sendError(request, reply, { code: "method_not_allowed", message: `${request.method} is not allowed on ${path}` });
  });

  server.get("/", (_request, reply) => reply.send({ name: "OneRouter", version, documentation: "/v1/models" }));
  server.get("/api/hello", (_request, reply) => reply.send({ ok: true }));
  server.get("/healthz", (_request, reply) => reply.send({ status: "ok" }));
  server.get("/readyz", (_request, reply) =>
    reply.code(ready() ? 200 : 503).send({ status: ready() ? "ready" : "draining" }),
  );
  server.get("/metrics", async (_request, reply) =>
    reply.type(context.metrics.registry.contentType).send(await context.metrics.registry.metrics()),
  );

  for (const prefix of ["/v1", "/api/v1"]) {
    server.register(
      (routes, _options, done) => {
        refuseWhenDraining(routes, ready);
        authenticateRequests(routes, context);
        inferenceRoutes(routes, prefix, context, open);
        catalogueRoutes(routes, context);
        done();
      },
      { prefix },
    );
  }
  return server;
}

const version = "0.1.0";

/** Whoever comes while the last answers are finished is sent elsewhere, and sent away: all clients try again on a 503. */
function refuseWhenDraining(routes: FastifyInstance, ready: () => boolean): void {
  routes.addHook("onRequest", (_request, reply, done) => {
    if (ready()) {
      done();
      return;
    }
    reply.header("connection", "close");
    done(new RequestError({ code: "shutting_down", message: "the gateway is going down", retryAfterSeconds: 1 }));
  });
}

function inferenceRoutes(
  routes: FastifyInstance,
  prefix: string,
  context: InferenceContext,
  open: OpenExchanges,
): void {
  const inference: ReadonlyArray<[path: string, protocol: ProtocolName]> = [
    ["/messages", "anthropic-messages"],
    ["/chat/completions", "openai-chat"],
  ];
  for (const [path, name] of inference) {
    const protocol = protocolAt(prefix, name);
    routes.post(path, async (request, reply) => {
      const exchange = readExchange(request, reply, context.now());
      await open.hold(reply.raw, handleInference(protocol, exchange, context));
    });
  }
  routes.post("/messages/count_tokens", async (request, reply) => {
    await open.hold(reply.raw, countTokens(readExchange(request, reply, context.now()), context));
  });
}
