import { createServer as createHttpServer } from "node:http";
import { RequestError } from "@onerouter/protocols";
import Fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { allowedMethods } from "./allowed-methods.ts";
import { authenticateRequests } from "./authenticate-requests.ts";
import { catalogueRoutes } from "./catalogue-routes.ts";
import { noStats, type ReadEndpointStats } from "./read-endpoint-stats.ts";
import { explainRouteRoute } from "./explain-route-route.ts";
import { geminiModelRoutes } from "./gemini-model-routes.ts";
import { createInferenceFront, goingDown, type InferenceFrontOptions } from "./inference-front.ts";
import { describeHttpError, refuseConnection, sendError } from "./send-error.ts";
import { storedResponseRoutes } from "./stored-response-routes.ts";

export interface ServerOptions extends InferenceFrontOptions {
  /** Of the gateway, for whoever asks at `/`. */
  version: string;
  /** How endpoints have been doing, for whoever lists them; default: nobody measures. */
  endpointStats?: ReadEndpointStats;
}

/** The only folder that knows Fastify: it serves everything but inference, see inference-front.ts. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { context, ready, version, endpointStats = noStats } = options;
  const front = createInferenceFront(options);
  const server = Fastify({
    serverFactory: (serve) =>
      createHttpServer({ keepAliveTimeout, requestTimeout }, (request, response) => {
        if (!front(request, response)) serve(request, response);
      }),
    routerOptions: { ignoreDuplicateSlashes: true, ignoreTrailingSlash: true, maxParamLength: 500 },
    forceCloseConnections: "idle",
    // Said by refuseWhenDraining, in the caller's protocol.
    return503OnClosing: false,
    exposeHeadRoutes: true,
    genReqId: context.newId,
    frameworkErrors: (error, request, reply) => sendError(request, reply, describeHttpError(error)),
    clientErrorHandler: refuseConnection,
  });
  // No route here takes a body.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", (_request, payload, done) => {
    payload.resume();
    done(null);
  });

  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = error instanceof RequestError ? error.error : describeHttpError(error);
    if (known.code === "internal") context.logError("request failed", error);
    sendError(request, reply, known);
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
        catalogueRoutes(routes, context, endpointStats);
        explainRouteRoute(routes, context);
        storedResponseRoutes(routes, context);
        done();
      },
      { prefix },
    );
  }
  for (const prefix of ["/v1beta", "/v1alpha"]) {
    server.register(
      (routes, _options, done) => {
        refuseWhenDraining(routes, ready);
        authenticateRequests(routes, context, true);
        geminiModelRoutes(routes, context);
        done();
      },
      { prefix },
    );
  }
  return server;
}

/** Longer than the idle time after which load balancers in front drop a connection, in milliseconds. */
const keepAliveTimeout = 75_000;
/** How long a client may take to send a request, in milliseconds. */
const requestTimeout = 300_000;

function refuseWhenDraining(routes: FastifyInstance, ready: () => boolean): void {
  routes.addHook("onRequest", (_request, reply, done) => {
    if (ready()) {
      done();
      return;
    }
    reply.header("connection", "close");
    done(goingDown());
  });
}
