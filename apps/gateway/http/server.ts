import { protocolFor } from "@onerouter/protocols/protocols";
import { RequestError, type ChatError, type ProtocolName } from "@onerouter/protocols";
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { countTokens } from "../pipeline/count-tokens.ts";
import { authenticate, handleInference } from "../pipeline/handle-inference.ts";
import type { InferenceContext } from "../pipeline/inference-context.ts";
import { formatGeneration } from "./format-generation.ts";
import { anthropicModel, listModelsAnthropic, listModelsOpenai, openaiModel } from "./list-models.ts";
import { protocolOfRequest } from "./protocol-of-request.ts";
import { readExchange } from "./read-exchange.ts";

export interface ServerOptions {
  bodyLimitBytes: number;
  context: InferenceContext;
  /** False once the gateway is going down. */
  ready(): boolean;
}

/** The only folder that knows Fastify: routes, body limit, errors before a request is an exchange. */
export function createServer({ bodyLimitBytes, context, ready }: ServerOptions): FastifyInstance {
  const server = Fastify({
    bodyLimit: bodyLimitBytes,
    // Claude Code sends `?beta=true`, some clients a double slash after their base URL.
    routerOptions: { ignoreDuplicateSlashes: true, ignoreTrailingSlash: true, maxParamLength: 500 },
    requestTimeout: 0,
    keepAliveTimeout: 75_000,
    forceCloseConnections: "idle",
    exposeHeadRoutes: false,
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = error instanceof RequestError ? error.error : describeHttpError(error);
    if (known.code === "internal") context.logError("request failed", error);
    sendError(request, reply, known);
  });
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "";
    const known = knownPaths.some((route) => path.endsWith(route));
    sendError(request, reply, {
      code: known ? "method_not_allowed" : "not_found",
      message: known ? `${request.method} is not allowed on ${path}` : `there is nothing at ${request.method} ${path}`,
    });
  });

  server.get("/", (_request, reply) => reply.send({ name: "OneRouter", version, documentation: "/v1/models" }));
  server.head("/", (_request, reply) => reply.code(200).send());
  server.route({ method: ["GET", "HEAD"], url: "/api/hello", handler: (_request, reply) => reply.send({ ok: true }) });
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
        inferenceRoutes(routes, context);
        catalogueRoutes(routes, context);
        done();
      },
      { prefix },
    );
  }
  return server;
}

const version = "0.1.0";
const knownPaths = [
  "/v1/messages",
  "/v1/messages/count_tokens",
  "/v1/chat/completions",
  "/v1/models",
  "/v1/generation",
];

function inferenceRoutes(routes: FastifyInstance, context: InferenceContext): void {
  const inference: ReadonlyArray<[path: string, protocol: ProtocolName]> = [
    ["/messages", "anthropic-messages"],
    ["/chat/completions", "openai-chat"],
  ];
  for (const [path, name] of inference) {
    const protocol = protocolFor(name);
    routes.post(path, async (request, reply) => {
      await handleInference(protocol, readExchange(request, reply, context.now()), context);
    });
  }
  routes.post("/messages/count_tokens", async (request, reply) => {
    await countTokens(readExchange(request, reply, context.now()), context);
  });
}

function catalogueRoutes(routes: FastifyInstance, context: InferenceContext): void {
  routes.get("/models", (request, reply) => {
    authenticate(request, context);
    const { catalogue } = context.setup();
    reply.send(isAnthropicClient(request) ? listModelsAnthropic(catalogue) : listModelsOpenai(catalogue));
  });
  routes.get<{ Params: { "*": string } }>("/models/*", (request, reply) => {
    authenticate(request, context);
    const id = request.params["*"];
    const model = context.setup().catalogue.resolve(id);
    if (model === undefined) {
      throw new RequestError({ code: "model_not_found", message: "model: there is no such model", param: "model" });
    }
    reply.send(isAnthropicClient(request) ? anthropicModel(id, model) : openaiModel(id, model));
  });
  routes.get<{ Querystring: { id?: string } }>("/generation", async (request, reply) => {
    const principal = authenticate(request, context);
    const { id } = request.query;
    const record = id === undefined ? undefined : await context.journal.find(id);
    if (record === undefined || record.keyId !== principal.keyId) {
      throw new RequestError({
        code: "not_found",
        message: "id: there is no such generation of this key",
        param: "id",
      });
    }
    return reply.send({ data: formatGeneration(record) });
  });
}

function isAnthropicClient(request: FastifyRequest): boolean {
  return request.headers["anthropic-version"] !== undefined;
}

function sendError(request: FastifyRequest, reply: FastifyReply, error: ChatError): void {
  const protocol = protocolFor(protocolOfRequest(request.url, request.headers));
  const encoded = protocol.encodeError(error, `req_${request.id}`);
  reply.code(encoded.status).headers(encoded.headers).type("application/json").send(JSON.stringify(encoded.body));
}

function describeHttpError(error: FastifyError): ChatError {
  if (error.statusCode === 413) return { code: "request_too_large", message: "the request body is too large" };
  const isClients = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
  return isClients
    ? { code: "invalid_request", message: error.message, status: error.statusCode }
    : { code: "internal", message: "internal error" };
}
