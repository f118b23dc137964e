import type { FastifyInstance } from "fastify";
import { explainRoute, type RouteInquiry } from "../pipeline/explain-route.ts";
import type { InferenceContext } from "../pipeline/inference-context.ts";
import { principalOf } from "./authenticate-requests.ts";
import { readQuery, type Query } from "./read-query.ts";

/** Fields of a request that the plan depends on; in a query they are JSON. */
const requestFields = ["provider", "models", "fallback_models", "fallback_rules"];

/** `GET /v1/route?model=...`: where a request would go at this moment, and why. */
export function explainRouteRoute(routes: FastifyInstance, context: InferenceContext): void {
  routes.get<{ Querystring: Query }>("/route", (request, reply) => {
    reply.send({ data: explainRoute(readInquiry(request.query), context, context.setup(), principalOf(request)) });
  });
}

/** @throws RequestError 400 naming the field */
function readInquiry(query: Query): RouteInquiry {
  const reader = readQuery(query);
  const inquiry: RouteInquiry = {
    model: reader.text("model") ?? reader.fail("model", "is needed"),
    tools: reader.flag("tools"),
    images: reader.flag("images"),
    reasoning: reader.flag("reasoning"),
  };
  const promptTokens = reader.number("prompt_tokens");
  const maxOutputTokens = reader.number("max_tokens");
  const turns = reader.number("turns");
  if (promptTokens !== undefined) inquiry.promptTokens = promptTokens;
  if (maxOutputTokens !== undefined) inquiry.maxOutputTokens = maxOutputTokens;
  if (turns !== undefined) inquiry.turns = turns;
  const fields: Record<string, unknown> = {};
  for (const field of requestFields) {
    const text = reader.text(field);
    if (text === undefined) continue;
    try {
      fields[field] = JSON.parse(text);
    } catch {
      reader.fail(field, "is not valid JSON");
    }
  }
  inquiry.fields = fields;
  reader.refuseMisspelt();
  return inquiry;
}
