import type { Socket } from "node:net";
import { errorTable, type ChatError } from "@onerouter/protocols";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { protocolOfRequest } from "./protocol-of-request.ts";

/** Answers with an error in the words of the protocol that the caller seems to speak. */
export function sendError(request: FastifyRequest, reply: FastifyReply, error: ChatError): void {
  const protocol = protocolOfRequest(request.url, request.headers);
  const encoded = protocol.encodeError(error, requestIdOf(request.id));
  reply.code(encoded.status).headers(encoded.headers).type("application/json").send(JSON.stringify(encoded.body));
}

/** What Fastify itself refuses: the address of a request. */
export function describeHttpError(error: FastifyError): ChatError {
  if (error.code === "FST_ERR_BAD_URL") {
    return { code: "invalid_request", message: "the path is not properly percent-encoded" };
  }
  const isClients = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
  return isClients
    ? { code: "invalid_request", message: error.message, status: error.statusCode }
    : { code: "internal", message: "internal error" };
}

/**
 * Answers bytes that are no HTTP, or headers beyond node's limit. There is no request yet to read a protocol off, so the
 * body is one that the clients of every protocol can read.
 */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] =
    error.code === "HPE_HEADER_OVERFLOW"
      ? ["431 Request Header Fields Too Large", "the request headers are too large"]
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? ["408 Request Timeout", "the request did not arrive in time"]
        : ["400 Bad Request", "this is not a valid HTTP request"];
  const { anthropic: type } = errorTable.invalid_request;
  const body = JSON.stringify({ type: "error", error: { type, message, param: null, code: null } });
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** What a client quotes when it asks about a request; the generation has the same id without the prefix. */
export function requestIdOf(id: string): string {
  return `req_${id}`;
}
