import type { FastifyInstance } from "fastify";
import type { InferenceContext } from "../pipeline/inference-context.ts";
import { catalogueOf, checkAllowed, refuseUnknown } from "../pipeline/resolve-model.ts";
import { principalOf } from "./authenticate-requests.ts";
import { geminiModel, listModelsGemini } from "./gemini-models.ts";

/** The models as Google's clients ask for them. */
export function geminiModelRoutes(routes: FastifyInstance, context: InferenceContext): void {
  routes.get<{ Querystring: Record<string, unknown> }>("/models", (request, reply) => {
    reply.send(listModelsGemini(catalogueOf(principalOf(request), context.setup().catalogue), request.query));
  });
  routes.get<{ Params: { "*": string } }>("/models/*", (request, reply) => {
    const id = request.params["*"].replace(/^models\//, "");
    const { catalogue } = context.setup();
    const holder = principalOf(request);
    const model = catalogue.resolve(id) ?? refuseUnknown(id, catalogue, holder);
    checkAllowed(model, id, catalogue, holder);
    reply.send(geminiModel(id, model));
  });
}
