import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { ChatError } from "@onerouter/protocols";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createUpstreamClient, type UpstreamClient, type UpstreamHandle } from "./upstream-client.ts";

let answer: RequestListener;
let server: Server;
let client: UpstreamClient;
beforeEach(async () => {
  server = createServer((request, response) => answer(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  client = createUpstreamClient();
});
afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  server.close();
});

interface Seen {
  text: string;
  end: ChatError | "end" | undefined;
  handle: UpstreamHandle;
}

function send(onData: (handle: UpstreamHandle) => void = () => {}): Seen {
  const { port } = server.address() as AddressInfo;
  const call = {
    address: { origin: `http://127.0.0.1:${port}`, path: "/" },
    headers: {},
    body: "{}",
    timeouts: { connect: 5_000, headers: 5_000, idle: 5_000 },
  };
  const seen: Omit<Seen, "handle"> = { text: "", end: undefined };
  const handle = client.send(call, {
    onHeaders: () => {},
    onData(chunk) {
      seen.text += chunk.toString();
      onData(handle);
    },
    onEnd: () => void (seen.end = "end"),
    onError: (error) => void (seen.end = error),
  });
  return Object.assign(seen, { handle });
}

const text = "data: an answer of some length, wörld\n\n".repeat(2_000);
const encodings: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gzipSync,
  "X-GZIP": gzipSync,
  deflate: deflateSync,
  br: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  zstd: zstdCompressSync,
};

test.each(Object.keys(encodings))("an answer that comes in %s unasked is read", async (encoding) => {
  const bytes = encodings[encoding]?.(Buffer.from(text)) ?? Buffer.alloc(0);
  answer = (_request, response) => response.writeHead(200, { "content-encoding": encoding }).end(bytes);
  const seen = send();
  await vi.waitFor(() => expect(seen.end).toBe("end"));
  expect(seen.text).toBe(text);
});

test("each event of a compressed stream is given out as it comes, and what came before a cut as well", async () => {
  let cut: () => void = () => {};
  answer = (_request, response) => {
    const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
    gzip.pipe(response.writeHead(200, { "content-encoding": "gzip" }));
    gzip.write("data: one\n\n");
    cut = () => {
      gzip.write("data: two\n\n", () => setImmediate(() => response.socket?.destroy()));
    };
  };
  const seen = send();
  await vi.waitFor(() => expect(seen.text).toBe("data: one\n\n"));
  expect(seen.end).toBeUndefined();
  cut();
  await vi.waitFor(() => expect(seen.end).toMatchObject({ code: "upstream_error" }));
  expect(seen.text).toContain("data: one");
});

test("what is not compressed as it says is a failure of the upstream", async () => {
  answer = (_request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("plain");
  const seen = send();
  await vi.waitFor(() => expect(seen.end).toMatchObject({ code: "upstream_invalid_response" }));
  expect(seen.text).toBe("");
});

test("nothing is told after the call was given up, and a reader that throws ends only its own call", async () => {
  answer = (_request, response) => {
    response.writeHead(200, { "content-encoding": "gzip" }).write(gzipSync(text));
  };
  const aborted = send((handle) => handle.abort());
  const throwing = send(() => {
    throw new TypeError("oops");
  });
  await vi.waitFor(() => expect(throwing.end).toMatchObject({ code: "upstream_invalid_response" }));
  await vi.waitFor(() => expect(aborted.text).not.toBe(""));
  const { length } = aborted.text;
  server.closeAllConnections();
  answer = (_request, response) => response.end("next");
  const next = send();
  await vi.waitFor(() => expect(next.end).toBe("end"));
  expect([aborted.text.length, aborted.end]).toEqual([length, undefined]);
});
