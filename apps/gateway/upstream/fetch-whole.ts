import type { ChatError } from "@onerouter/protocols";
import type { UpstreamCall, UpstreamClient, UpstreamHeaders } from "./upstream-client.ts";

/** Largest answer taken where the caller sets no limit, in bytes. */
const usualLimit = 64 * 1024 * 1024;

export interface WholeAnswer {
  status: number;
  headers: UpstreamHeaders;
  bytes: Buffer;
}

/**
 * A whole answer of any status, or why there is none. Never rejects.
 * @param maxBytes beyond it there is none
 */
export function fetchWhole(
  client: UpstreamClient,
  call: UpstreamCall,
  maxBytes = usualLimit,
): { promise: Promise<WholeAnswer | ChatError | "aborted">; abort(): void } {
  const { promise, resolve } = Promise.withResolvers<WholeAnswer | ChatError | "aborted">();
  const chunks: Buffer[] = [];
  let status = 0;
  let headers: UpstreamHeaders = {};
  let length = 0;
  const handle = client.send(call, {
    onHeaders(received, named) {
      status = received;
      headers = named;
    },
    onData(chunk) {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= maxBytes) return;
      handle.abort();
      resolve({ code: "upstream_invalid_response", message: "the upstream's answer is too large" });
    },
    onEnd: () => resolve({ status, headers, bytes: Buffer.concat(chunks) }),
    onError: resolve,
  });
  return {
    promise,
    abort() {
      handle.abort();
      resolve("aborted");
    },
  };
}
