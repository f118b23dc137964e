import { connect } from "node:net";
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { startMockUpstream, type MockUpstream } from "@onerouter/mock-upstream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, toObject, type Heard } from "../testing/call.ts";
import { chatClient, clientDialects, messagesClient } from "../testing/client-dialects.ts";
import { startTestGateway, type TestGateway } from "../testing/start-test-gateway.ts";

const megabyte = 1024 * 1024;
const bomb = Buffer.alloc(33 * megabyte, " ");
const brotli = (body: Buffer | string): Buffer =>
  brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });

let upstream: MockUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startMockUpstream();
  gateway = await startTestGateway({
    providers: { first: { protocol: "openai-chat", base_url: upstream.url, models: { m: {} } } },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});

function send(method: string, path: string, headers: Record<string, string> = {}, body?: unknown): Promise<Heard> {
  return call(gateway.url + path, { method, body, headers: { authorization: `Bearer ${gateway.key}`, ...headers } })
    .done;
}

describe.each(clientDialects)("$name", (dialect) => {
  const json = JSON.stringify(dialect.body());

  test("a body of 50 MB is a 413, whether it says its length or not", async () => {
    const body = Buffer.alloc(50 * megabyte, " ");
    for (const headers of [undefined, { "transfer-encoding": "chunked" }]) {
      const heard = await gateway.ask(dialect, {}, { body, headers });
      expect([heard.status, heard.complete]).toEqual([413, true]);
      expect(dialect.error(heard).message).toBe("the request body is too large");
    }
    expect((await gateway.ask(dialect)).status).toBe(200);
  });

  test.each(["application/json; charset=utf-8", "text/plain", "application/x-www-form-urlencoded", "a/b", "???"])(
    "content-type %s does not hide the JSON",
    async (type) => {
      expect((await gateway.ask(dialect, {}, { headers: { "content-type": type } })).status).toBe(200);
    },
  );

  test.each([
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    ["GZIP", gzipSync],
    ["deflate", deflateSync],
    ["br", brotli],
    ["zstd", zstdCompressSync],
  ])("a body in %s is read", async (encoding, compress) => {
    const headers = { "content-encoding": encoding };
    expect((await gateway.ask(dialect, {}, { body: compress(json), headers })).status).toBe(200);
    const cut = await gateway.ask(dialect, {}, { body: compress(json).subarray(0, -6), headers });
    expect([cut.status, dialect.error(cut).message]).toEqual([400, expect.stringContaining("content-encoding: ")]);
    const large = await gateway.ask(dialect, {}, { body: compress(bomb), headers });
    expect([large.status, dialect.error(large).message]).toEqual([413, "the request body is too large"]);
  });

  test.each(["compress", "gzip, br", "__proto__"])("a body in %s is a 415 that says what is read", async (encoding) => {
    const heard = await gateway.ask(dialect, {}, { headers: { "content-encoding": encoding } });
    expect([heard.status, heard.headers["accept-encoding"]]).toEqual([415, "gzip, deflate, br, zstd"]);
    expect(dialect.error(heard).message).toMatch(/^content-encoding: /);
  });

  test.each(["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "PROPFIND"])("%s is a 405", async (method) => {
    const heard = await send(method, dialect.path);
    expect([heard.status, heard.headers.allow]).toEqual([405, "POST"]);
    if (method !== "HEAD") expect(dialect.error(heard).message).toBe(`${method} is not allowed on ${dialect.path}`);
  });

  test("an unknown route below it is a 404", async () => {
    const heard = await send("POST", `${dialect.path}/nothing`, {}, {});
    expect([heard.status, dialect.error(heard).message]).toEqual([
      404,
      `there is nothing at POST ${dialect.path}/nothing`,
    ]);
  });

  test("a path that is not properly encoded is a 400", async () => {
    const heard = await send("POST", `${dialect.path}/%zz`, {}, {});
    expect([heard.status, dialect.error(heard).message]).toEqual([400, "the path is not properly percent-encoded"]);
  });
});

test("paths that no protocol owns are told by the version header", async () => {
  for (const path of ["/nothing", "/v1/nothing", "/foo/v1/messages_"]) {
    expect(chatClient.error(await send("GET", path)).code).toBe("not_found");
    const heard = await send("GET", path, { "anthropic-version": "2023-06-01" });
    expect([heard.status, messagesClient.error(heard).type]).toEqual([404, "not_found_error"]);
  }
});

test.each([
  "/",
  "/api/hello",
  "/healthz",
  "/readyz",
  "/metrics",
  "/v1/models",
  "/v1/models?",
  "/v1/models/m",
  "/v1/models?limit=1000",
])("GET and HEAD %s", async (path) => {
  const [get, head] = [await send("GET", path), await send("HEAD", path)];
  expect([get.status, head.status, head.text]).toEqual([200, 200, ""]);
  expect(get.text).not.toBe("");
});

test.each(["/", "/healthz", "/v1/models", "/v1/models/m", "/v1/model/a/b", "/v1/generation"])(
  "POST and OPTIONS %s are 405",
  async (path) => {
    for (const method of ["POST", "OPTIONS"]) {
      const heard = await send(method, path);
      expect([heard.status, heard.headers.allow]).toEqual([405, "GET, HEAD"]);
    }
  },
);

test.each([
  ["no HTTP", "garbage\r\n\r\n", 400],
  ["two lengths", "POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{}", 400],
  ["a length that is none", "POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: abc\r\n\r\n", 400],
  [
    "a smuggled body",
    "POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    400,
  ],
  ["headers of 40 KB", `GET /v1/models HTTP/1.1\r\nhost: x\r\nx-long: ${"y".repeat(40_000)}\r\n\r\n`, 431],
])("%s: the connection is answered and closed, the others live on", async (_name, bytes, status) => {
  const answer = await exchangeBytes(bytes);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  const body: unknown = JSON.parse(answer.split("\r\n\r\n")[1] ?? "");
  expect(body).toMatchObject({ type: "error", error: { type: "invalid_request_error", message: expect.any(String) } });
  expect(toObject((await send("GET", "/healthz")).json).status).toBe("ok");
});

/** Sends raw bytes. @returns what came until the other side closed. */
function exchangeBytes(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
  });
}
