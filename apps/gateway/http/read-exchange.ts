import type { FastifyReply, FastifyRequest } from "fastify";
import { requestIdOf } from "./send-error.ts";
import type { Exchange } from "../pipeline/downstream.ts";
import { principalOf } from "./authenticate-requests.ts";
import { SocketDownstream } from "./socket-downstream.ts";

const emptyBody = Buffer.alloc(0);

/** Takes a request over from Fastify: the pipeline writes the answer itself. */
export function readExchange(request: FastifyRequest, reply: FastifyReply, now: number): Exchange {
  reply.hijack();
  return {
    id: request.id,
    requestId: requestIdOf(request),
    receivedAt: now,
    principal: principalOf(request),
    headers: request.headers,
    body: Buffer.isBuffer(request.body) ? request.body : emptyBody,
    downstream: new SocketDownstream(reply.raw),
  };
}
