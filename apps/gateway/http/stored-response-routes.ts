import { RequestError } from "@onerouter/protocols";
import type { FastifyInstance } from "fastify";
import type { InferenceContext } from "../pipeline/inference-context.ts";
import {
  deleteStoredResponse,
  listInputItems,
  readStoredResponse,
  refuseStream,
} from "../pipeline/responses/read-stored-response.ts";
import { principalOf } from "./authenticate-requests.ts";

interface Named {
  Params: { id: string };
  Querystring: Record<string, unknown>;
}

/** What POST /v1/responses has stored, for the key that stored it. */
export function storedResponseRoutes(routes: FastifyInstance, { responses }: InferenceContext): void {
  // Clients with a WebSocket transport try it first; at this answer Codex goes over to HTTP at once.
  routes.get("/responses", (request, reply) => {
    if (request.headers.upgrade === undefined) {
      reply.callNotFound();
      return;
    }
    reply.header("upgrade", "HTTP/1.1").header("connection", "upgrade");
    throw new RequestError({ code: "upgrade_required", message: "responses are not served over WebSocket: use POST" });
  });
  routes.get<Named>("/responses/:id", (request, reply) => {
    refuseStream(request.query);
    reply.send(readStoredResponse(responses, principalOf(request).keyId, request.params.id).body);
  });
  routes.delete<Named>("/responses/:id", (request, reply) => {
    reply.send(deleteStoredResponse(responses, principalOf(request).keyId, request.params.id));
  });
  routes.get<Named>("/responses/:id/input_items", (request, reply) => {
    reply.send(listInputItems(responses, principalOf(request).keyId, request.params.id, request.query));
  });
}
