import type { Model } from "@onerouter/catalog";
import { RequestError } from "@onerouter/protocols";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { InferenceContext } from "../pipeline/inference-context.ts";
import { principalOf } from "./authenticate-requests.ts";
import { describeModel } from "./describe-model.ts";
import { formatGeneration } from "./format-generation.ts";
import { anthropicModel, countModels, listModelsAnthropic, listModelsOpenai, type Page } from "./list-models.ts";

/** What can be asked for, and what has been: the same under `/v1` and `/api/v1`. */
export function catalogueRoutes(routes: FastifyInstance, context: InferenceContext): void {
  function findModel(id: string): Model {
    const model = context.setup().catalogue.resolve(id);
    if (model !== undefined) return model;
    throw new RequestError({ code: "model_not_found", message: "model: there is no such model", param: "model" });
  }

  routes.get<{ Querystring: Record<string, unknown> }>("/models", (request, reply) => {
    const setup = context.setup();
    reply.send(
      isAnthropicClient(request)
        ? listModelsAnthropic(setup.catalogue)
        : listModelsOpenai(setup, readPage(request.query)),
    );
  });
  routes.get("/models/count", (request, reply) => {
    reply.send({ data: { count: countModels(context.setup().catalogue) } });
  });
  routes.get<{ Params: { "*": string } }>("/models/*", (request, reply) => {
    const id = request.params["*"];
    const model = findModel(id);
    reply.send(isAnthropicClient(request) ? anthropicModel(id, model) : describeModel(id, model, context.setup()));
  });
  // OpenRouter's way of asking for one model.
  routes.get<{ Params: { author: string; slug: string } }>("/model/:author/:slug", (request, reply) => {
    const id = `${request.params.author}/${request.params.slug}`;
    reply.send({ data: describeModel(id, findModel(id), context.setup()) });
  });
  routes.get<{ Querystring: Record<string, unknown> }>("/generation", async (request, reply) => {
    const { id } = request.query;
    // Named twice it is a list.
    const record = typeof id === "string" ? await context.journal.find(id) : undefined;
    if (record === undefined || record.keyId !== principalOf(request).keyId) {
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

/** `offset` and `limit` as @openrouter/sdk sends them; anything odd counts as not given. */
function readPage(query: Record<string, unknown>): Page {
  const read = (value: unknown): number | undefined =>
    typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  return { offset: read(query.offset) ?? 0, limit: read(query.limit) ?? Number.POSITIVE_INFINITY };
}
