import type { Catalogue, Model } from "@onerouter/catalog";
import { RequestError } from "@onerouter/protocols";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { InferenceContext } from "../pipeline/inference-context.ts";
import { catalogueOf, checkAllowed, refuseUnknown, type KeyHolder } from "../pipeline/resolve-model.ts";
import { principalOf } from "./authenticate-requests.ts";
import { describeEndpoints } from "./describe-endpoints.ts";
import { describeModel } from "./describe-model.ts";
import { describeProviders } from "./describe-providers.ts";
import type { ReadEndpointStats } from "./read-endpoint-stats.ts";
import { formatGeneration } from "./format-generation.ts";
import {
  anthropicModel,
  countModels,
  listModelsAnthropic,
  listModelsOpenai,
  type ListSources,
  type WrittenList,
} from "./list-models.ts";
import { createModelLists } from "./model-list.ts";
import { readQuery, type Query } from "./read-query.ts";

/** What can be asked for, and what has been: the same under `/v1` and `/api/v1`. */
export function catalogueRoutes(routes: FastifyInstance, context: InferenceContext, statsOf: ReadEndpointStats): void {
  const listsOf = createModelLists();
  function catalogueFor(request: FastifyRequest): Catalogue {
    return catalogueOf(principalOf(request), context.setup().catalogue);
  }
  function sources(request: FastifyRequest): ListSources {
    const catalogue = catalogueFor(request);
    return { catalogue, lists: listsOf(catalogue), statsOf, now: context.now() };
  }
  function sendModel(request: FastifyRequest, reply: FastifyReply, id: string): FastifyReply {
    const { catalogue } = context.setup();
    const holder = principalOf(request);
    const model = catalogueFor(request).resolve(id);
    const listed = /^(.+)\/endpoints$/.exec(id)?.[1];
    if (model === undefined && listed !== undefined) {
      const title = (provider: string): string => titleOf(catalogue, provider);
      return reply.send({ data: describeEndpoints(findModel(catalogue, holder, listed), title, statsOf) });
    }
    const found = model ?? findModel(catalogue, holder, id);
    return reply.send(isAnthropicClient(request) ? anthropicModel(id, found) : describeModel(id, found));
  }

  routes.get<{ Querystring: Query }>("/models", async (request, reply) => {
    if (isAnthropicClient(request)) return reply.send(listModelsAnthropic(catalogueFor(request)));
    return sendList(request, reply, await listModelsOpenai(request.query, sources(request)));
  });
  routes.get<{ Querystring: Query }>("/models/count", async (request, reply) =>
    reply.send({ data: { count: await countModels(request.query, sources(request)) } }),
  );
  routes.get<{ Params: { "*": string } }>("/models/*", (request, reply) =>
    sendModel(request, reply, request.params["*"]),
  );
  // OpenRouter's way of asking for one model.
  routes.get<{ Params: { author: string; slug: string } }>("/model/:author/:slug", (request, reply) => {
    const id = `${request.params.author}/${request.params.slug}`;
    const model = findModel(context.setup().catalogue, principalOf(request), id);
    reply.send({ data: describeModel(id, model) });
  });
  routes.get<{ Querystring: Query }>("/providers", (request, reply) => {
    reply.send(describeProviders(context.setup().catalogue, readQuery(request.query).flag("all")));
  });
  routes.get<{ Querystring: Query }>("/generation", async (request, reply) => {
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

/** @throws RequestError 404, or 403 for a model that the key may not use */
function findModel(catalogue: Catalogue, holder: KeyHolder, id: string): Model {
  const model = catalogue.resolve(id) ?? refuseUnknown(id, catalogue, holder);
  checkAllowed(model, id, catalogue, holder);
  return model;
}

function titleOf(catalogue: Catalogue, provider: string): string {
  return catalogue.providers().find(({ name }) => name === provider)?.known?.title ?? provider;
}

/** A client that has the list already is told so. */
function sendList(request: FastifyRequest, reply: FastifyReply, { text, tag }: WrittenList): FastifyReply {
  if (tag !== undefined) {
    // The address is part of what was asked for, so that each selection may have the tag of the whole list.
    const etag = `W/"${tag}"`;
    reply.header("etag", etag).header("cache-control", "private, no-cache");
    const known = request.headers["if-none-match"];
    if (known?.split(",").some((item) => item.trim() === etag) === true) return reply.code(304).send();
  }
  return reply.type("application/json; charset=utf-8").send(text);
}

function isAnthropicClient(request: FastifyRequest): boolean {
  return request.headers["anthropic-version"] !== undefined;
}
