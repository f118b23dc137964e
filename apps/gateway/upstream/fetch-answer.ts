import type { UpstreamCall, UpstreamClient } from "./upstream-client.ts";

const maxBytes = 1024 * 1024;

/** A whole small answer. @returns undefined when the upstream could not be reached or said too much. */
export function fetchAnswer(
  client: UpstreamClient,
  call: UpstreamCall,
): Promise<{ status: number; text: string } | undefined> {
  return new Promise((resolve) => {
    let status = 0;
    let bytes = 0;
    const chunks: Buffer[] = [];
    const handle = client.send(call, {
      onHeaders(received) {
        status = received;
      },
      onData(chunk) {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes <= maxBytes) return;
        handle.abort();
        resolve(undefined);
      },
      onEnd: () => resolve({ status, text: Buffer.concat(chunks).toString("utf8") }),
      onError: () => resolve(undefined),
    });
  });
}
