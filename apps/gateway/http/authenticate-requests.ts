import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Principal } from "../identity/api-key.ts";
import { authenticate } from "../pipeline/authenticate.ts";
import type { InferenceContext } from "../pipeline/inference-context.ts";

const principals = Symbol("principal");

/**
 * Lets only requests with a valid key into the routes of a scope, as soon as their headers are there.
 * @param inQuery the key may be in the address, as Google's clients have it
 */
export function authenticateRequests(routes: FastifyInstance, { keyRing }: InferenceContext, inQuery = false): void {
  routes.decorateRequest(principals, null);
  routes.addHook("onRequest", (request, _reply, done) => {
    request.setDecorator(principals, authenticate(request.headers, keyRing, inQuery ? queryKeyOf(request) : undefined));
    done();
  });
}

function queryKeyOf({ query }: FastifyRequest): string | undefined {
  const key = typeof query === "object" && query !== null && "key" in query ? query.key : undefined;
  return typeof key === "string" ? key : undefined;
}

/** Who sent a request that was let in. */
export function principalOf(request: FastifyRequest): Principal {
  return request.getDecorator<Principal>(principals);
}
