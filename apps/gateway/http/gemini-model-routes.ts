import { RequestError } from "@onerouter/protocols";
import type { FastifyInstance } from "fastify";
import type { InferenceContext } from "../pipeline/inference-context.ts";
import { geminiModel, listModelsGemini } from "./gemini-models.ts";

/** The models as Google's clients ask for them. */
export function geminiModelRoutes(routes: FastifyInstance, context: InferenceContext): void {
  routes.get<{ Querystring: Record<string, unknown> }>("/models", (request, reply) => {
    reply.send(listModelsGemini(context.setup().catalogue, request.query));
  });
  routes.get<{ Params: { "*": string } }>("/models/*", (request, reply) => {
    const id = request.params["*"].replace(/^models\//, "");
    const model = context.setup().catalogue.resolve(id);
    if (model === undefined) {
      throw new RequestError({ code: "model_not_found", message: "model: there is no such model", param: "model" });
    }
    reply.send(geminiModel(id, model));
  });
}
