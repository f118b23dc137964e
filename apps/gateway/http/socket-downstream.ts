import type { ServerResponse } from "node:http";
import type { Downstream } from "../pipeline/downstream.ts";

/** A Downstream over node's response. Takes the response out of Fastify's hands (reply.hijack()). */
export function createSocketDownstream(raw: ServerResponse): Downstream {
  return {
    send(status, headers, body) {
      if (raw.headersSent || raw.destroyed) return;
      raw.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
      raw.end(body);
    },
    startStream(headers) {
      if (raw.headersSent || raw.destroyed) return;
      raw.writeHead(200, headers);
      raw.flushHeaders();
    },
    write(piece) {
      if (raw.destroyed || raw.writableEnded) return true;
      return raw.write(piece);
    },
    end() {
      if (!raw.destroyed) raw.end();
    },
    destroy() {
      raw.destroy();
    },
    get headersSent() {
      return raw.headersSent;
    },
    get closed() {
      return raw.destroyed || raw.closed;
    },
    onClose(listener) {
      raw.once("close", () => {
        if (!raw.writableFinished) listener();
      });
    },
    onDrain(listener) {
      raw.on("drain", listener);
    },
  };
}
