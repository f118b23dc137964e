import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { ChatError } from "@onerouter/protocols";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createUpstreamClient, type UpstreamCall, type UpstreamClient } from "./upstream-client.ts";

/** Listens and then sleeps: once its queue is full, the system answers no connection any more. */
const deafServer = `
  const { createServer } = require("node:net");
  const { parentPort } = require("node:worker_threads");
  const server = createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;

let server: Worker;
let port: number;
let sockets: Socket[];
let client: UpstreamClient;
beforeEach(async () => {
  server = new Worker(deafServer, { eval: true, env: {} });
  [port] = (await once(server, "message")) as [number];
  sockets = [];
  client = createUpstreamClient();
  while (await isAnswered()) await sleep(10);
});
afterEach(async () => {
  await client.close();
  for (const socket of sockets) socket.destroy();
  await server.terminate();
});

/** Takes a place in the server's queue, if there is one. */
async function isAnswered(): Promise<boolean> {
  const socket = connect({ port, host: "127.0.0.1" }).on("error", () => {});
  sockets.push(socket);
  return await Promise.race([once(socket, "connect").then(() => true), sleep(500, false)]);
}

function send(connectTimeout: number): Promise<ChatError> {
  const call: UpstreamCall = {
    address: { origin: `http://127.0.0.1:${port}`, path: "/" },
    headers: {},
    body: "{}",
    timeouts: { connect: connectTimeout, headers: 60_000, idle: 60_000 },
  };
  return new Promise((resolve, reject) => {
    const unexpected = (): void => reject(new Error("an answer"));
    client.send(call, { onHeaders: unexpected, onData: unexpected, onEnd: unexpected, onError: resolve });
  });
}

test("each call has its own connect timeout, whatever the first one to its server had", async () => {
  const patient = send(600_000);
  const error = { code: "upstream_unreachable", message: "connecting to the upstream timed out" };
  expect(await send(300)).toEqual(error);
  expect(await Promise.race([patient, sleep(100, "waits")])).toBe("waits");
});
